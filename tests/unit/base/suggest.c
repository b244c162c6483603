/* SPDX-License-Identifier: BSD-2-Clause */
/* "Did you mean": near words are found, far ones are not offered. */
#include "base/suggest.h"

#include <string.h>

#include "cm.h"

static const char *const words[] = { "connect", "send", "listen", "accept", "create" };
enum { N_WORDS = sizeof(words) / sizeof(words[0]) };

struct row {
	const char *typed;
	const char *want; /* NULL: no suggestion */
};

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *got = suggest(rows[i].typed, words, N_WORDS);

		if (!rows[i].want && got)
			fail_msg("%s: suggested %s", rows[i].typed, got);
		if (rows[i].want && (!got || strcmp(got, rows[i].want) != 0))
			fail_msg("%s: suggested %s, not %s", rows[i].typed, got ? got : "nothing",
				 rows[i].want);
	}
}

static void slips_are_found(void **state)
{
	static const struct row rows[] = {
		{ "conect", "connect" }, /* a letter missing */
		{ "connnect", "connect" }, /* a letter too many */
		{ "cannect", "connect" }, /* another letter */
		{ "conncet", "connect" }, /* two letters swapped: one edit */
		{ "lsiten", "listen" }, /* likewise */
		{ "sned", "send" }, /* one edit, where two would be too far */
		{ "acept", "accept" },	   { "creata", "create" }, { "connect", "connect" },
	};

	(void)state;
	check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void strange_words_are_left_alone(void **state)
{
	static const struct row rows[] = {
		{ "", NULL },	     { "x", NULL },    { "bind", NULL }, { "zzzzzzz", NULL },
		{ "CONNECT", NULL }, { "sxxd", NULL }, { "con", NULL },	 { "connectivity", NULL },
	};

	(void)state;
	check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void the_first_of_equals_wins(void **state)
{
	static const char *const twins[] = { "abcd1", "abcd2" };

	(void)state;
	assert_string_equal(suggest("abcd3", twins, 2), "abcd1");
}

static void the_nearest_wins_over_the_first(void **state)
{
	static const char *const near[] = { "abcdxx", "abcdex" };

	(void)state;
	assert_string_equal(suggest("abcdef", near, 2), "abcdex");
}

static void no_words_no_suggestion(void **state)
{
	(void)state;
	assert_null(suggest("connect", words, 0));
}

static void very_long_words_are_bounded(void **state)
{
	char long_word[4096];
	const char *one[] = { long_word };

	(void)state;
	memset(long_word, 'a', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = '\0';
	assert_null(suggest(long_word, words, N_WORDS));
	assert_null(suggest("aaaa", one, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slips_are_found),
		cmocka_unit_test(strange_words_are_left_alone),
		cmocka_unit_test(the_first_of_equals_wins),
		cmocka_unit_test(the_nearest_wins_over_the_first),
		cmocka_unit_test(no_words_no_suggestion),
		cmocka_unit_test(very_long_words_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
