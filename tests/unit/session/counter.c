/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters of tokens: kept for each key, written and read again, and never lost to a damaged file. */
#include "scene.h"

static void fill(uint8_t key[POSTERN_SESSION_KEY], unsigned n)
{
	memset(key, (int)(n % 251), POSTERN_SESSION_KEY);
	key[7] = (uint8_t)(n >> 8);
	key[31] = (uint8_t)n;
}

static void each_key_has_its_own(void **state)
{
	_cleanup_(counters_free) struct counters c = COUNTERS_INIT;
	uint8_t key[POSTERN_SESSION_KEY];

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		fill(key, i * 7 % 1000);
		assert_int_equal(counters_get(&c, key), 0);
		assert_int_equal(counters_set(&c, key, i + 1), 0);
	}
	assert_int_equal(c.n, 1000);
	for (unsigned i = 0; i < 1000; i++) {
		fill(key, i * 7 % 1000);
		assert_int_equal(counters_get(&c, key), i + 1);
	}
	assert_int_equal(counters_set(&c, key, 5), 0);
	assert_int_equal(counters_get(&c, key), 5);
	assert_int_equal(c.n, 1000);
}

static void what_may_follow(void **state)
{
	(void)state;
	assert_true(counter_may_follow(0, 0));
	assert_true(counter_may_follow(0, 1));
	assert_true(counter_may_follow(UINT32_MAX - 1, UINT32_MAX));
	assert_false(counter_may_follow(1, 0));
	assert_false(counter_may_follow(1, 1));
	assert_false(counter_may_follow(2, 1));
	assert_false(counter_may_follow(UINT32_MAX, 0));
	assert_false(counter_may_follow(UINT32_MAX, UINT32_MAX));
}

static void they_come_back_from_their_text(void **state)
{
	_cleanup_(counters_free) struct counters c = COUNTERS_INIT, again = COUNTERS_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_free_ char *text = NULL, *same = NULL;
	uint8_t key[POSTERN_SESSION_KEY];

	(void)state;
	for (unsigned i = 0; i < 300; i++) {
		fill(key, i);
		assert_int_equal(counters_set(&c, key, UINT32_MAX - i), 0);
	}
	text = counters_text(&c);
	assert_int_equal(counters_parse(text, strlen(text), &d, &again), 0);
	assert_int_equal(again.n, c.n);
	assert_memory_equal(again.items, c.items, c.n * sizeof(c.items[0]));
	same = counters_text(&again);
	assert_string_equal(text, same);
}

#define KEY "0000000000000000000000000000000000000000000000000000000000000000"

static void a_damaged_file_is_none(void **state)
{
	static const char *const texts[] = {
		"",
		"{}",
		"[]",
		"{\"format\":1}",
		"{\"format\":2,\"counters\":{}}",
		"{\"format\":1,\"counters\":[]}",
		"{\"format\":1,\"counters\":{},\"more\":1}",
		"{\"format\":1,\"counters\":{\"00\":1}}",
		"{\"format\":1,\"counters\":{\"" KEY "\":-1}}",
		"{\"format\":1,\"counters\":{\"" KEY "\":4294967296}}",
		"{\"format\":1,\"counters\":{\"" KEY "\":\"1\"}}",
		"{\"format\":1,\"counters\":{\"" KEY "\":1.5}}",
		"{\"format\":1,\"counters\":{\"" KEY "\":1,\"" KEY "\":2}}",
		"{\"format\":1,\"counters\":{\"A000000000000000000000000000000000000000000000000000000000000000\":1}}",
		"{\"format\":1,\"counters\":{\"" KEY "\":1}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		_cleanup_diags_ struct diags d = DIAGS_INIT;
		struct counters c = COUNTERS_INIT;

		if (counters_parse(texts[i], strlen(texts[i]), &d, &c) != -EBADMSG || c.items ||
		    d.errors == 0)
			fail_msg("taken: %s", texts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_has_its_own),
		cmocka_unit_test(what_may_follow),
		cmocka_unit_test(they_come_back_from_their_text),
		cmocka_unit_test(a_damaged_file_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
