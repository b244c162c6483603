/* SPDX-License-Identifier: BSD-2-Clause */
/* Sorting by digits against the order that a comparison gives. */
#include "base/radix.h"

#include <stdlib.h>
#include <string.h>

#include "cm.h"

enum { MANY = 5000 };

static uint64_t next(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	return *x ^= *x << 17;
}

/* Ascending in the bits asked for, and equal ones as they came: their numbers are in the lowest 16 bits. */
static void sorts(unsigned low, unsigned high, uint64_t spread)
{
	static uint64_t words[MANY];
	uint64_t x = low * 100 + high, mask = high - low == 64 ? ~0ull : (1ull << (high - low)) - 1;

	for (uint64_t i = 0; i < MANY; i++)
		words[i] = low < 16 ? next(&x) & spread : (next(&x) & spread) << 16 | i;
	assert_int_equal(radix_sort(words, MANY, low, high), 0);
	for (size_t i = 1; i < MANY; i++) {
		uint64_t a = words[i - 1] >> low & mask, b = words[i] >> low & mask;

		assert_true(a <= b);
		if (a == b && low == 16)
			assert_true((words[i - 1] & 0xffff) < (words[i] & 0xffff) || high < 64);
	}
}

static void orders_by_the_bits_asked_for(void **state)
{
	(void)state;
	sorts(0, 64, ~0ull);
	sorts(32, 64, ~0ull);
	sorts(16, 64, 0xff);
	sorts(16, 64, ~0ull >> 16);
	sorts(0, 40, 0xffffffffff);
	sorts(3, 8, ~0ull);
}

static void equal_words_keep_their_order(void **state)
{
	uint64_t words[] = { 2ull << 32 | 9, 1ull << 32 | 7, 2ull << 32 | 1, 1ull << 32 | 3 };
	static const uint64_t want[] = { 1ull << 32 | 7, 1ull << 32 | 3, 2ull << 32 | 9,
					 2ull << 32 | 1 };

	(void)state;
	assert_int_equal(radix_sort(words, 4, 32, 64), 0);
	assert_memory_equal(words, want, sizeof(want));
}

static void nothing_and_one_are_sorted(void **state)
{
	uint64_t one = 5;

	(void)state;
	assert_int_equal(radix_sort(NULL, 0, 0, 64), 0);
	assert_int_equal(radix_sort(&one, 1, 0, 64), 0);
	assert_int_equal(one, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_by_the_bits_asked_for),
		cmocka_unit_test(equal_words_keep_their_order),
		cmocka_unit_test(nothing_and_one_are_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
