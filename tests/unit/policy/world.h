/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small world to evaluate in: a few entities and one request. Alice of the dba team, with psql in
 * a.service, connects to 10.20.0.5:5432 over TCP.
 */
#pragma once

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cm.h"
#include "policy/policy.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char entities_json[] =
	"[{\"uid\":{\"type\":\"Zone\",\"id\":\"outer\"},\"parents\":[],\"attrs\":{\"prefixes\":"
	"[\"192.168.0.0/16\"]}},"
	"{\"uid\":{\"type\":\"Zone\",\"id\":\"inner\"},\"parents\":[{\"type\":\"Zone\",\"id\":"
	"\"outer\"}],\"attrs\":{\"prefixes\":[\"10.0.0.0/8\",\"fd00::/8\"]}},"
	"{\"uid\":{\"type\":\"Zone\",\"id\":\"all6\"},\"parents\":[],\"attrs\":{\"prefixes\":"
	"[\"::/0\"]}},"
	"{\"uid\":{\"type\":\"Service\",\"id\":\"db\"},\"parents\":[{\"type\":\"Service\",\"id\":"
	"\"stores\"}],\"attrs\":{\"endpoints\":[\"tcp 10.20.0.0/24:5432\"]}},"
	"{\"uid\":{\"type\":\"Service\",\"id\":\"udp\"},\"parents\":[],\"attrs\":{\"endpoints\":"
	"[\"udp 10.20.0.0/24:5432\",\"tcp 10.20.0.0/24:1-5431\",\"tcp 10.20.1.0/24:5432\"]}},"
	"{\"uid\":{\"type\":\"Service\",\"id\":\"stores\"},\"parents\":[],\"attrs\":"
	"{\"endpoints\":[]}},"
	"{\"uid\":{\"type\":\"Team\",\"id\":\"dba\"},\"parents\":[],\"attrs\":{}},"
	"{\"uid\":{\"type\":\"Team\",\"id\":\"ops\"},\"parents\":[],\"attrs\":{}},"
	"{\"uid\":{\"type\":\"Identity\",\"id\":\"alice\"},\"parents\":[{\"type\":\"Team\",\"id\":"
	"\"dba\"}],\"attrs\":{\"user\":\"alice\",\"keys\":[],\"requireVerified\":false}}]";

static const char request_json[] =
	"{\"principal\":{\"program\":\"/usr/bin/psql\",\"aliases\":[\"/usr/bin/pg\"],\"user\":"
	"\"alice\",\"uid\":1000,\"groups\":[\"dev\"],\"gid\":100,\"unit\":\"a.service\","
	"\"slices\":[\"system.slice\"],\"identity\":\"alice\"},\"action\":\"connect\","
	"\"resource\":\"tcp 10.20.0.5:5432\",\"context\":{\"session\":{\"mfaAge\":\"2h\"},"
	"\"device\":{\"custom\":[\"av\"]},\"now\":\"2024-01-01T00:00:00Z\"}}";

struct world {
	struct policy_set *policies;
	struct entity_set *entities;
	struct request request;
};

static inline json_t *json_of(const char *text)
{
	struct source src = { "json", text, strlen(text) };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	json_t *j = NULL;

	assert_int_equal(json_parse(&src, &d, &j), 0);
	return j;
}

static inline struct request request_of(struct world *w, const char *text)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *j = json_of(text);
	struct request request;

	assert_int_equal(request_parse(j, NULL, 0, w->policies->arena, &d, &request), 0);
	return request;
}

static inline int make(void **state)
{
	static struct world w;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *j = json_of(entities_json);

	if (policy_set_new(&w.policies) < 0 || entities_parse(j, NULL, NULL, &d, &w.entities) < 0)
		return -1;
	w.request = request_of(&w, request_json);
	*state = &w;
	return 0;
}

static inline int release(void **state)
{
	struct world *w = *state;

	entity_set_free(&w->entities);
	policy_set_free(&w->policies);
	return 0;
}
