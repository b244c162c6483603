/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests that travel in a bundle: what they say, and what is refused. */
#include "policy/policy.h"

#include <errno.h>
#include <string.h>

#include "cm.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define WHERE "\"action\":\"connect\",\"resource\":\"tcp 10.0.0.1:80\""

static int parse(const char *json, struct diags *d, struct test_set **ret)
{
	struct source src = { "tests.json", json, strlen(json) };
	_cleanup_json_ json_t *j = NULL;

	assert_int_equal(json_parse(&src, d, &j), 0);
	return tests_parse(j, &src, 1000, d, ret);
}

static void reads_expectations(void **state)
{
	static const char json[] =
		"[{\"name\":\"a\",\"principal\":{\"user\":\"root\"}," WHERE ",\"expect\":\"allow\","
		"\"by\":\"p\"},{\"name\":\"b\"," WHERE ",\"expect\":\"would-deny\",\"by\":\"\"},"
		"{\"name\":\"c\"," WHERE ",\"expect\":\"deny\"}]";
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_test_set_ struct test_set *set = NULL;

	(void)state;
	assert_int_equal(parse(json, &d, &set), 0);
	assert_int_equal(d.n, 0);
	assert_int_equal(set->n, 3);
	assert_true(text_is(set->items[0].name, "a"));
	assert_int_equal(set->items[0].expect, VERDICT_ALLOW);
	assert_true(set->items[0].has_by && text_is(set->items[0].by, "p"));
	assert_int_equal(set->items[0].request.principal.uid, 0);
	assert_int_equal(set->items[1].expect, VERDICT_WOULD_DENY);
	assert_true(set->items[1].has_by && text_is(set->items[1].by, ""));
	assert_int_equal(set->items[2].expect, VERDICT_DENY);
	assert_false(set->items[2].has_by);
	assert_int_equal(set->items[2].request.context.now_ms, 1000);
}

static void no_tests_is_fine(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_test_set_ struct test_set *set = NULL;

	(void)state;
	assert_int_equal(parse("[]", &d, &set), 0);
	assert_int_equal(set->n, 0);
}

static void refuses_with_code_and_place(void **state)
{
	static const struct {
		const char *json, *code, *at;
	} rows[] = {
		{ "{}", "tests-value", "{" },
		{ "[[]]", "tests-value", "[" },
		{ "[{" WHERE ",\"expect\":\"deny\"}]", "tests-missing", "{" },
		{ "[{\"name\":7," WHERE ",\"expect\":\"deny\"}]", "tests-value", "\"name\"" },
		{ "[{\"name\":\"a\"," WHERE "}]", "tests-missing", "\"name\"" },
		{ "[{\"name\":\"a\"," WHERE ",\"expect\":\"denied\"}]", "tests-expect",
		  "\"denied\"" },
		{ "[{\"name\":\"a\"," WHERE ",\"expect\":true}]", "tests-value", "\"expect\"" },
		{ "[{\"name\":\"a\"," WHERE ",\"expect\":\"deny\",\"by\":1}]", "tests-value",
		  "\"by\"" },
		{ "[{\"name\":\"a\"," WHERE ",\"expect\":\"deny\",\"policy\":\"p\"}]",
		  "tests-unknown-key", "\"policy\"" },
		{ "[{\"name\":\"a\",\"action\":\"connect\",\"expect\":\"deny\"}]",
		  "request-missing", "{" },
		{ "[{\"name\":\"a\",\"principal\":{\"uid\":true}," WHERE ",\"expect\":\"deny\"}]",
		  "request-value", "\"uid\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		_cleanup_diags_ struct diags d = DIAGS_INIT;
		struct test_set *set = NULL;
		int r = parse(rows[i].json, &d, &set);

		assert_null(set);
		if (r != -EBADMSG || d.errors != 1 || strcmp(d.items[0].code, rows[i].code) != 0)
			fail_msg("%s: %d, %zu errors, %s", rows[i].json, r, d.errors,
				 d.n ? d.items[0].text : "");
		if (strncmp(d.items[0].excerpt + d.items[0].caret, rows[i].at,
			    strlen(rows[i].at)) != 0)
			fail_msg("%s: caret at %s", rows[i].json,
				 d.items[0].excerpt + d.items[0].caret);
	}
}

/* The same words stand in every test: the message must point into the right one. */
static void points_into_the_right_test(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct test_set *set = NULL;

	(void)state;
	assert_int_equal(parse("[\n{\"name\":\"a\",\"principal\":{\"uid\":1}," WHERE
			       ",\"expect\":\"deny\"},\n{\"name\":\"a, \\\"b\\\" ]\",\"principal\":"
			       "{\"uid\":1}," WHERE ",\"expect\":\"deny\"},\n{\"name\":\"c\","
			       "\"principal\":{\"uid\":-1}," WHERE ",\"expect\":\"deny\"}]",
			       &d, &set),
			 -EBADMSG);
	assert_int_equal(d.n, 1);
	assert_int_equal(d.items[0].line, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_expectations),
		cmocka_unit_test(no_tests_is_fine),
		cmocka_unit_test(refuses_with_code_and_place),
		cmocka_unit_test(points_into_the_right_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
