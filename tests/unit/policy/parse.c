/* SPDX-License-Identifier: BSD-2-Clause */
/* Parser: which tree a text means, where its nodes stand in the text, and what a set keeps. */
#include "policy/policy.h"

#include <errno.h>
#include <string.h>

#include <postern/limits.h>

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

static struct expr *parse_text(struct policy_set *set, const char *text)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct source src = { .name = "t", .text = text, .len = strlen(text) };
	struct expr *e = NULL;
	int r = policy_parse_expr(set, &src, &d, &e);

	if (r < 0)
		fail_msg("%s: %s", text, d.n ? d.items[0].text : strerror(-r));
	assert_int_equal(d.n, 0);
	return e;
}

static void check_trees(struct policy_set *set, const char *const (*rows)[2], size_t n)
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	for (size_t i = 0; i < n; i++) {
		buf_clear(&out);
		tree_expr(parse_text(set, rows[i][0]), &out);
		assert_string_equal(out.data, rows[i][1]);
	}
}

static void operators_bind_as_in_the_grammar(void **state)
{
	static const char *const rows[][2] = {
		{ "1 + 2 * 3 - 4", "(- (+ 1 (* 2 3)) 4)" },
		{ "1 - 2 - 3", "(- (- 1 2) 3)" },
		{ "1 - (2 - 3)", "(- 1 (- 2 3))" },
		{ "true || false && true == true", "(|| true (&& false (== true true)))" },
		{ "true || true || false", "(|| (|| true true) false)" },
		{ "true && (true && false)", "(&& true (&& true false))" },
		{ "1 < 2 && 3 >= 4", "(&& (< 1 2) (>= 3 4))" },
		{ "1 != 2 || 3 <= 4 || 5 > 6", "(|| (|| (!= 1 2) (<= 3 4)) (> 5 6))" },
		{ "(1 == 2) == (3 == 4)", "(== (== 1 2) (== 3 4))" },
		{ "!true == false", "(== (! true) false)" },
		{ "!principal.a", "(! (get \"a\" principal))" },
		{ "1 in 2 + 3", "(in 1 (+ 2 3))" },
		{ "principal in [User::\"a\"]", "(in principal (set User::\"a\"))" },
		{ "if true then 1 else 2 + 3", "(if true 1 (+ 2 3))" },
		{ "if if true then true else false then 1 else if true then 2 else 3",
		  "(if (if true true false) 1 (if true 2 3))" },
		{ "(if true then 1 else 2) + 3", "(+ (if true 1 2) 3)" },
	};

	check_trees(*state, rows, COUNT(rows));
}

static void nothing_is_folded(void **state)
{
	static const char *const rows[][2] = {
		{ "!!true", "(! (! true))" },
		{ "! ! ! !true", "(! (! (! (! true))))" },
		{ "-1", "-1" },
		{ "- 1", "-1" },
		{ "--1", "(neg -1)" },
		{ "-(1)", "(neg 1)" },
		{ "-1.a", "(neg (get \"a\" 1))" },
		{ "-principal", "(neg principal)" },
		{ "1--1", "(- 1 -1)" },
		{ "1*-1", "(* 1 -1)" },
		{ "9223372036854775807", "9223372036854775807" },
		{ "-9223372036854775808", "-9223372036854775808" },
		{ "--9223372036854775808", "(neg -9223372036854775808)" },
		{ "0000000000000000000000000012", "12" },
		{ "((((1))))", "1" },
		{ "1 + 1 == 2", "(== (+ 1 1) 2)" },
	};

	check_trees(*state, rows, COUNT(rows));
}

static void members_and_relations_with_names(void **state)
{
	static const char *const rows[][2] = {
		{ "context.a.b[\"c d\"].e",
		  "(get \"e\" (get \"c<20>d\" (get \"b\" (get \"a\" context))))" },
		{ "principal[\"if\"]", "(get \"if\" principal)" },
		{ "principal.permit.when.principal",
		  "(get \"principal\" (get \"when\" (get \"permit\" principal)))" },
		{ "[1].contains(1,)", "(method \"contains\" (set 1) 1)" },
		{ "principal.isEmpty()", "(method \"isEmpty\" principal)" },
		{ "principal.contains", "(get \"contains\" principal)" },
		{ "ip(\"::1\").isInRange(ip(\"::\"), 2).x",
		  "(get \"x\" (method \"isInRange\" (call \"ip\" \"::1\") (call \"ip\" \"::\") 2))" },
		{ "datetime()", "(call \"datetime\")" },
		{ "principal has a", "(has \"a\" principal)" },
		{ "principal has a.b . c && true", "(&& (has \"a\" \"b\" \"c\" principal) true)" },
		{ "principal has \"a.b\"", "(has \"a.b\" principal)" },
		{ "principal is A", "(is \"A\" principal)" },
		{ "principal is A :: B in C::\"x\"", "(is \"A::B\" principal C::\"x\")" },
		{ "principal is principal in [1]", "(is \"principal\" principal (set 1))" },
		{ "\"a\" like \"b\"", "(like \"b\" \"a\")" },
		{ "{a: 1, \"b c\": {}, if2: [],}",
		  "(record \"a\" \"b<20>c\" \"if2\" 1 (record) (set))" },
		{ "[1, \"a\", [true],]", "(set 1 \"a\" (set true))" },
		{ "principal::\"x\".a", "(get \"a\" principal::\"x\")" },
		{ "A // c\n ::b\n::\"x\"", "A::b::\"x\"" },
		{ "?principal", "(slot \"?principal\")" },
	};

	check_trees(*state, rows, COUNT(rows));
}

static void strings_and_patterns_are_unescaped(void **state)
{
	static const char *const rows[][2] = {
		{ "\"\"", "\"\"" },
		{ "\"\\n\\r\\t\\\\\\0\\'\\\"\"", "\"<0a><0d><09><5c><00>'<22>\"" },
		{ "\"\\x41\\x7F\"", "\"A<7f>\"" },
		{ "\"\\u{41}\\u{e9}\\u{20_AC}\\u{01f600}\"",
		  "\"A<c3><a9><e2><82><ac><f0><9f><98><80>\"" },
		{ "\"a\nb*\"", "\"a<0a>b*\"" },
		{ "\"\xc3\xa9\"", "\"<c3><a9>\"" },
		{ "1 like \"\"", "(like 1)" },
		{ "1 like \"*\"", "(like * 1)" },
		{ "1 like \"a*b**\"", "(like \"a\" * \"b\" * * 1)" },
		{ "1 like \"\\**\\*\"", "(like \"*\" * \"*\" 1)" },
		{ "1 like \"\\x2a\\u{2a}\"", "(like * * 1)" }, /* as in Cedar's parser */
		{ "1 like \"\\n\\u{e9}*\"", "(like \"<0a><c3><a9>\" * 1)" },
	};

	check_trees(*state, rows, COUNT(rows));
}

static int parse_policies(struct policy_set *set, const char *text, size_t len, struct diags *d)
{
	struct source src = { .name = "t", .text = text, .len = len };

	return policy_parse(set, &src, d);
}

static void statements_have_their_parts(void **state)
{
	static const char *const rows[][2] = {
		{ "permit(principal,action,resource);", "permit (any) (any) (any)" },
		{ "@id(\"a\")@if @x(\"\")forbid(principal,action,resource,);",
		  "forbid @id\"a\" @if @x\"\" (any) (any) (any)" },
		{ "permit(principal==(A::\"a\"),action==Action::\"b\",resource in ((B::C::\"c\")));",
		  "permit (== A::\"a\") (== Action::\"b\") (in B::C::\"c\")" },
		{ "permit(principal is A,action in Action::\"b\",resource is B in C::\"c\");",
		  "permit (is \"A\") (in Action::\"b\") (is-in \"B\" C::\"c\")" },
		{ "permit(principal in ?principal,action in [N::Action::\"b\",(Action::\"c\"),],resource==(?resource));",
		  "permit (in slot) (in list N::Action::\"b\" Action::\"c\") (== slot)" },
		{ "permit(principal,action in [],resource)when{1}unless{2}when{3};",
		  "permit (any) (in list) (any) when 1 unless 2 when 3" },
	};
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct policy_set *set = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(parse_policies(set, rows[i][0], strlen(rows[i][0]), &d), 0);
		assert_int_equal(set->n, i + 1);
		buf_clear(&out);
		tree_policy(set->policies[i], &out);
		assert_string_equal(out.data, rows[i][1]);
	}
	assert_true(text_is(set->policies[1]->id, "a"));
	assert_true(text_is(set->policies[0]->id, ""));
	assert_int_equal(d.n, 0);
}

/* The texts of all spans of a tree, parents first. */
static void spans(const struct expr *e, struct buf *out)
{
	buf_putc(out, '|');
	buf_put(out, e->span.src->text + e->span.off, e->span.len);
	for (size_t i = 0; i < e->n_args; i++)
		spans(e->args[i], out);
}

static void every_node_knows_its_place(void **state)
{
	static const char *const rows[][2] = {
		{ " (1 + 2) * 3 ", "|(1 + 2) * 3|1 + 2|1|2|3" },
		{ "1 - --2", "|1 - --2|1|--2|-2" },
		{ "!! true", "|!! true|! true|true" },
		{ "a::\"b\".c . d [ \"e\" ]",
		  "|a::\"b\".c . d [ \"e\" ]|a::\"b\".c . d|a::\"b\".c|a::\"b\"" },
		{ "principal.contains( 1 )//", "|principal.contains( 1 )|principal|1" },
		{ "ip( \"x\" ) == 1", "|ip( \"x\" ) == 1|ip( \"x\" )|\"x\"|1" },
		{ "[ 1,\n2 ]", "|[ 1,\n2 ]|1|2" },
		{ "{a:1} has a.b&&true", "|{a:1} has a.b&&true|{a:1} has a.b|{a:1}|1|true" },
		{ "1 is A in 2", "|1 is A in 2|1|2" },
		{ "1 like \"a*\" || 2", "|1 like \"a*\" || 2|1 like \"a*\"|1|2" },
		{ "if 1 then 2 else 3", "|if 1 then 2 else 3|1|2|3" },
		{ "-1.a", "|-1.a|1.a|1" },
	};
	_cleanup_buf_ struct buf out = BUF_INIT;

	for (size_t i = 0; i < COUNT(rows); i++) {
		buf_clear(&out);
		spans(parse_text(*state, rows[i][0]), &out);
		assert_string_equal(out.data, rows[i][1]);
	}
}

static void assert_span(struct span s, const char *text)
{
	assert_int_equal(s.len, strlen(text));
	assert_memory_equal(s.src->text + s.off, text, s.len);
}

static void places_outlive_the_text(void **state)
{
	static const char text[] =
		"\n @id(\"a\") permit(principal is A, action, resource == B::\"b\" ) when { 1 };;";
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct policy_set *set = *state;
	char name[] = "file", copy[sizeof(text)];
	struct source src = { .name = name, .text = copy, .len = sizeof(text) - 3 };
	const struct policy *p;

	memcpy(copy, text, sizeof(text));
	assert_int_equal(policy_parse(set, &src, &d), -EBADMSG); /* the text lacks its `;` */
	src.len++;
	assert_int_equal(policy_parse(set, &src, &d), 0);
	memset(copy, 'x', sizeof(copy));
	memset(name, 'x', sizeof(name) - 1);
	p = set->policies[0];
	assert_string_equal(p->span.src->name, "file");
	assert_span(p->span,
		    "@id(\"a\") permit(principal is A, action, resource == B::\"b\" ) when { 1 };");
	assert_span(p->annotations[0].span, "@id(\"a\")");
	assert_span(p->principal.span, "principal is A");
	assert_span(p->action.span, "action");
	assert_span(p->resource.span, "resource == B::\"b\"");
	assert_span(p->conditions[0].span, "when { 1 }");
	assert_span(p->conditions[0].body->span, "1");
}

static void a_text_with_an_error_leaves_the_set_as_it_was(void **state)
{
	static const char good[] = "permit(principal,action,resource);";
	static const char bad[] = "permit(principal,action,resource);permit(principal,action);";
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct policy_set *set = *state;

	assert_int_equal(parse_policies(set, good, strlen(good), &d), 0);
	assert_int_equal(parse_policies(set, bad, strlen(bad), &d), -EBADMSG);
	assert_int_equal(set->n, 1);
	assert_int_equal(parse_policies(set, good, strlen(good), &d), 0);
	assert_int_equal(set->n, 2);
	assert_int_equal(parse_policies(set, "", 0, &d), 0);
	assert_int_equal(set->n, 2);
	assert_int_equal(d.errors, 1);
}

static void one_policy_too_many_is_refused(void **state)
{
	static const char one[] = "permit(principal,action,resource);";
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct policy_set *set = *state;

	for (size_t i = 0; i < POSTERN_POLICIES_MAX; i++)
		buf_puts(&text, one);
	assert_int_equal(parse_policies(set, text.data, text.len, &d), 0);
	assert_int_equal(set->n, POSTERN_POLICIES_MAX);
	assert_int_equal(parse_policies(set, one, strlen(one), &d), -E2BIG);
	assert_int_equal(set->n, POSTERN_POLICIES_MAX);
	assert_string_equal(d.items[0].code, "limit-policies");
}

static void texts_compare_by_bytes(void **state)
{
	struct text a = { "a", 1 }, ab = { "ab", 2 }, b = { "b", 1 }, high = { "\xc3\xa9", 2 },
		    none = { 0 };

	(void)state;
	assert_int_equal(text_cmp(a, ab), -1);
	assert_int_equal(text_cmp(ab, b), -1);
	assert_int_equal(text_cmp(high, b), 1); /* bytes are unsigned */
	assert_int_equal(text_cmp(none, a), -1);
	assert_int_equal(text_cmp(ab, ab), 0);
	assert_true(text_eq(none, (struct text){ "", 0 }));
	assert_false(text_eq(a, b));
	assert_false(text_eq(a, ab));
	assert_false(text_is((struct text){ "a\0b", 3 }, "a"));
}

#define parse_test(f) cmocka_unit_test_setup_teardown(f, make, release)

int main(void)
{
	const struct CMUnitTest tests[] = {
		parse_test(operators_bind_as_in_the_grammar),
		parse_test(nothing_is_folded),
		parse_test(members_and_relations_with_names),
		parse_test(strings_and_patterns_are_unescaped),
		parse_test(statements_have_their_parts),
		parse_test(every_node_knows_its_place),
		parse_test(places_outlive_the_text),
		parse_test(a_text_with_an_error_leaves_the_set_as_it_was),
		parse_test(one_policy_too_many_is_refused),
		cmocka_unit_test(texts_compare_by_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
