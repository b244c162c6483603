/* SPDX-License-Identifier: BSD-2-Clause */
/* Arena: alignment, zeroing, sizes that do not fit. Leaks show under the sanitizers. */
#include "base/arena.h"

#include <string.h>

#include "cm.h"

static int make(void **state)
{
	struct arena *a = NULL;

	if (arena_new(&a) < 0)
		return -1;
	*state = a;
	return 0;
}

static int release(void **state)
{
	struct arena *a = *state;

	arena_free(&a);
	return a ? -1 : 0;
}

static void memory_is_zeroed_and_aligned(void **state)
{
	static const char zeros[300];

	for (size_t n = 1; n < sizeof(zeros); n++) {
		char *p = arena_alloc(*state, n);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		assert_memory_equal(p, zeros, n);
		memset(p, 0xff, n);
	}
}

static void objects_do_not_overlap(void **state)
{
	char *of[500];

	for (int i = 0; i < 500; i++) {
		of[i] = arena_alloc(*state, 64);
		memset(of[i], i, 64);
	}
	for (int i = 0; i < 500; i++)
		for (int k = 0; k < 64; k++)
			assert_int_equal((unsigned char)of[i][k], i & 0xff);
}

static void nothing_is_a_unique_pointer(void **state)
{
	void *one = arena_alloc(*state, 0);
	void *two = arena_alloc(*state, 0);

	assert_non_null(one);
	assert_non_null(two);
	assert_ptr_not_equal(one, two);
}

static void an_object_may_be_larger_than_a_block(void **state)
{
	size_t n = 5U << 20;
	char *p = arena_alloc(*state, n);

	assert_non_null(p);
	p[n - 1] = 'x';
	assert_true(arena_used(*state) >= n);
}

static void sizes_that_wrap_are_refused(void **state)
{
	size_t before = arena_used(*state);

	assert_null(arena_alloc(*state, SIZE_MAX));
	assert_null(arena_alloc(*state, SIZE_MAX - 16));
	assert_null(arena_strndup(*state, "x", SIZE_MAX));
	assert_null(arena_array_of(*state, uint64_t, SIZE_MAX / 4));
	assert_int_equal(arena_used(*state), before);
}

static void an_array_is_as_large_as_asked(void **state)
{
	size_t before = arena_used(*state);
	uint32_t *array = arena_array_of(*state, uint32_t, 1000);

	assert_non_null(array);
	assert_true(arena_used(*state) - before >= 4000);
	assert_int_equal(array[999], 0);
}

static void a_copy_ends_where_asked(void **state)
{
	const char text[] = { 'a', 'b', 'c' }; /* no NUL behind it */

	assert_string_equal(arena_strndup(*state, text, 3), "abc");
	assert_string_equal(arena_strndup(*state, text, 1), "a");
	assert_string_equal(arena_strndup(*state, text, 0), "");
}

static void printf_gives_the_whole_text(void **state)
{
	char *text = arena_printf(*state, "%s-%d-%05000d", "a", 7, 0);

	assert_non_null(text);
	assert_int_equal(strlen(text), 5004);
	assert_memory_equal(text, "a-7-000", 7);
}

static void no_arena_is_left_alone(void **state)
{
	struct arena *none = NULL;

	(void)state;
	arena_free(&none);
	assert_null(none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(memory_is_zeroed_and_aligned, make, release),
		cmocka_unit_test_setup_teardown(objects_do_not_overlap, make, release),
		cmocka_unit_test_setup_teardown(nothing_is_a_unique_pointer, make, release),
		cmocka_unit_test_setup_teardown(an_object_may_be_larger_than_a_block, make,
						release),
		cmocka_unit_test_setup_teardown(sizes_that_wrap_are_refused, make, release),
		cmocka_unit_test_setup_teardown(an_array_is_as_large_as_asked, make, release),
		cmocka_unit_test_setup_teardown(a_copy_ends_where_asked, make, release),
		cmocka_unit_test_setup_teardown(printf_gives_the_whole_text, make, release),
		cmocka_unit_test(no_arena_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
