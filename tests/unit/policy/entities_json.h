/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing entities as JSON in few words, and reading them. */
#pragma once

#include <errno.h>
#include <string.h>

#include "cm.h"
#include "policy/entities.h"
#include "policy/prefix.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define ENTITY(type, id, parents, attrs)                                                           \
	"{\"uid\":{\"type\":\"" type "\",\"id\":\"" id "\"},\"parents\":[" parents                 \
	"],\"attrs\":{" attrs "}}"
#define UID(type, id) "{\"type\":\"" type "\",\"id\":\"" id "\"}"
#define ZONE(id, parents, prefixes) ENTITY("Zone", id, parents, "\"prefixes\":[" prefixes "]")
#define SERVICE(id, parents, ends) ENTITY("Service", id, parents, "\"endpoints\":[" ends "]")
#define ED25519 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define PERSON(id, parents, keys)                                                                  \
	ENTITY("Identity", id, parents,                                                            \
	       "\"user\":\"u\",\"requireVerified\":true,\"keys\":[" keys "]")

static inline struct text text_of(const char *s)
{
	return (struct text){ s, strlen(s) };
}

static inline int parse(const char *json, const struct bundle_files *files, struct diags *d,
			struct entity_set **ret)
{
	struct source src = { "entities.json", json, strlen(json) };
	_cleanup_json_ json_t *j = NULL;

	assert_int_equal(json_parse(&src, d, &j), 0);
	return entities_parse(j, &src, files, d, ret);
}

static inline struct entity_set *parse_good(const char *json, const struct bundle_files *files)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct entity_set *set = NULL;
	int r = parse(json, files, &d, &set);

	if (r < 0 || d.n)
		fail_msg("%s: %d %s", json, r, d.n ? d.items[0].text : "");
	return set;
}

static inline const struct entity *find(const struct entity_set *set, enum entity_kind kind,
					const char *id)
{
	const struct entity *e = entity_find(set, kind, text_of(id));

	assert_non_null(e);
	return e;
}

static inline bool in_zone(const struct entity *zone, const char *address)
{
	struct prefix p = { 0 };

	assert_int_equal(address_parse(text_of(address), p.addr, &p.v4), 0);
	p = prefix_of_address(p.addr, p.v4);
	return zone_has_address(zone, &p);
}
