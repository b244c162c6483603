/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests that travel in a bundle: a list of requests, each with a name, the verdict that is expected
 * and, if it matters, the policy that must be reported ("" for a default deny).
 */
#include <errno.h>
#include <stdlib.h>

#include "policy/request.h"

static const struct reader_codes codes = {
	.unknown = "tests-unknown-key",
	.missing = "tests-missing",
	.type = "tests-value",
};

static void read_expectation(struct reader *r, const json_t *j, struct policy_test *t)
{
	struct text expect;

	t->by = (struct text){ "", 0 };
	t->has_by = read_text(r, j, "by", &t->by);
	if (!read_text(r, j, "expect", &expect)) {
		if (!json_object_get(j, "expect"))
			reader_error(r, codes.missing, "name", "allow, deny or would-deny",
				     "%s needs \"expect\"", r->what);
		return;
	}
	for (int v = VERDICT_ALLOW; v <= VERDICT_WOULD_DENY; v++) {
		if (!text_is(expect, verdict_name((enum verdict)v)))
			continue;
		t->expect = (enum verdict)v;
		return;
	}
	reader_error(r, "tests-expect", expect.s, "allow, deny or would-deny",
		     "%s expects \"%s\", which is no verdict", r->what, expect.s);
}

static void read_test(struct reader *r, const json_t *j, int64_t now_ms, struct policy_test *t)
{
	static const char *const keys[] = {
		"name", "principal", "action", "resource", "context", "expect", "by",
	};

	r->what = "a test";
	r->codes = &codes;
	if (!json_is_object(j)) {
		reader_error(r, codes.type, "", NULL, "a test must be an object");
		return;
	}
	if (!read_text(r, j, "name", &t->name)) {
		if (!json_object_get(j, "name"))
			reader_error(r, codes.missing, "", "say what it shows",
				     "a test needs \"name\"");
		return;
	}
	r->what = arena_printf(r->arena, "test \"%s\"", t->name.s);
	if (!r->what) {
		reader_no_memory(r);
		return;
	}
	read_keys(r, j, keys, sizeof(keys) / sizeof(keys[0]));
	read_expectation(r, j, t);
	r->codes = &request_codes;
	request_read(r, j, now_ms, &t->request);
}

static int read_all(struct reader *r, const json_t *json, int64_t now_ms, struct test_set *set)
{
	size_t n = json_array_size(json);

	set->items = arena_array_of(set->arena, struct policy_test, n);
	if (!set->items)
		return -ENOMEM;
	set->n = n;
	for (size_t i = 0; i < n && !reader_tired(r); i++) {
		r->element = i;
		read_test(r, json_array_get(json, i), now_ms, &set->items[i]);
	}
	return r->err;
}

int tests_parse(const json_t *json, const struct source *src, int64_t now_ms, struct diags *d,
		struct test_set **ret)
{
	_cleanup_test_set_ struct test_set *set = calloc(1, sizeof(*set));
	struct reader r = { .codes = &codes, .diags = d, .whole = place_whole(src) };
	int err;

	if (!set)
		return -ENOMEM;
	err = arena_new(&set->arena);
	if (err < 0)
		return err;
	r.arena = set->arena;
	if (!json_is_array(json)) {
		r.element = ELEMENT_NONE;
		reader_error(&r, codes.type, "", "write [ { \"name\": … }, … ]",
			     "tests must be a list");
		return r.err;
	}
	err = read_all(&r, json, now_ms, set);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(set);
	return 0;
}

void test_set_free(struct test_set **set)
{
	if (!*set)
		return;
	arena_free(&(*set)->arena);
	free(*set);
	*set = NULL;
}
