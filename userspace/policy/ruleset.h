/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ruleset: all texts of one bundle, parsed and checked together. What check, test, decide and the controller start
 * from. Part of the door.
 */
#pragma once

#include "policy/policy.h"

/* The texts, borrowed. entities.text and tests.text may be NULL: none. */
struct ruleset_sources {
	const struct source *policies;
	size_t n_policies;
	const struct source *files; /* prefix lists that entities name with "@" */
	size_t n_files;
	struct source entities;
	struct source tests;
	int64_t not_after_ms; /* of the bundle; 0: no end */
	struct rollout rollout; /* of the bundle */
	const uint64_t *file_numbers; /* as in struct bundle_files, or NULL */
	const struct entity_set *before; /* the same */
};

struct ruleset {
	struct policy_set *set; /* owned, checked */
	struct entity_set *entities; /* owned */
	struct test_set *tests; /* owned; empty when the bundle has none */
	struct policy_views *views; /* owned: the set as it is rolled out */
};

#define RULESET_INIT ((struct ruleset){ 0 })

/*
 * Parses and checks everything, collecting as many diags as one run can. `now_ms` is the time that tests without a
 * `now` are decided at. 0, -EBADMSG with diags, -E2BIG with diags, -ENOMEM.
 */
int ruleset_load(const struct ruleset_sources *src, int64_t now_ms, struct diags *d,
		 struct ruleset *ret);
void ruleset_free(struct ruleset *r); /* valid at rest */
#define _cleanup_ruleset_ _cleanup_(ruleset_free)

/* One test's outcome. */
struct test_outcome {
	struct decision decision;
	bool passed;
};

/* Decides one of the ruleset's tests by the reference evaluator. 0 or -EINVAL. */
int ruleset_test(const struct ruleset *r, const struct policy_test *t, struct test_outcome *ret);
