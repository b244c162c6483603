/* SPDX-License-Identifier: BSD-2-Clause */
/* Hash-consing: equal is equal, also through growth; what only looks alike is not. */
#include "compile/intern.h"

#include <stdio.h>
#include <string.h>

#include "cm.h"

static void equal_sequences_get_one_number(void **state)
{
	_cleanup_intern_ struct intern *t = NULL;
	uint32_t a, b, c;

	(void)state;
	assert_int_equal(intern_new(&t), 0);
	assert_int_equal(intern_put(t, "one", 3, &a), 0);
	assert_int_equal(intern_put(t, "two", 3, &b), 0);
	assert_int_equal(intern_put(t, "one", 3, &c), 0);
	assert_int_equal(a, 0);
	assert_int_equal(b, 1);
	assert_int_equal(c, a);
	assert_int_equal(intern_count(t), 2);
}

static void the_sequence_is_a_copy(void **state)
{
	_cleanup_intern_ struct intern *t = NULL;
	char bytes[] = "volatile";
	uint32_t id;
	size_t n;

	(void)state;
	assert_int_equal(intern_new(&t), 0);
	assert_int_equal(intern_put(t, bytes, 8, &id), 0);
	memset(bytes, 'x', 8);
	assert_memory_equal(intern_get(t, id, &n), "volatile", 8);
	assert_int_equal(n, 8);
}

static void length_and_nul_tell_apart(void **state)
{
	_cleanup_intern_ struct intern *t = NULL;
	uint32_t id[4];

	(void)state;
	assert_int_equal(intern_new(&t), 0);
	assert_int_equal(intern_put(t, "a\0", 2, &id[0]), 0);
	assert_int_equal(intern_put(t, "a", 1, &id[1]), 0);
	assert_int_equal(intern_put(t, NULL, 0, &id[2]), 0);
	assert_int_equal(intern_put(t, "\0\0\0\0\0\0\0\0", 8, &id[3]), 0);
	assert_int_equal(intern_count(t), 4);
}

static void what_is_not_there_is_not_found(void **state)
{
	_cleanup_intern_ struct intern *t = NULL;
	uint32_t id = 77;

	(void)state;
	assert_int_equal(intern_new(&t), 0);
	assert_false(intern_find(t, "x", 1, &id));
	assert_false(intern_find(t, NULL, 0, &id));
	assert_int_equal(intern_put(t, "xy", 2, &id), 0);
	id = 77;
	assert_false(intern_find(t, "x", 1, &id));
	assert_int_equal(id, 77);
}

static void numbers_survive_growth(void **state)
{
	_cleanup_intern_ struct intern *t = NULL;
	uint32_t id;

	(void)state;
	assert_int_equal(intern_new(&t), 0);
	for (uint32_t i = 0; i < 20000; i++) {
		assert_int_equal(intern_put(t, &i, sizeof(i), &id), 0);
		assert_int_equal(id, i);
	}
	for (uint32_t i = 0; i < 20000; i++) {
		assert_true(intern_find(t, &i, sizeof(i), &id));
		assert_int_equal(id, i);
		assert_int_equal(*(const uint32_t *)intern_get(t, i, NULL), i);
	}
}

static void an_empty_table_may_be_freed_twice(void **state)
{
	struct intern *t = NULL;

	(void)state;
	intern_free(&t);
	assert_int_equal(intern_new(&t), 0);
	intern_free(&t);
	assert_null(t);
	intern_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_sequences_get_one_number),
		cmocka_unit_test(the_sequence_is_a_copy),
		cmocka_unit_test(length_and_nul_tell_apart),
		cmocka_unit_test(what_is_not_there_is_not_found),
		cmocka_unit_test(numbers_survive_growth),
		cmocka_unit_test(an_empty_table_may_be_freed_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
