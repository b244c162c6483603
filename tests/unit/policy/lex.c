/* SPDX-License-Identifier: BSD-2-Clause */
/* Lexer: token boundaries, white space and comments of Unicode text, what no token starts with, UTF-8. */
#include "policy/lex.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "cm.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The tokens of a text, one space between. */
static void tokens(const char *text, size_t len, struct buf *out)
{
	struct source src = { .name = "t", .text = text, .len = len };
	struct token t = lex_next(&src, 0);

	buf_clear(out);
	buf_puts(out, "");
	for (; t.kind != TOKEN_END; t = lex_next(&src, t.off + t.len)) {
		assert_true(t.len > 0);
		buf_puts(out, out->len ? " " : "");
		buf_puts(out, t.kind == TOKEN_BAD ? "BAD:" : "");
		buf_put(out, text + t.off, t.len);
	}
	assert_int_equal(t.len, 0);
	assert_int_equal(t.off, len);
}

static void texts_fall_into_tokens(void **state)
{
	static const char *const texts[][2] = {
		{ "", "" },
		{ " \t\r\n\v\f", "" },
		{ "// all of it", "" },
		{ "a//b\nc", "a c" },
		{ "a//b\rc", "a c" },
		{ "a / /b", "a / / b" },
		{ "permit(principal,action);", "permit ( principal , action ) ;" },
		{ "a::b:c", "a :: b : c" },
		{ ":::", ":: :" },
		{ "a==b=c===d", "a == b = c == = d" },
		{ "!a!=b!!c", "! a != b ! ! c" },
		{ "<=<>=>", "<= < >= >" },
		{ "a&&b||c", "a && b || c" },
		{ "1a 0x1f 1_0 1.5", "1 a 0 x1f 1 _0 1 . 5" },
		{ "_a9__cedar", "_a9__cedar" },
		{ "?principal ?x1 ?principals", "?principal ?x1 ?principals" },
		{ "a-b+-1*2/3%4", "a - b + - 1 * 2 / 3 % 4" },
		{ "@id(\"x\")", "@ id ( \"x\" )" },
		{ "\"a\"\"b\"", "\"a\" \"b\"" },
		{ "\"a\\\"b\" c", "\"a\\\"b\" c" },
		{ "\"\\\\\" c", "\"\\\\\" c" },
		{ "\"a\nb\" c", "\"a\nb\" c" },
		{ "\"//\" // \"", "\"//\"" },
		{ "{a:[1]}", "{ a : [ 1 ] }" },
	};
	_cleanup_buf_ struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		tokens(texts[i][0], strlen(texts[i][0]), &out);
		assert_string_equal(out.data, texts[i][1]);
	}
}

static void what_starts_no_token_is_one_bad_token_a_character(void **state)
{
	static const char *const texts[][2] = {
		{ "a & b", "a BAD:& b" },
		{ "|", "BAD:|" },
		{ "'x'", "BAD:' x BAD:'" },
		{ "#$~^`\\", "BAD:# BAD:$ BAD:~ BAD:^ BAD:` BAD:\\" },
		{ "? ?1", "BAD:? BAD:? 1" },
		{ "\xc3\xa9", "BAD:\xc3\xa9" },
		{ "\xef\xbb\xbf"
		  "a",
		  "BAD:\xef\xbb\xbf a" },
		{ "\xe2\x80\x8b", "BAD:\xe2\x80\x8b" }, /* zero width space is not white space */
		{ "\x1c", "BAD:\x1c" },
		{ "\xff"
		  "a",
		  "BAD:\xff a" },
	};
	_cleanup_buf_ struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		tokens(texts[i][0], strlen(texts[i][0]), &out);
		assert_string_equal(out.data, texts[i][1]);
	}
	tokens("a\0b", 3, &out);
	assert_int_equal(out.len, strlen("a BAD:x b"));
}

static void a_string_without_an_end_is_bad_to_the_end_of_its_line(void **state)
{
	static const char *const texts[][2] = {
		{ "\"", "BAD:\"" },
		{ "\"a", "BAD:\"a" },
		{ "\"a\\\"", "BAD:\"a\\\"" },
		{ "\"a\\", "BAD:\"a\\" },
		{ "\"a;\nb", "BAD:\"a; b" },
		{ "\"a\\\nb\"", "BAD:\"a\\ b BAD:\"" }, /* no continuation lines in Cedar */
	};
	_cleanup_buf_ struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		tokens(texts[i][0], strlen(texts[i][0]), &out);
		assert_string_equal(out.data, texts[i][1]);
	}
}

static void white_space_is_unicodes(void **state)
{
	static const uint32_t spaces[] = { 0x09,   0x0a,   0x0b,   0x0c,   0x0d,   0x20,
					   0x85,   0xa0,   0x1680, 0x2000, 0x200a, 0x2028,
					   0x2029, 0x202f, 0x205f, 0x3000 };
	static const uint32_t others[] = { 0x00,   0x08,   0x0e,   0x1c,   0x1f,   0x7f,
					   0x84,   0x86,   0x180e, 0x1fff, 0x200b, 0x2027,
					   0x202a, 0x2060, 0x3001, 0xfeff };
	char text[5] = "";

	(void)state;
	for (size_t i = 0; i < COUNT(spaces); i++) {
		struct source src = { .text = text, .len = utf8_encode(spaces[i], text) };

		assert_int_equal(lex_next(&src, 0).kind, TOKEN_END);
	}
	for (size_t i = 0; i < COUNT(others); i++) {
		struct source src = { .text = text, .len = utf8_encode(others[i], text) };
		struct token t = lex_next(&src, 0);

		assert_int_equal(t.kind, TOKEN_BAD);
		assert_int_equal(t.len, src.len);
	}
}

static void names_are_identifiers_that_are_not_reserved(void **state)
{
	static const char *const good[] = { "a",	 "_",	 "A9",	"permit",
					    "principal", "when", "ifx", "__cedars" };
	static const char *const bad[] = { "",	   "9a",      "a b",	  "a-b",      "if", "then",
					   "else", "true",    "false",	  "in",	      "is", "has",
					   "like", "__cedar", "\xc3\xa9", "a\xc3\xa9" };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(lex_is_name(good[i], strlen(good[i])));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(lex_is_name(bad[i], strlen(bad[i])));
}

static void utf8_goes_both_ways(void **state)
{
	static const uint32_t points[] = { 0x00,   0x7f,   0x80,   0x7ff,   0x800,
					   0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff };

	(void)state;
	for (size_t i = 0; i < COUNT(points); i++) {
		char bytes[4];
		size_t n = utf8_encode(points[i], bytes), read = 0;
		uint32_t point = 1;

		assert_int_equal(utf8_decode(bytes, n, &point, &read), 0);
		assert_int_equal(point, points[i]);
		assert_int_equal(read, n);
		if (n > 1)
			assert_int_equal(utf8_decode(bytes, n - 1, &point, &read), -EILSEQ);
	}
}

static void broken_utf8_is_refused(void **state)
{
	static const char *const broken[] = {
		"\x80",
		"\xbf",
		"\xc0\x80",
		"\xc1\xbf",
		"\xc3(",
		"\xe0\x80\x80",
		"\xe0\x9f\xbf",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xf0\x80\x80\x80",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xff",
		"\xe2\x82(",
		"\xf0\x9f\x98(",
	};
	uint32_t point = 7;
	size_t n = 7;

	(void)state;
	for (size_t i = 0; i < COUNT(broken); i++)
		assert_int_equal(utf8_decode(broken[i], strlen(broken[i]), &point, &n), -EILSEQ);
	assert_int_equal(point, 7); /* untouched */
	assert_int_equal(n, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_fall_into_tokens),
		cmocka_unit_test(what_starts_no_token_is_one_bad_token_a_character),
		cmocka_unit_test(a_string_without_an_end_is_bad_to_the_end_of_its_line),
		cmocka_unit_test(white_space_is_unicodes),
		cmocka_unit_test(names_are_identifiers_that_are_not_reserved),
		cmocka_unit_test(utf8_goes_both_ways),
		cmocka_unit_test(broken_utf8_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
