/* SPDX-License-Identifier: BSD-2-Clause */
/* Printer: canonical text of expressions and policies, and that it is a fixed point. */
#include "policy/policy.h"

#include <string.h>

#include "cm.h"
#include "tree.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int make(void **state)
{
	struct policy_set *set = NULL;

	if (policy_set_new(&set) < 0)
		return -1;
	*state = set;
	return 0;
}

static int release(void **state)
{
	struct policy_set *set = *state;

	policy_set_free(&set);
	return set ? -1 : 0;
}

static void reprint(struct policy_set *set, const char *text, size_t len, struct buf *out)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct source src = { .name = "t", .text = text, .len = len };
	struct expr *e = NULL;

	if (policy_parse_expr(set, &src, &d, &e) < 0)
		fail_msg("%s: %s", text, d.items[0].text);
	buf_clear(out);
	policy_print_expr(e, out);
}

/* Rows: a text, and its canonical form, NULL where it is that itself. */
static void check_rows(struct policy_set *set, const char *const (*rows)[2], size_t n)
{
	_cleanup_buf_ struct buf out = BUF_INIT, again = BUF_INIT;

	for (size_t i = 0; i < n; i++) {
		reprint(set, rows[i][0], strlen(rows[i][0]), &out);
		assert_string_equal(out.data, rows[i][1] ? rows[i][1] : rows[i][0]);
		reprint(set, out.data, out.len, &again);
		assert_string_equal(again.data, out.data);
	}
}

static void parentheses_are_as_few_as_keep_the_tree(void **state)
{
	static const char *const rows[][2] = {
		{ "((1))", "1" },
		{ "(1 + 2) * 3", NULL },
		{ "1 + (2 * 3)", "1 + 2 * 3" },
		{ "(1 - 2) - 3", "1 - 2 - 3" },
		{ "1 - (2 - 3)", NULL },
		{ "1 * (2 * 3)", NULL },
		{ "(true || false) && true", NULL },
		{ "true || (false && true)", "true || false && true" },
		{ "true || (true || true)", NULL },
		{ "(true && true) && true", "true && true && true" },
		{ "(1 < 2) == (3 < 4)", NULL },
		{ "(1 == 2) && (3 == 4)", "1 == 2 && 3 == 4" },
		{ "!(true && true)", NULL },
		{ "!(principal.a)", "!principal.a" },
		{ "(!principal).a", NULL },
		{ "(-1).a", NULL },
		{ "-(1.a)", "-1.a" },
		{ "(1 + 2).contains(3)", NULL },
		{ "(if true then 1 else 2) + 3", NULL },
		{ "if (if true then true else true) then (1) else (if true then 2 else 3)",
		  "if if true then true else true then 1 else if true then 2 else 3" },
		{ "(principal is A) in (resource)", "(principal is A) in resource" },
		{ "(principal has a) has b", NULL },
		{ "(principal + 1) has a", "principal + 1 has a" },
		{ "principal is A in (1 == 2)", NULL },
		{ "(principal in resource) == true", NULL },
		{ "[(1), (if true then 1 else 2)]", "[1, if true then 1 else 2]" },
	};

	check_rows(*state, rows, COUNT(rows));
}

static void unary_runs_and_negative_numbers(void **state)
{
	static const char *const rows[][2] = {
		{ "! !true", "!!true" },
		{ "!!!!true", NULL },
		{ "!!!!(!true)", NULL },
		{ "!(!(!(!(!(!true)))))", "!!!!(!!true)" },
		{ "- 1", "-1" },
		{ "-(1)", NULL },
		{ "-(-1)", "--1" },
		{ "--(1)", NULL },
		{ "----1", NULL },
		{ "----(1)", NULL },
		{ "-(----1)", "----(-1)" },
		{ "-(-(-(-(-(1)))))", "----(-(1))" },
		{ "!(-1)", NULL },
		{ "-(!true)", NULL },
		{ "1 - -1", NULL },
		{ "1--1", "1 - -1" },
		{ "-9223372036854775808", NULL },
		{ "--9223372036854775808 - -(9223372036854775807)", NULL },
	};

	check_rows(*state, rows, COUNT(rows));
}

static void names_are_quoted_only_where_they_must(void **state)
{
	static const char *const rows[][2] = {
		{ "principal[\"a\"]", "principal.a" },
		{ "principal[\"if\"][\"\"][\"a b\"][\"__cedar\"][\"9\"]", NULL },
		{ "principal[\"permit\"]", "principal.permit" },
		{ "principal has \"a\"", "principal has a" },
		{ "principal has \"a.b\"", NULL },
		{ "principal has a . b", "principal has a.b" },
		{ "principal has \"true\"", NULL },
		{ "{\"a\": 1, \"b c\": 2, d: {},}", "{ a: 1, \"b c\": 2, d: {} }" },
		{ "{\"if\": [ ]}", "{ \"if\": [] }" },
		{ "A :: B :: \"c\"", "A::B::\"c\"" },
		{ "ip ( \"::1\" , 2 , ) . isLoopback ( )", "ip(\"::1\", 2).isLoopback()" },
	};

	check_rows(*state, rows, COUNT(rows));
}

static void escapes_are_canonical(void **state)
{
	static const char *const rows[][2] = {
		{ "\"\\x41\\u{e9}\\'\"", "\"A\xc3\xa9'\"" },
		{ "\"\\\"\\\\\\n\\r\\t\\0\"", NULL },
		{ "\"a\nb\tc\"", "\"a\\nb\\tc\"" },
		{ "\"\\x01\\x7f\\u{85}\"", "\"\\u{1}\\u{7f}\\u{85}\"" },
		/* what hides or turns text around is shown */
		{ "\"a\\u{202e}b\\u{200B}\\u{fe_ff}\"", "\"a\\u{202e}b\\u{200b}\\u{feff}\"" },
		{ "\"\\u{01_f600}\"", "\"\xf0\x9f\x98\x80\"" },
		{ "\"*\"", NULL },
		{ "1 like \"a*\\*\\x2a\\\"\"", "1 like \"a*\\**\\\"\"" },
		{ "1 like \"\"", NULL },
		{ "A::\"\\x22\"", "A::\"\\\"\"" },
	};

	check_rows(*state, rows, COUNT(rows));
}

static void check_policy(struct policy_set *set, const char *text, const char *expected)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct source src = { .name = "t", .text = text, .len = strlen(text) };

	if (policy_parse(set, &src, &d) < 0)
		fail_msg("%s: %s", text, d.items[0].text);
	policy_print(set->policies[set->n - 1], &out);
	assert_string_equal(out.data, expected);
}

static void policies_have_one_layout(void **state)
{
	static const char *const rows[][2] = {
		{ "permit(principal,action,resource);",
		  "permit (\n  principal,\n  action,\n  resource\n);\n" },
		{ "@id(\"a\\x22\")@b forbid(principal is A in ?principal,action in [Action::\"a\",],resource==(B::\"c\"))"
		  "when{1}unless{2};",
		  "@id(\"a\\\"\")\n@b\nforbid (\n  principal is A in ?principal,\n  action in [Action::\"a\"],\n"
		  "  resource == B::\"c\"\n)\nwhen { 1 }\nunless { 2 };\n" },
		{ "permit(principal in A::\"a\",action in Action::\"a\",resource is A::B);",
		  "permit (\n  principal in A::\"a\",\n  action in Action::\"a\",\n  resource is A::B\n);\n" },
		{ "permit(principal,action in [],resource in ?resource);",
		  "permit (\n  principal,\n  action in [],\n  resource in ?resource\n);\n" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_policy(*state, rows[i][0], rows[i][1]);
		check_policy(*state, rows[i][1], rows[i][1]);
	}
}

#define SCOPE "permit (\n  principal,\n  action,\n  resource\n)\n"
#define A38 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void long_conditions_break_at_their_outermost_operator(void **state)
{
	/* 80 columns, and one more */
	static const char *const fits = SCOPE "when { context." A38
					      " || \"123456789012345678\" };\n";
	static const char *const broken[] = {
		SCOPE "when\n{\n  context." A38 " ||\n  \"1234567890123456789\"\n};\n",
		SCOPE "unless\n{\n  context." A38
		      " &&\n  (true || false) &&\n  (true && 1 == 2) &&\n  \"" A38 "\"\n};\n",
		SCOPE "when\n{\n  context." A38 " && true ||\n  (1 || 2) ||\n  \"" A38 "\"\n};\n",
		SCOPE "when\n{\n  if context." A38 " then true && false else \"" A38
		      "\" == 1\n};\n",
		SCOPE "when\n{\n  !(context." A38 " && true && \"" A38 "\")\n}\nwhen { 1 };\n",
	};

	check_policy(*state, fits, fits);
	for (size_t i = 0; i < COUNT(broken); i++)
		check_policy(*state, broken[i], broken[i]);
}

#define print_test(f) cmocka_unit_test_setup_teardown(f, make, release)

int main(void)
{
	const struct CMUnitTest tests[] = {
		print_test(parentheses_are_as_few_as_keep_the_tree),
		print_test(unary_runs_and_negative_numbers),
		print_test(names_are_quoted_only_where_they_must),
		print_test(escapes_are_canonical),
		print_test(policies_have_one_layout),
		print_test(long_conditions_break_at_their_outermost_operator),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
