/* SPDX-License-Identifier: BSD-2-Clause */
/* Strict JSON: what another reader might understand differently is refused, with a code and a place. */
#include "base/json.h"

#include <errno.h>
#include <string.h>

#include "cm.h"

struct refusal {
	const char *name;
	const char *text;
	size_t len; /* 0: strlen */
	const char *code;
	uint32_t line;
};

static void check_refusal(const struct refusal *r)
{
	struct source src = { r->name, r->text, r->len ? r->len : strlen(r->text) };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	json_t *untouched = (json_t *)&src;
	int got = json_parse(&src, &d, &untouched);

	if (got != -EBADMSG)
		fail_msg("%s: answered %d", r->name, got);
	assert_ptr_equal(untouched, &src);
	assert_int_equal(d.errors, 1);
	assert_int_equal(d.n, 1);
	if (strcmp(d.items[0].code, r->code) != 0)
		fail_msg("%s: code %s: %s", r->name, d.items[0].code, d.items[0].text);
	if (d.items[0].line != r->line)
		fail_msg("%s: line %u", r->name, d.items[0].line);
	assert_non_null(d.items[0].hint);
}

#define BYTES(s) (s), sizeof(s) - 1

static void what_is_not_strict_is_refused(void **state)
{
	static const struct refusal table[] = {
		{ "empty", " ", 0, "json-truncated", 1 },
		{ "duplicate key", "{\"a\":1,\n\"a\":1}", 0, "json-duplicate-key", 2 },
		{ "duplicate key, escaped", "{\"a\":1,\"\\u0061\":2}", 0, "json-duplicate-key", 1 },
		{ "duplicate key, inner", "[{\"x\":{\"b\":1,\"b\":2}}]", 0, "json-duplicate-key",
		  1 },
		{ "NUL escape", "[\"\\u0000\"]", 0, "json-nul", 1 },
		{ "NUL escape in a key", "{\"a\\u0000b\":1}", 0, "json-nul", 1 },
		{ "NUL byte in a string", BYTES("[\"a\0b\"]"), "json-syntax", 1 },
		{ "NUL byte behind", BYTES("[1]\0"), "json-trailing", 1 },
		{ "overlong UTF-8 of slash", "[\"\xc0\xaf\"]", 0, "json-utf8", 1 },
		{ "overlong UTF-8, three bytes", "[\"\xe0\x80\xaf\"]", 0, "json-utf8", 1 },
		{ "overlong UTF-8 of NUL", "[\"\xc0\x80\"]", 0, "json-utf8", 1 },
		{ "surrogate in UTF-8", "[\"\xed\xa0\x80\"]", 0, "json-utf8", 1 },
		{ "above U+10FFFF", "[\"\xf4\x90\x80\x80\"]", 0, "json-utf8", 1 },
		{ "continuation alone", "[\"\x80\"]", 0, "json-utf8", 1 },
		{ "sequence cut short", "[\"\xe2\x82\"]", 0, "json-utf8", 1 },
		{ "lone high surrogate", "[\"\\ud800\"]", 0, "json-syntax", 1 },
		{ "lone low surrogate", "[\"\\udc00\"]", 0, "json-syntax", 1 },
		{ "two high surrogates", "[\"\\ud800\\ud800\"]", 0, "json-syntax", 1 },
		{ "trailing word", "{} x", 0, "json-trailing", 1 },
		{ "trailing document", "{}\n{}", 0, "json-trailing", 2 },
		{ "trailing bracket", "[]]", 0, "json-trailing", 1 },
		{ "byte order mark", "\xef\xbb\xbf{}", 0, "json-syntax", 1 },
		{ "comment", "[1, /* two */ 2]", 0, "json-syntax", 1 },
		{ "trailing comma", "[1,]", 0, "json-syntax", 1 },
		{ "trailing comma in an object", "{\"a\":1,}", 0, "json-syntax", 1 },
		{ "single quotes", "{'a':1}", 0, "json-syntax", 1 },
		{ "bare key", "{a:1}", 0, "json-syntax", 1 },
		{ "raw newline in a string", "[\"a\nb\"]", 0, "json-syntax", 1 },
		{ "tab in a string", "[\"a\tb\"]", 0, "json-syntax", 1 },
		{ "unknown escape", "[\"\\x41\"]", 0, "json-syntax", 1 },
		{ "leading zero", "[01]", 0, "json-syntax", 1 },
		{ "plus sign", "[+1]", 0, "json-syntax", 1 },
		{ "hexadecimal", "[0x10]", 0, "json-syntax", 1 },
		{ "NaN", "[NaN]", 0, "json-syntax", 1 },
		{ "Infinity", "[-Infinity]", 0, "json-syntax", 1 },
		{ "True", "[True]", 0, "json-syntax", 1 },
		{ "number over 64 bits", "[9223372036854775808]", 0, "json-number", 1 },
		{ "number under 64 bits", "[-9223372036854775809]", 0, "json-number", 1 },
		{ "real over double", "[1e999]", 0, "json-number", 1 },
		{ "open object", "{\"a\":\n1", 0, "json-truncated", 2 },
		{ "open string", "[\"abc", 0, "json-truncated", 1 },
		{ "half an escape", "[\"a\\", 0, "json-syntax", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		check_refusal(&table[i]);
}

/* A document of so many nested arrays, with brackets in a string that do not count. */
static void nest(char *text, size_t depth)
{
	static const char inner[] = "\"\\\"[[[{\"";

	memset(text, '[', depth);
	memcpy(text + depth, inner, sizeof(inner) - 1);
	memset(text + depth + sizeof(inner) - 1, ']', depth);
	text[2 * depth + sizeof(inner) - 1] = '\0';
}

static int parse_text(const char *text, struct diags *d, json_t **ret)
{
	struct source src = { "test.json", text, strlen(text) };

	return json_parse(&src, d, ret);
}

static void nesting_of_64_is_the_most(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *j = NULL;
	char text[400];

	(void)state;
	nest(text, 64);
	assert_int_equal(parse_text(text, &d, &j), 0);
	assert_int_equal(d.errors, 0);
	nest(text, 65);
	check_refusal(&(struct refusal){ "65 levels", text, 0, "json-nesting", 1 });
}

static void very_deep_nesting_is_refused_before_it_is_parsed(void **state)
{
	size_t n = 1 << 20;
	_cleanup_free_ char *text = malloc(n + 1);

	(void)state;
	assert_non_null(text);
	memset(text, '[', n);
	text[n] = '\0';
	check_refusal(&(struct refusal){ "a million levels", text, 0, "json-nesting", 1 });
}

static void siblings_are_not_nesting(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *j = NULL;
	char text[512] = "[";

	(void)state;
	for (int i = 0; i < 99; i++)
		strcat(text, "{},");
	strcat(text, "[]]");
	assert_int_equal(parse_text(text, &d, &j), 0);
	assert_int_equal(json_array_size(j), 100);
}

static void largest_numbers_are_exact(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *j = NULL;

	(void)state;
	assert_int_equal(parse_text("[9223372036854775807,-9223372036854775808]", &d, &j), 0);
	assert_true(json_integer_value(json_array_get(j, 0)) == INT64_MAX);
	assert_true(json_integer_value(json_array_get(j, 1)) == INT64_MIN);
}

static void the_place_is_the_second_key(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	json_t *j = NULL;

	(void)state;
	assert_int_equal(parse_text("{\n  \"name\": 1,\n  \"name\": 2\n}\n", &d, &j), -EBADMSG);
	assert_int_equal(d.items[0].line, 3);
	assert_string_equal(d.items[0].excerpt, "  \"name\": 2");
	assert_in_range(d.items[0].col, 3, 9);
}

static void text_keeps_the_order_of_keys(void **state)
{
	static const char text[] = "{\"z\":1,\"a\":[true,null,\"\\u00e9\"],\"m\":{}}";
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *j = NULL;
	_cleanup_free_ char *again = NULL;

	(void)state;
	assert_int_equal(parse_text(text, &d, &j), 0);
	again = json_text(j);
	assert_string_equal(again, "{\"z\":1,\"a\":[true,null,\"\xc3\xa9\"],\"m\":{}}");
}

static void any_value_is_a_document(void **state)
{
	static const char *const texts[] = { "1", "\"a\"", "null", " [] \n" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		_cleanup_diags_ struct diags d = DIAGS_INIT;
		_cleanup_json_ json_t *j = NULL;

		assert_int_equal(parse_text(texts[i], &d, &j), 0);
		assert_non_null(j);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_strict_is_refused),
		cmocka_unit_test(nesting_of_64_is_the_most),
		cmocka_unit_test(very_deep_nesting_is_refused_before_it_is_parsed),
		cmocka_unit_test(siblings_are_not_nesting),
		cmocka_unit_test(largest_numbers_are_exact),
		cmocka_unit_test(the_place_is_the_second_key),
		cmocka_unit_test(text_keeps_the_order_of_keys),
		cmocka_unit_test(any_value_is_a_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
