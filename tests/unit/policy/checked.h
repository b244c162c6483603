/* SPDX-License-Identifier: BSD-2-Clause */
/* Checking one text against a few entities, for the tests of the profile: by the code of its first message. */
#pragma once

#include "policy/policy.h"

#include <errno.h>
#include <string.h>

#include "cm.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char entities_json[] =
	"[{\"uid\":{\"type\":\"Zone\",\"id\":\"z\"},\"parents\":[],\"attrs\":{\"prefixes\":[]}},"
	"{\"uid\":{\"type\":\"Service\",\"id\":\"s\"},\"parents\":[],\"attrs\":{\"endpoints\":[]}},"
	"{\"uid\":{\"type\":\"Team\",\"id\":\"t\"},\"parents\":[],\"attrs\":{}}]";

/* cmocka group setup: *state becomes the entities. */
static inline int checked_setup(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *json = NULL;
	struct source src = { .name = "e",
			      .text = entities_json,
			      .len = sizeof(entities_json) - 1 };
	struct entity_set *entities = NULL;
	int r = json_parse(&src, &d, &json);

	if (r == 0)
		r = entities_parse(json, &src, &(struct bundle_files){ 0 }, &d, &entities);
	*state = entities;
	return r;
}

static inline int checked_teardown(void **state)
{
	struct entity_set *entities = *state;

	entity_set_free(&entities);
	return 0;
}

/* Parses and checks one text: the first message's code, "" for none. */
static inline const char *checked(const struct entity_set *entities, const char *text)
{
	_cleanup_policy_set_ struct policy_set *set = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct source src = { .name = "t", .text = text, .len = strlen(text) };
	int r;

	assert_int_equal(policy_set_new(&set), 0);
	if (policy_parse(set, &src, &d) < 0)
		return d.items[0].code;
	r = policy_check(set, entities, &d);
	assert_int_equal(r, d.errors ? -EBADMSG : 0);
	return d.n > 0 ? d.items[0].code : "";
}

/* The same for a permit with this condition. */
static inline const char *permit_when(const struct entity_set *entities, const char *when)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	buf_printf(
		&text,
		"@id(\"p\") permit(principal, action == Action::\"connect\", resource) when { %s };",
		when);
	return checked(entities, text.data);
}
