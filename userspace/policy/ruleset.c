/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts the texts of a bundle through every step that comes before compiling, in the order in which they need each other. */
#include "policy/ruleset.h"

#include <errno.h>

void ruleset_free(struct ruleset *r)
{
	policy_views_free(&r->views);
	policy_set_free(&r->set);
	entity_set_free(&r->entities);
	test_set_free(&r->tests);
}

/* A missing document reads as an empty list, so that there is one path for both. */
static int json_of(const struct source *src, struct diags *d, json_t **ret)
{
	if (src->text)
		return json_parse(src, d, ret);
	*ret = json_array();
	return *ret ? 0 : -ENOMEM;
}

static int load_entities(const struct ruleset_sources *src, struct diags *d,
			 struct entity_set **ret)
{
	const struct bundle_files files = { src->files, src->n_files, src->file_numbers,
					    src->before };
	_cleanup_json_ json_t *json = NULL;
	int r;

	r = json_of(&src->entities, d, &json);
	return r < 0 ? r : entities_parse(json, &src->entities, &files, d, ret);
}

static int load_tests(const struct ruleset_sources *src, int64_t now_ms, struct diags *d,
		      struct test_set **ret)
{
	_cleanup_json_ json_t *json = NULL;
	int r;

	r = json_of(&src->tests, d, &json);
	return r < 0 ? r : tests_parse(json, &src->tests, now_ms, d, ret);
}

/* Every file is parsed even after one failed: one run names all syntax errors. */
static int load_policies(const struct ruleset_sources *src, struct diags *d,
			 struct policy_set **ret)
{
	_cleanup_policy_set_ struct policy_set *set = NULL;
	int r, first = 0;
	size_t i;

	r = policy_set_new(&set);
	if (r < 0)
		return r;
	for (i = 0; i < src->n_policies; i++) {
		r = policy_parse(set, &src->policies[i], d);
		if (r == -ENOMEM)
			return r;
		if (r < 0 && first == 0)
			first = r;
	}
	if (first < 0)
		return first;
	*ret = TAKE_PTR(set);
	return 0;
}

int ruleset_load(const struct ruleset_sources *src, int64_t now_ms, struct diags *d,
		 struct ruleset *ret)
{
	_cleanup_ruleset_ struct ruleset made = RULESET_INIT;
	int entities, policies, tests, r;

	entities = load_entities(src, d, &made.entities);
	policies = load_policies(src, d, &made.set);
	tests = load_tests(src, now_ms, d, &made.tests);
	r = entities < 0 ? entities : policies < 0 ? policies : tests;
	if (r < 0)
		return r;
	made.set->not_after_ms = src->not_after_ms;
	r = policy_check(made.set, made.entities, d);
	r = r ? r : policy_views_make(made.set, made.entities, &src->rollout, d, &made.views);
	if (r < 0)
		return r;
	*ret = made;
	made = RULESET_INIT;
	return 0;
}

int ruleset_test(const struct ruleset *r, const struct policy_test *t, struct test_outcome *ret)
{
	struct test_outcome o = { 0 };
	int err;

	err = decide_reference(r->views, &t->request, &o.decision);
	if (err < 0)
		return err;
	o.passed = o.decision.verdict == t->expect;
	if (o.passed && t->has_by)
		o.passed = o.decision.policy ? text_eq(o.decision.policy->id, t->by)
					     : t->by.len == 0;
	*ret = o;
	return 0;
}
