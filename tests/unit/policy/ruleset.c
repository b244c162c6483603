// SPDX-License-Identifier: BSD-2-Clause
/* All texts of a bundle together: what loads, what one run reports, and what a bundle's own tests say. */
#include <errno.h>
#include <string.h>

#include "cm.h"
#include "policy/ruleset.h"

#define POLICIES                                                                                     \
	"@id(\"web\")\npermit (principal in Unit::\"web.service\", action == Action::\"connect\",\n" \
	"resource in Zone::\"db\");\n"
#define ENTITIES                                                                                   \
	"[{\"uid\":{\"type\":\"Zone\",\"id\":\"db\"},\"parents\":[],"                              \
	"\"attrs\":{\"prefixes\":[\"@db.txt\"]}}]"
#define TESTS                                                                                       \
	"[{\"name\":\"in\",\"principal\":{\"unit\":\"web.service\"},\"action\":\"connect\","        \
	"\"resource\":\"tcp 10.0.0.9:1\",\"expect\":\"allow\",\"by\":\"web\"},"                     \
	"{\"name\":\"out\",\"principal\":{\"unit\":\"x.service\"},\"action\":\"connect\","          \
	"\"resource\":\"tcp 10.0.0.9:1\",\"expect\":\"allow\"},"                                    \
	"{\"name\":\"by another\",\"principal\":{\"unit\":\"web.service\"},\"action\":\"connect\"," \
	"\"resource\":\"tcp 10.0.0.9:1\",\"expect\":\"allow\",\"by\":\"other\"}]"

static struct source text_source(const char *name, const char *text)
{
	return (struct source){ name, text, strlen(text) };
}

static int load(const char *policies, const char *entities, const char *tests, struct diags *d,
		struct ruleset *ret)
{
	const struct source policy = text_source("policies/a.cedar", policies);
	const struct source file = text_source("db.txt", "10.0.0.0/8\n");
	struct ruleset_sources src = {
		.policies = &policy, .n_policies = 1, .files = &file, .n_files = 1
	};

	if (entities)
		src.entities = text_source("entities.json", entities);
	if (tests)
		src.tests = text_source("tests.json", tests);
	return ruleset_load(&src, 0, d, ret);
}

static void loads_everything(void **state)
{
	_cleanup_ruleset_ struct ruleset rules = RULESET_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	assert_int_equal(load(POLICIES, ENTITIES, TESTS, &d, &rules), 0);
	assert_int_equal(rules.set->n, 1);
	assert_int_equal(rules.tests->n, 3);
	assert_non_null(entity_find(rules.entities, ENTITY_ZONE, (struct text){ "db", 2 }));
}

static void needs_no_tests(void **state)
{
	_cleanup_ruleset_ struct ruleset rules = RULESET_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	assert_int_equal(load(POLICIES, ENTITIES, NULL, &d, &rules), 0);
	assert_int_equal(rules.tests->n, 0);
}

/* One run names what is wrong in every file, and leaves the output alone. */
static void reports_all_files(void **state)
{
	struct ruleset rules = RULESET_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	size_t i, files = 0;

	(void)state;
	assert_int_equal(load("permit (", "[{]", "[,]", &d, &rules), -EBADMSG);
	assert_null(rules.set);
	for (i = 0; i < d.n; i++) {
		if (d.items[i].file && d.items[i].level == DIAG_ERROR)
			files |= strstr(d.items[i].file, ".cedar")     ? 1u
				 : strstr(d.items[i].file, "entities") ? 2u
								       : 4u;
	}
	assert_int_equal(files, 7);
}

/* A misspelt Zone must not make a policy silently match nothing. */
static void refuses_undefined_zone(void **state)
{
	struct ruleset rules = RULESET_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	assert_int_equal(load(POLICIES, NULL, NULL, &d, &rules), -EBADMSG);
	assert_true(d.errors > 0);
	assert_null(rules.set);
}

static void runs_its_tests(void **state)
{
	static const bool passed[] = { true, false, false };
	_cleanup_ruleset_ struct ruleset rules = RULESET_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct test_outcome o;
	size_t i;

	(void)state;
	assert_int_equal(load(POLICIES, ENTITIES, TESTS, &d, &rules), 0);
	for (i = 0; i < 3; i++) {
		assert_int_equal(ruleset_test(&rules, &rules.tests->items[i], &o), 0);
		assert_int_equal(o.passed, passed[i]);
	}
	/* What observing lets through is still no allow. */
	policy_views_free(&rules.views);
	assert_int_equal(policy_views_make(rules.set, rules.entities, &ROLLOUT_OBSERVED, &d,
					   &rules.views),
			 0);
	assert_int_equal(ruleset_test(&rules, &rules.tests->items[1], &o), 0);
	assert_int_equal(o.decision.verdict, VERDICT_WOULD_DENY);
	assert_false(o.passed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads_everything),  cmocka_unit_test(needs_no_tests),
		cmocka_unit_test(reports_all_files), cmocka_unit_test(refuses_undefined_zone),
		cmocka_unit_test(runs_its_tests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
