/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parser refuses: every row is refused by the official parser too. A row tells all messages of its text, in
 * order, each as line:column+width and the code without its "syntax-".
 */
#include "policy/policy.h"

#include <errno.h>
#include <string.h>

#include "cm.h"

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

/* All messages in short. Each must say what to do next. */
static void shorten(const struct diags *d, struct buf *out)
{
	static const char prefix[] = "syntax-";

	buf_clear(out);
	buf_puts(out, "");
	for (size_t i = 0; i < d->n; i++) {
		const struct diag *m = &d->items[i];

		assert_int_equal(m->level, DIAG_ERROR);
		assert_memory_equal(m->code, prefix, strlen(prefix));
		assert_non_null(m->hint);
		assert_string_equal(m->file, "t");
		buf_printf(out, "%s%u:%u+%u %s", i ? ", " : "", m->line, m->col, m->width,
			   m->code + strlen(prefix));
	}
}

static void refuse(struct policy_set *set, const char *text, bool alone, const char *expected)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct source src = { .name = "t", .text = text, .len = strlen(text) };
	struct expr untouched, *e = &untouched;
	size_t before = set->n;
	int r = alone ? policy_parse_expr(set, &src, &d, &e) : policy_parse(set, &src, &d);

	if (r != -EBADMSG)
		fail_msg("not refused: %s", text);
	assert_ptr_equal(e, &untouched);
	assert_int_equal(set->n, before);
	shorten(&d, &out);
	assert_string_equal(out.data, expected);
}

static void broken_effects_and_scopes(void **state)
{
	static const char *const rows[][2] = {
		{ "permitt(principal,action,resource);", "1:1+7 effect" },
		{ "Permit(principal,action,resource);", "1:1+6 effect" },
		{ "allow(principal,action,resource);", "1:1+5 effect" },
		{ "\"permit\"(principal,action,resource);", "1:1+8 unexpected" },
		{ "permit principal,action,resource;", "1:8+9 unexpected" },
		{ "permit(principal,action,resource)", "1:34+1 semicolon" },
		{ "permit(principal,action,resource) permit(principal,action,resource);",
		  "1:34+1 semicolon" },
		{ "permit(principal,action,resource) @id(\"b\") permit(principal,action,resource);",
		  "1:34+1 semicolon" },
		{ "permit(principal,action,resource);;", "1:35+1 unexpected" },
		{ "permit(principal,action);", "1:24+1 scope" },
		{ "permit();", "1:8+1 scope" },
		{ "permit(principal,action,resource,context);", "1:34+7 scope" },
		{ "permit(principal,action,resource,,);", "1:34+1 unexpected" },
		{ "permit(principal action,resource);", "1:18+6 unexpected" },
		{ "permit(action,principal,resource);", "1:8+6 scope, 1:15+9 scope" },
		{ "permit(princpal,action,resource);", "1:8+8 scope" },
		{ "permit(principal: User,action,resource);", "1:17+1 scope" },
		{ "permit(principal = User::\"a\",action,resource);", "1:18+1 assign" },
		{ "permit(principal < User::\"a\",action,resource);", "1:18+1 scope" },
		{ "permit(principal in [User::\"a\"],action,resource);", "1:21+1 scope" },
		{ "permit(principal == \"a\",action,resource);", "1:21+3 unexpected" },
		{ "permit(principal == User,action,resource);", "1:21+4 entity" },
		{ "permit(principal == User::a,action,resource);", "1:21+7 entity" },
		{ "permit(principal == User::{a:1},action,resource);", "1:27+1 entity" },
		{ "permit(principal == ?resource,action,resource);", "1:21+9 slot" },
		{ "permit(principal == ?x,action,resource);", "1:21+2 slot" },
		{ "permit(principal == User::\"a\".b,action,resource);", "1:30+1 unexpected" },
		{ "permit(principal is User::\"a\",action,resource);", "1:21+9 is" },
		{ "permit(principal is \"User\",action,resource);", "1:21+6 unexpected" },
		{ "permit(principal is (User),action,resource);", "1:21+1 unexpected" },
		{ "permit(principal is if,action,resource);", "1:21+2 reserved" },
		{ "permit(principal is __cedar::User,action,resource);", "1:21+7 reserved" },
		{ "permit(principal is User == User::\"a\",action,resource);", "1:26+2 scope" },
		{ "permit(principal in User::\"a\" is User,action,resource);", "1:31+2 scope" },
		{ "permit(principal,action == User::\"a\",resource);", "1:28+9 action" },
		{ "permit(principal,action == Actions::\"a\",resource);", "1:28+12 action" },
		{ "permit(principal,action == xAction::\"a\",resource);", "1:28+12 action" },
		{ "permit(principal,action == [Action::\"a\"],resource);", "1:28+1 scope" },
		{ "permit(principal,action in [[Action::\"a\"]],resource);", "1:29+1 unexpected" },
		{ "permit(principal,action in [Action::\"a\" Action::\"b\"],resource);",
		  "1:41+6 unexpected" },
		{ "permit(principal,action in [?principal],resource);", "1:29+10 unexpected" },
		{ "permit(principal,action in ?action,resource);", "1:28+7 slot" },
		{ "permit(principal,action is Action,resource);", "1:25+2 scope" },
		{ "permit(principal,action in (Action::\"a\",resource);", "1:40+1 unexpected" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		refuse(*state, rows[i][0], false, rows[i][1]);
}

static void broken_annotations_and_conditions(void **state)
{
	static const char *const rows[][2] = {
		{ "@id(\"a\")@b @id(\"c\") permit(principal,action,resource);",
		  "1:12+8 annotation" },
		{ "@id(a) permit(principal,action,resource);", "1:5+1 unexpected" },
		{ "@id(\"a\" permit(principal,action,resource);", "1:9+6 unexpected" },
		{ "@id() permit(principal,action,resource);", "1:5+1 unexpected" },
		{ "@\"id\" permit(principal,action,resource);", "1:2+4 unexpected" },
		{ "@a::b permit(principal,action,resource);", "1:3+2 unexpected" },
		{ "@id(\"a\")", "1:9+1 end" },
		{ "permit(principal,action,resource) wen { true };", "1:35+3 condition" },
		{ "permit(principal,action,resource) where { true };", "1:35+5 condition" },
		{ "permit(principal,action,resource) when true;", "1:40+4 unexpected" },
		{ "permit(principal,action,resource) when {};", "1:41+1 condition" },
		{ "permit(principal,action,resource) when { true;", "1:46+1 unexpected" },
		{ "permit(principal,action,resource) when { true; };", "1:46+1 unexpected" },
		{ "permit(principal,action,resource) when { true } };", "1:49+1 unexpected" },
		{ "permit(principal,action,resource) when { true } else { false };",
		  "1:49+4 condition" },
		{ "\xc3\xa9", "1:1+2 token" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		refuse(*state, rows[i][0], false, rows[i][1]);
}

static void broken_operators_and_literals(void **state)
{
	static const char *const rows[][2] = {
		{ "", "1:1+1 end" },
		{ "1 +", "1:4+1 end" },
		{ "1 2", "1:3+1 unexpected" },
		{ "1 = 2", "1:3+1 assign" },
		{ "1 === 2", "1:5+1 unexpected" },
		{ "1 < 2 < 3", "1:7+1 chain" },
		{ "1 has a has b", "1:9+3 chain" },
		{ "1 like \"a\" == true", "1:12+2 chain" },
		{ "1 is A is B", "1:8+2 chain" },
		{ "1 is A in B::\"x\" in C", "1:18+2 chain" },
		{ "true & false", "1:6+1 token" },
		{ "true | false", "1:6+1 token" },
		{ "true and false", "1:6+3 unexpected" },
		{ "not true", "1:1+3 variable" },
		{ "'a'", "1:1+1 token" },
		{ "\xe2\x80\x9c"
		  "a\xe2\x80\x9d",
		  "1:1+3 token" },
		{ "a ? 1 : 2", "1:1+1 variable" },
		{ "# x", "1:1+1 token" },
		{ "/* x */ 1", "1:1+1 unexpected" },
		{ "5 / 2", "1:3+1 arithmetic" },
		{ "5 % 2", "1:3+1 arithmetic" },
		{ "!-1", "1:2+1 unary" },
		{ "-!1", "1:2+1 unary" },
		{ "!!!!!1", "1:1+5 unary" },
		{ "1 - -----1", "1:5+5 unary" },
		{ "9223372036854775808", "1:1+19 number" },
		{ "-9223372036854775809", "1:2+19 number" },
		{ "-9223372036854775808.a", "1:2+19 number" },
		{ "18446744073709551616", "1:1+20 number" },
		{ "1.5", "1:3+1 unexpected" },
		{ "1a", "1:2+1 unexpected" },
		{ "\"abc", "1:1+4 string" },
		{ "\"a\\q\\xff\\u{110000}\"", "1:3+2 escape, 1:5+4 escape, 1:9+10 escape" },
		{ "\"a\\x4\"", "1:3+3 escape" },
		{ "\"\\u41\"", "1:2+2 escape" },
		{ "\"\\u{}\"", "1:2+4 escape" },
		{ "\"\\u{_1}\"", "1:2+3 escape" },
		{ "\"\\u{1234567}\"", "1:2+9 escape" },
		{ "\"\\u{d800}\"", "1:2+8 escape" },
		{ "\"\\u{41\"", "1:2+5 escape" },
		{ "\"\\*\"", "1:2+2 escape" },
		{ "1 like \"\\q\"", "1:9+2 escape" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		refuse(*state, rows[i][0], true, rows[i][1]);
}

static void broken_names_and_accesses(void **state)
{
	static const char *const rows[][2] = {
		{ "1 like a", "1:8+1 unexpected" },
		{ "1 like (\"a\")", "1:8+1 unexpected" },
		{ "1 like \"a\" + \"b\"", "1:12+1 pattern" },
		{ "1 has 1", "1:7+1 unexpected" },
		{ "1 has (\"a\")", "1:7+1 unexpected" },
		{ "1 has \"a\".b", "1:10+1 has" },
		{ "1 has a[\"b\"]", "1:8+1 has" },
		{ "1 has a.b(1)", "1:10+1 has" },
		{ "1 has if", "1:7+2 reserved" },
		{ "1 has __cedar", "1:7+7 reserved" },
		{ "1 has A::b", "1:8+2 has" },
		{ "1 is \"A\"", "1:6+3 unexpected" },
		{ "1 is A::\"b\"", "1:6+6 is" },
		{ "1 is A.b", "1:7+1 is" },
		{ "1 is A + 1", "1:8+1 is" },
		{ "principl", "1:1+8 variable" },
		{ "User", "1:1+4 variable" },
		{ "User::alice", "1:1+11 variable" },
		{ "User::", "1:7+1 end" },
		{ "__cedar", "1:1+7 reserved" },
		{ "ip", "1:1+2 variable" },
		{ "ip.a", "1:1+2 variable" },
		{ "foo(1)", "1:1+3 function" },
		{ "ipp(\"1.1.1.1\")", "1:1+3 function" },
		{ "a::ip(\"x\")", "1:1+5 function" },
		{ "contains(1, 2)", "1:1+8 function" },
		{ "isInRange(1)", "1:1+9 function" },
		{ "principal(1)", "1:1+9 function" },
		{ "\"a\"(1)", "1:1+3 function" },
		{ "principal.a(1)", "1:11+1 method" },
		{ "principal.contain(1)", "1:11+7 method" },
		{ "principal.IsInRange(1)", "1:11+9 method" },
		{ "principal.ip(1)", "1:11+2 method" },
		{ "principal.contains()", "1:1+20 arguments" },
		{ "principal.isEmpty(1)", "1:1+20 arguments" },
		{ "principal.contains(1)(2)", "1:1+21 function" },
		{ "principal.if", "1:11+2 reserved" },
		{ "principal.__cedar", "1:11+7 reserved" },
		{ "principal.1", "1:11+1 unexpected" },
		{ "principal.", "1:11+1 end" },
		{ "principal[a]", "1:11+1 unexpected" },
		{ "principal[\"a\"", "1:14+1 end" },
		{ "principal[(\"a\")]", "1:11+1 unexpected" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		refuse(*state, rows[i][0], true, rows[i][1]);
}

static void broken_nesting(void **state)
{
	static const char *const rows[][2] = {
		{ "(1", "1:3+1 end" },
		{ "(", "1:2+1 end" },
		{ "[1, 2", "1:6+1 end" },
		{ "[1 2]", "1:4+1 unexpected" },
		{ "[,]", "1:2+1 unexpected" },
		{ "[1,,2]", "1:4+1 unexpected" },
		{ "{a: 1", "1:6+1 end" },
		{ "{a}", "1:3+1 unexpected" },
		{ "{a: 1, \"a\": 2, a: 3}", "1:8+3 key, 1:16+1 key" },
		{ "{if: 1}", "1:2+2 reserved" },
		{ "{\"__cedar\": 1}.if", "1:16+2 reserved" },
		{ "{(a): 1}", "1:2+1 unexpected" },
		{ "{1: 1}", "1:2+1 unexpected" },
		{ "{a::b: 1}", "1:3+2 unexpected" },
		{ "if true then 1", "1:15+1 end" },
		{ "if true else 1", "1:9+4 unexpected" },
		{ "1 + if true then 1 else 2", "1:5+2 unexpected" },
		{ "then", "1:1+4 reserved" },
		{ "?foo", "1:1+4 slot" },
		{ "::A::\"x\"", "1:1+2 unexpected" },
		{ "@", "1:1+1 unexpected" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		refuse(*state, rows[i][0], true, rows[i][1]);
}

static void the_parser_goes_on_after_an_error(void **state)
{
	static const char *const rows[][2] = {
		{ "allow(principal,action,resource);\npermit(principal,action,resource) when { 1 + };\n"
		  "permit(principal,action,resource);\nforbid(principal);",
		  "1:1+5 effect, 2:46+1 unexpected, 4:17+1 scope" },
		{ "permit(principal,action,resource) when { a == b && c(1) };",
		  "1:42+1 variable, 1:47+1 variable, 1:52+1 function" },
		/* a `;` within braces is no end of a statement */
		{ "permit(principal,action,resource) when { 1; };\npermit(principal);",
		  "1:43+1 unexpected, 2:17+1 scope" },
		/* a statement that lacks its end does not hide the next one */
		{ "permit(principal,action,resource)\nforbid(principal);",
		  "1:34+1 semicolon, 2:17+1 scope" },
		/* nor does a string that lacks its end */
		{ "permit(principal,action,resource) when { \"a };\nforbid(principal);\npermit(principal == U::\"a\");",
		  "1:42+5 string, 2:17+1 scope, 3:27+1 scope" },
		{ "permit(\n;;;\n@;@;permit();",
		  "2:1+1 unexpected, 3:2+1 unexpected, 3:4+1 unexpected, 3:12+1 scope" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		refuse(*state, rows[i][0], false, rows[i][1]);
}

static void text_that_is_not_utf8_is_refused(void **state)
{
	refuse(*state, "permit(principal,action,resource);\n// \xff", false, "2:4+1 utf8");
	refuse(*state, "\"\xed\xa0\x80\"", true, "1:2+1 utf8");
	refuse(*state,
	       "\xef\xbb\xbf"
	       "1",
	       true, "1:1+3 token");
}

static void a_nul_does_not_end_the_text(void **state)
{
	static const char text[] = "permit(principal,action,resource);\0permit";
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct source src = { .name = "t", .text = text, .len = sizeof(text) - 1 };

	assert_int_equal(policy_parse(*state, &src, &d), -EBADMSG);
	assert_string_equal(d.items[0].code, "syntax-token");
	assert_int_equal(d.items[0].col, 35);
}

#define parse_test(f) cmocka_unit_test_setup_teardown(f, make, release)

int main(void)
{
	const struct CMUnitTest tests[] = {
		parse_test(broken_effects_and_scopes),
		parse_test(broken_annotations_and_conditions),
		parse_test(broken_operators_and_literals),
		parse_test(broken_names_and_accesses),
		parse_test(broken_nesting),
		parse_test(the_parser_goes_on_after_an_error),
		parse_test(text_that_is_not_utf8_is_refused),
		parse_test(a_nul_does_not_end_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
