/* SPDX-License-Identifier: BSD-2-Clause */
/* Diagnostics: places, excerpts, carets and what a hostile text must not do to a terminal. */
#include "base/diag.h"

#include <string.h>

#include "cm.h"

static const char text[] = "permit (\n\tprincipal == User::\"b\xc3\xb6se\",\n);\n";
static const struct source src = { "policies/a.cedar", text, sizeof(text) - 1 };

/* The place of a word in the source above. */
static struct span span_of(const char *word)
{
	const char *at = strstr(text, word);

	assert_non_null(at);
	return (struct span){ &src, (uint32_t)(at - text), (uint32_t)strlen(word) };
}

static void assert_renders(const struct diags *d, bool colour, const char *want)
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	diags_render(d, &out, colour);
	assert_int_equal(buf_error(&out), 0);
	assert_string_equal(out.data ? out.data : "", want);
}

static void place_text_excerpt_caret_and_hint(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	diag_error(&d, "wrong-word", span_of("permit"), "write forbid", "not %s but %d", "this", 7);
	assert_renders(&d, false,
		       "policies/a.cedar:1:1: error: not this but 7 [wrong-word]\n"
		       "  1 | permit (\n"
		       "    | ^~~~~~\n"
		       "    = try: write forbid\n");
}

static void a_tab_before_the_caret_stays_a_tab(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	diag_warning(&d, "c", span_of("principal"), NULL, "t");
	assert_renders(&d, false,
		       "policies/a.cedar:2:2: warning: t [c]\n"
		       "  2 | \tprincipal == User::\"b\xc3\xb6se\",\n"
		       "    | \t^~~~~~~~~\n");
}

static void a_multibyte_character_is_one_column(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	diag_error(&d, "c", span_of("\xc3\xb6se"), NULL, "t");
	diag_error(&d, "c", span_of("se\""), NULL, "t");
	assert_int_equal(d.items[1].col, d.items[0].col + 2); /* columns count bytes */
	assert_renders(&d, false,
		       "policies/a.cedar:2:23: error: t [c]\n"
		       "  2 | \tprincipal == User::\"b\xc3\xb6se\",\n"
		       "    | \t                     ^~~\n"
		       "policies/a.cedar:2:25: error: t [c]\n"
		       "  2 | \tprincipal == User::\"b\xc3\xb6se\",\n"
		       "    | \t                      ^~~\n");
}

static void the_end_of_the_file_is_a_place(void **state)
{
	static const struct source open = { "f", "abc", 3 };
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	diag_error(&d, "c", ((struct span){ &src, src.len, 0 }), NULL, "t");
	diag_error(&d, "c", ((struct span){ &open, 3, 0 }), NULL, "t");
	assert_renders(&d, false,
		       "policies/a.cedar:4:1: error: t [c]\n"
		       "  4 | \n"
		       "    | ^\n"
		       "f:1:4: error: t [c]\n"
		       "  1 | abc\n"
		       "    |    ^\n");
}

static void a_place_behind_the_end_is_the_end(void **state)
{
	static const struct source open = { "f", "abc", 3 };
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	diag_error(&d, "c", ((struct span){ &open, 4000000000U, 4000000000U }), NULL, "t");
	assert_int_equal(d.items[0].line, 1);
	assert_int_equal(d.items[0].col, 4);
	assert_int_equal(d.items[0].caret, 3);
}

static void an_empty_file_has_a_place(void **state)
{
	static const struct source empty = { "f", "", 0 };
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	diag_error(&d, "c", ((struct span){ &empty, 0, 0 }), NULL, "t");
	assert_renders(&d, false, "f:1:1: error: t [c]\n  1 | \n    | ^\n");
}

static void a_span_over_lines_ends_with_its_first(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	diag_error(&d, "c", ((struct span){ &src, 7, 20 }), NULL, "t");
	assert_renders(&d, false,
		       "policies/a.cedar:1:8: error: t [c]\n"
		       "  1 | permit (\n"
		       "    |        ^\n");
}

static void a_dos_line_end_is_not_shown(void **state)
{
	static const struct source dos = { "f", "ab\r\ncd\r\n", 8 };
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	diag_error(&d, "c", ((struct span){ &dos, 4, 2 }), NULL, "t");
	assert_string_equal(d.items[0].excerpt, "cd");
	assert_int_equal(d.items[0].line, 2);
}

static void a_long_line_is_shown_around_the_place(void **state)
{
	char line[5001];
	struct source one = { "f", line, 5000 };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	const struct diag *m;

	(void)state;
	for (int i = 0; i < 5000; i += 2)
		memcpy(line + i, "\xc3\xa9", 3);
	memcpy(line + 2500, "HERE", 4);
	diag_error(&d, "c", ((struct span){ &one, 2500, 4 }), NULL, "t");
	m = &d.items[0];
	assert_true(strlen(m->excerpt) <= 160);
	assert_memory_equal(m->excerpt + m->caret, "HERE", 4);
	assert_int_equal((unsigned char)m->excerpt[0], 0xc3); /* no half characters at the ends */
	assert_int_equal((unsigned char)m->excerpt[strlen(m->excerpt) - 1], 0xa9);
	assert_int_equal(m->col, 2501);
}

static void without_a_place_only_the_words(void **state)
{
	static const struct source only_name = { "missing.cedar", NULL, 0 };
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	diag_error(&d, "a", NOWHERE, "try again", "no room");
	diag_add(&d, DIAG_NOTE, "b", ((struct span){ &only_name, 0, 0 }), NULL, "cannot be read");
	assert_int_equal(d.items[0].line, 0);
	assert_renders(&d, false,
		       "error: no room [a]\n"
		       "    = try: try again\n"
		       "missing.cedar: note: cannot be read [b]\n");
}

static void control_characters_do_not_reach_the_terminal(void **state)
{
	static const char evil[] = "a\033[2Jb\x7f\xc2\x9b"
				   "c";
	static const struct source hostile = { "f\nx", evil, sizeof(evil) - 1 };
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	diag_error(&d, "c", ((struct span){ &hostile, 0, 1 }), "h\r", "got \033]0;title\a\n");
	assert_renders(&d, false,
		       "f?x:1:1: error: got ?]0;title?? [c]\n"
		       "  1 | a?[2Jb??c\n"
		       "    | ^\n"
		       "    = try: h?\n");
}

/* Text that shows in another order than the compiler reads it (CVE-2021-42574). */
static void bidirectional_controls_do_not_reach_the_terminal(void **state)
{
	static const char evil[] = "a\xe2\x80\xae"
				   "b\xe2\x81\xa6"
				   "c\xe2\x80\xa9\xe2\x82\xac";
	static const struct source hostile = { "f", evil, sizeof(evil) - 1 };
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	diag_error(&d, "c", ((struct span){ &hostile, 0, 1 }), NULL, "t");
	assert_renders(&d, false,
		       "f:1:1: error: t [c]\n"
		       "  1 | a?b?c\xe2\x80\xa9\xe2\x82\xac\n"
		       "    | ^\n");
}

/* Overlong, a surrogate, past the last character, cut off, no byte of it at all; and a good one. */
static void what_is_no_utf8_is_shown_as_such(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	diag_error(
		&d, "c", NOWHERE, "\xe0\x9f\xbf",
		"a\xc0\xaf b\xed\xa0\x80 c\xf4\x90\x80\x80 d\xe2\x82 e\xff f\xf0\x9f\x98\x80 g\xe2\x82");
	assert_renders(&d, false,
		       "error: a?? b??? c???? d?? e? f\xf0\x9f\x98\x80 g?? [c]\n"
		       "    = try: ???\n");
}

static void colours_only_when_asked(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	diag_error(&d, "c", ((struct span){ &src, 0, 2 }), NULL, "t");
	assert_renders(&d, true,
		       "\033[1mpolicies/a.cedar:1:1: \033[0m\033[1;31merror:\033[0m t [c]\n"
		       "  1 | permit (\n"
		       "    | \033[1;32m^~\033[0m\n");
}

static void levels_are_counted_apart(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	diag_error(&d, "a", NOWHERE, NULL, "1");
	diag_warning(&d, "b", NOWHERE, NULL, "2");
	diag_warning(&d, "c", NOWHERE, NULL, "3");
	diag_add(&d, DIAG_NOTE, "d", NOWHERE, NULL, "4");
	assert_int_equal(d.errors, 1);
	assert_int_equal(d.warnings, 2);
	assert_int_equal(d.n, 4);
	assert_string_equal(d.items[3].text, "4");
}

static void over_the_limit_is_counted_not_kept(void **state)
{
	_cleanup_diags_ struct diags d = { .limit = 1 };

	(void)state;
	for (int i = 0; i < 5; i++)
		diag_error(&d, "c", NOWHERE, NULL, "number %d", i);
	assert_int_equal(d.n, 1);
	assert_int_equal(d.errors, 5);
	assert_renders(&d, false,
		       "error: number 0 [c]\n"
		       "and 4 more not shown: mend these first\n");
}

static void the_usual_limit_is_a_hundred(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	for (int i = 0; i < 150; i++)
		diag_error(&d, "c", NOWHERE, NULL, "x");
	assert_int_equal(d.n, 100);
	assert_int_equal(d.errors, 150);
}

static void the_source_may_go_before_the_message(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	char *gone = strdup("short lived");
	struct source local = { "f", gone, strlen(gone) };

	(void)state;
	diag_error(&d, "c", ((struct span){ &local, 6, 5 }), NULL, "t");
	free(gone);
	assert_renders(&d, false, "f:1:7: error: t [c]\n  1 | short lived\n    |       ^~~~~\n");
}

static void positions_count_from_one(void **state)
{
	uint32_t line = 0, col = 0;

	(void)state;
	source_position(&src, 0, &line, &col);
	assert_int_equal(line, 1);
	assert_int_equal(col, 1);
	source_position(&src, 8, &line, &col); /* the newline belongs to its line */
	assert_int_equal(line, 1);
	assert_int_equal(col, 9);
	source_position(&src, 9, &line, &col);
	assert_int_equal(line, 2);
	assert_int_equal(col, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(place_text_excerpt_caret_and_hint),
		cmocka_unit_test(a_tab_before_the_caret_stays_a_tab),
		cmocka_unit_test(a_multibyte_character_is_one_column),
		cmocka_unit_test(the_end_of_the_file_is_a_place),
		cmocka_unit_test(a_place_behind_the_end_is_the_end),
		cmocka_unit_test(an_empty_file_has_a_place),
		cmocka_unit_test(a_span_over_lines_ends_with_its_first),
		cmocka_unit_test(a_dos_line_end_is_not_shown),
		cmocka_unit_test(a_long_line_is_shown_around_the_place),
		cmocka_unit_test(without_a_place_only_the_words),
		cmocka_unit_test(control_characters_do_not_reach_the_terminal),
		cmocka_unit_test(bidirectional_controls_do_not_reach_the_terminal),
		cmocka_unit_test(what_is_no_utf8_is_shown_as_such),
		cmocka_unit_test(colours_only_when_asked),
		cmocka_unit_test(levels_are_counted_apart),
		cmocka_unit_test(over_the_limit_is_counted_not_kept),
		cmocka_unit_test(the_usual_limit_is_a_hundred),
		cmocka_unit_test(the_source_may_go_before_the_message),
		cmocka_unit_test(positions_count_from_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
