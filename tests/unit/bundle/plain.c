/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Long plain strings of a JSON text: they are those that a slow reader finds, they say what JSON says, and a payload
 * reads the same wherever they stand.
 */
#include "bundle/plain.h"

#include <errno.h>

#include "bundle/excised.h"
#include "fixture.h"

#include "generate_world.h"

/* The same as plain_is(), a byte at a time. */
static bool is_slowly(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < ' ' || c >= 0x7f || c == '"')
			return false;
		if (c == '\\' && (++i == len || s[i] != 'n'))
			return false;
	}
	return true;
}

static void plain_is_what_a_slow_reader_calls_so(void **state)
{
	static const char odd[] = "\\n\"\x7f\x1f\x80\xff\t\0!~ \\";
	struct rng rng = { 7 };
	char s[64];

	(void)state;
	for (int i = 0; i < 200000; i++) {
		size_t len = rng_below(&rng, sizeof(s) - 1);

		for (size_t k = 0; k < len; k++)
			s[k] = rng_chance(&rng, 94) ? (char)(' ' + rng_below(&rng, 0x5f))
						    : odd[rng_below(&rng, sizeof(odd) - 1)];
		for (size_t k = 0; k + 1 < len; k++)
			if (s[k] == '\\' && rng_chance(&rng, 90))
				s[k + 1] = 'n';
		assert_int_equal(plain_is(s, len), is_slowly(s, len));
	}
}

/* The next string of a text by the letter of JSON: where its content begins and ends. */
static bool next_string(const char *text, size_t len, size_t *at, struct plain *ret)
{
	size_t i = *at, begin;

	while (i < len && text[i] != '"')
		i++;
	begin = ++i;
	for (; i < len && text[i] != '"'; i++)
		i += text[i] == '\\';
	if (i >= len)
		return false;
	*ret = (struct plain){ begin, i - begin };
	*at = i + 1;
	return true;
}

static void all_of_a_text_are_found(void **state)
{
	static const char *const parts[] = { "\"", "\\", "\\\"", "{", ",", "\\n", "ab", "\\\\" };
	struct rng rng = { 8 };

	(void)state;
	for (int i = 0; i < 300; i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		plains_t found = { 0 };
		struct plain want;
		size_t at = 0, n = 0;

		for (int k = 0; k < 60; k++) {
			buf_puts(&text, parts[rng_below(&rng, 8)]);
			for (uint32_t rest = rng_chance(&rng, 20) ? 800 : 0; rest > 0; rest--)
				buf_puts(&text, "1.2.3\\n");
		}
		assert_int_equal(plains_find(text.data, text.len, &found), 0);
		while (next_string(text.data, text.len, &at, &want)) {
			if (want.len < PLAIN_LEAST || !is_slowly(text.data + want.at, want.len))
				continue;
			assert_true(n < found.n);
			assert_int_equal(found.items[n].at, want.at);
			assert_int_equal(found.items[n++].len, want.len);
		}
		assert_int_equal(n, found.n);
		vec_free(&found);
	}
}

static void it_says_what_json_says(void **state)
{
	_cleanup_free_ char *text = NULL, *empty = NULL;
	size_t len;

	(void)state;
	text = plain_decode("ab\\n\\nc\\n", 9, &len);
	assert_string_equal(text, "ab\n\nc\n");
	assert_int_equal(len, 6);
	empty = plain_decode("", 0, &len);
	assert_int_equal(len, 0);
}

#define HEAD                                                                                       \
	"{\"format\":1,\"version\":3,\"audience\":[],\"mode\":\"enforce\","                        \
	"\"phases\":{\"identity\":\"off\",\"device\":\"off\",\"network\":\"off\"},"

/* Parses `before`, lines of so many bytes, `after`. A bundle_answer. */
static int parse(const char *before, const char *after, struct diags *d, struct bundle **ret)
{
	_cleanup_buf_ struct buf json = BUF_INIT, payload = BUF_INIT;

	buf_puts(&json, before);
	for (int i = 0; i < PLAIN_LEAST / 8; i++)
		buf_puts(&json, "10.0.0.0\\n");
	buf_puts(&json, after);
	fixture_payload(json.data, &payload);
	return bundle_parse((uint8_t *)payload.data, payload.len, d, ret);
}

static void a_long_file_is_read(void **state)
{
	static const char before[] = HEAD
		"\"name\":\"x\",\"policies\":{\"a.cedar\":\"// a\"},\"files\":{\"p.txt\":\"";
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;

	(void)state;
	assert_int_equal(parse(before, "\",\"q.txt\":\"1.0.0.0/8\"}}", &d, &b), BUNDLE_OK);
	assert_int_equal(b->n_files, 2);
	assert_int_equal(b->files[0].len, PLAIN_LEAST / 8 * 9);
	assert_memory_equal(b->files[0].text, "10.0.0.0\n10.0.0.0\n1", 19);
	assert_string_equal(b->files[1].text, "1.0.0.0/8");
}

/* Where a long string means something else than a file, its own bytes count and not a mark. */
static void anywhere_else_it_counts_itself(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT, refused = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL, *none = NULL;

	(void)state;
	assert_int_equal(parse(HEAD "\"name\":\"x\",\"policies\":{},\"entities\":[\"", "\"]}", &d,
			       &b),
			 BUNDLE_OK);
	assert_non_null(strstr(b->entities.text, "10.0.0.0\\n10.0.0.0"));
	assert_int_equal(parse(HEAD "\"name\":\"", "\",\"policies\":{}}", &refused, &none),
			 BUNDLE_E_PAYLOAD);
	assert_int_equal(parse(HEAD "\"name\":\"x\",\"policies\":{\"", "\":\"\"}}", &refused,
			       &none),
			 BUNDLE_E_PAYLOAD);
}

/* A mark stands for one string: who has it twice has not what was taken out. */
static void a_mark_is_taken_once(void **state)
{
	_cleanup_excised_ struct excised e = { 0 };
	_cleanup_buf_ struct buf text = BUF_INIT;
	char *first = NULL, *again = NULL;
	json_t *marked, *value;
	size_t len = 0;

	(void)state;
	buf_puts(&text, "[\"");
	for (int i = 0; i < PLAIN_LEAST; i++)
		buf_putc(&text, 'a');
	buf_puts(&text, "\"]");
	assert_int_equal(excised_begin(&e), 0);
	assert_int_equal(excised_make(&e, text.data, text.len), 0);
	marked = json_loadb(e.text.data, e.text.len, 0, NULL);
	value = json_array_get(marked, 0);
	assert_false(excised_is_whole(&e));
	assert_int_equal(excised_take(&e, value, &first, &len), 0);
	assert_int_equal(len, PLAIN_LEAST);
	assert_true(excised_is_whole(&e));
	assert_int_equal(excised_take(&e, value, &again, &len), -EEXIST);
	assert_null(again);
	free(first);
	json_decref(marked);
}

/* What is wrong behind it is told as if it had been read. */
static void places_are_those_of_the_whole_text(void **state)
{
	static const char before[] = HEAD
		"\"name\":\"x\",\"policies\":{},\n\"files\":{\"p.txt\":\"";
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct bundle *none = NULL;

	(void)state;
	assert_int_equal(parse(before, "\"}} x", &d, &none), BUNDLE_E_PAYLOAD);
	assert_int_equal(d.n, 1);
	assert_string_equal(d.items[0].code, "json-trailing");
	assert_int_equal(d.items[0].line, 2);
	assert_true(d.items[0].col > PLAIN_LEAST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_is_what_a_slow_reader_calls_so),
		cmocka_unit_test(all_of_a_text_are_found),
		cmocka_unit_test(it_says_what_json_says),
		cmocka_unit_test(a_long_file_is_read),
		cmocka_unit_test(anywhere_else_it_counts_itself),
		cmocka_unit_test(a_mark_is_taken_once),
		cmocka_unit_test(places_are_those_of_the_whole_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
