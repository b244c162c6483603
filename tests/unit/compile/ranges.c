/* SPDX-License-Identifier: BSD-2-Clause */
/* Range sets: joining, edges of the space, and what lies just outside. */
#include "compile/ranges.h"

#include "cm.h"

struct given {
	range_key first, last;
};

static void fill(struct range_set *s, const struct given *g, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(range_set_add(s, g[i].first, g[i].last), 0);
	range_set_normalise(s);
}

static void overlapping_and_touching_join(void **state)
{
	const struct given g[] = { { 10, 20 }, { 5, 9 }, { 15, 30 }, { 31, 31 } };
	struct range_set s = { 0 };

	(void)state;
	fill(&s, g, 4);
	assert_int_equal(s.n, 1);
	assert_true(s.items[0].first == 5 && s.items[0].last == 31);
	range_set_free(&s);
}

static void a_gap_of_one_stays(void **state)
{
	const struct given g[] = { { 10, 20 }, { 22, 30 } };
	struct range_set s = { 0 };

	(void)state;
	fill(&s, g, 2);
	assert_int_equal(s.n, 2);
	assert_false(range_set_has(&s, 21));
	range_set_free(&s);
}

static void one_inside_another_vanishes(void **state)
{
	const struct given g[] = { { 0, 100 }, { 3, 4 }, { 0, 0 } };
	struct range_set s = { 0 };

	(void)state;
	fill(&s, g, 3);
	assert_int_equal(s.n, 1);
	assert_true(s.items[0].last == 100);
	range_set_free(&s);
}

static void the_ends_of_the_space_do_not_wrap(void **state)
{
	const struct given g[] = { { RANGE_MAX128, RANGE_MAX128 }, { 0, 0 } };
	struct range_set s = { 0 };

	(void)state;
	fill(&s, g, 2);
	assert_int_equal(s.n, 2);
	assert_true(range_set_has(&s, 0));
	assert_true(range_set_has(&s, RANGE_MAX128));
	assert_false(range_set_has(&s, 1));
	assert_false(range_set_has(&s, RANGE_MAX128 - 1));
	range_set_free(&s);
}

static void nothing_is_in_the_empty_set(void **state)
{
	struct range_set s = { 0 };

	(void)state;
	range_set_normalise(&s);
	assert_false(range_set_has(&s, 0));
	range_set_free(&s);
	range_set_free(&s);
}

static void just_outside_is_outside(void **state)
{
	const struct given g[] = { { 100, 200 }, { 300, 400 } };
	struct range_set s = { 0 };

	(void)state;
	fill(&s, g, 2);
	assert_true(range_set_has(&s, 100) && range_set_has(&s, 200));
	assert_true(range_set_has(&s, 300) && range_set_has(&s, 400));
	assert_false(range_set_has(&s, 99) || range_set_has(&s, 201));
	assert_false(range_set_has(&s, 299) || range_set_has(&s, 401));
	range_set_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(overlapping_and_touching_join),
		cmocka_unit_test(a_gap_of_one_stays),
		cmocka_unit_test(one_inside_another_vanishes),
		cmocka_unit_test(the_ends_of_the_space_do_not_wrap),
		cmocka_unit_test(nothing_is_in_the_empty_set),
		cmocka_unit_test(just_outside_is_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
