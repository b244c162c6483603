/* SPDX-License-Identifier: BSD-2-Clause */
/* Typed array: growth, and that a push which cannot be leaves everything as it was. */
#include "base/vec.h"

#include "cm.h"

struct pair {
	int a;
	char b;
};

static void pushes_keep_order_and_values(void **state)
{
	VEC(struct pair) v = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(vec_push(&v, ((struct pair){ i, (char)(i % 100) })), 0);
	assert_int_equal(v.n, 1000);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(v.items[i].a, i);
		assert_int_equal(v.items[i].b, i % 100);
	}
	vec_free(&v);
	assert_null(v.items);
	assert_int_equal(v.n, 0);
	assert_int_equal(v.cap, 0);
}

static void reserve_makes_room_once(void **state)
{
	VEC(uint64_t) v = { 0 };
	const uint64_t *where;

	(void)state;
	assert_int_equal(vec_reserve(&v, 100), 0);
	assert_true(v.cap >= 100);
	where = v.items;
	for (uint64_t i = 0; i < 100; i++)
		assert_int_equal(vec_push(&v, i), 0);
	assert_ptr_equal(v.items, where);
	vec_free(&v);
}

static void impossible_room_changes_nothing(void **state)
{
	VEC(uint64_t) v = { 0 };

	(void)state;
	assert_int_equal(vec_push(&v, 7), 0);
	assert_int_equal(vec_reserve(&v, SIZE_MAX / 16), -ENOMEM);
	assert_int_equal(v.n, 1);
	assert_int_equal(v.items[0], 7);
	vec_free(&v);
}

static void a_size_that_wraps_is_refused(void **state)
{
	VEC(uint64_t) v = { 0 };

	(void)state;
	assert_int_equal(vec_reserve(&v, SIZE_MAX / 2 + 2), -ENOMEM);
	assert_int_equal(vec_reserve(&v, SIZE_MAX), -ENOMEM);
	assert_null(v.items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pushes_keep_order_and_values),
		cmocka_unit_test(reserve_makes_room_once),
		cmocka_unit_test(impossible_room_changes_nothing),
		cmocka_unit_test(a_size_that_wraps_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
