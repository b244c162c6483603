/* SPDX-License-Identifier: BSD-2-Clause */
/* The sweep: pieces know exactly which predicates hold, checked number by number against the sets. */
#include "compile/partition.h"

#include <stdlib.h>

#include "cm.h"

enum { PREDICATES = 70, NUMBERS = 300 };

struct fixture {
	struct range_set sets[PREDICATES];
	const struct range_set *predicates[PREDICATES];
	struct intern *classes;
	struct partition p;
};

static int make(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f || intern_new(&f->classes))
		return -1;
	for (int i = 0; i < PREDICATES; i++)
		f->predicates[i] = &f->sets[i];
	*state = f;
	return 0;
}

static int release(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < PREDICATES; i++)
		range_set_free(&f->sets[i]);
	partition_free(&f->p);
	intern_free(&f->classes);
	free(f);
	return 0;
}

static void sweep(struct fixture *f, size_t n, range_key max)
{
	struct space space = { f->predicates, n, max };

	for (size_t i = 0; i < n; i++)
		range_set_normalise(&f->sets[i]);
	assert_int_equal(partition_make(&space, f->classes, &f->p), 0);
}

static const uint64_t *set_at(const struct fixture *f, range_key key)
{
	size_t i = f->p.n;

	while (i > 0 && f->p.items[i - 1].first > key)
		i--;
	assert_true(i > 0);
	return intern_get(f->classes, f->p.items[i - 1].cls, NULL);
}

static void random_sets_agree_number_by_number(void **state)
{
	struct fixture *f = *state;
	uint32_t x = 12345;

	for (int i = 0; i < PREDICATES; i++) {
		for (int k = 0; k < 4; k++) {
			uint32_t first, last;

			x = x * 1664525 + 1013904223;
			first = (x >> 16) % NUMBERS;
			last = first + (x >> 8) % 20;
			range_set_add(&f->sets[i], first, last < NUMBERS ? last : NUMBERS - 1);
		}
	}
	sweep(f, PREDICATES, NUMBERS - 1);
	for (uint32_t n = 0; n < NUMBERS; n++) {
		const uint64_t *set = set_at(f, n);

		for (uint32_t i = 0; i < PREDICATES; i++)
			assert_int_equal(set[i / 64] >> (i % 64) & 1,
					 range_set_has(&f->sets[i], n));
	}
}

static void without_predicates_there_is_one_piece(void **state)
{
	struct fixture *f = *state;

	sweep(f, 0, RANGE_MAX32);
	assert_int_equal(f->p.n, 1);
	assert_true(f->p.items[0].first == 0);
	assert_int_equal(intern_count(f->classes), 1);
}

static void a_predicate_over_all_has_no_boundary(void **state)
{
	struct fixture *f = *state;

	range_set_add(&f->sets[0], 0, RANGE_MAX128);
	sweep(f, 1, RANGE_MAX128);
	assert_int_equal(f->p.n, 1);
	assert_int_equal(set_at(f, 5)[0], 1);
}

static void equal_sets_of_predicates_are_one_class(void **state)
{
	struct fixture *f = *state;

	for (uint32_t i = 0; i < 1000; i++)
		range_set_add(&f->sets[0], i * 10, i * 10 + 4);
	sweep(f, 1, RANGE_MAX32);
	assert_int_equal(f->p.n, 2000);
	assert_int_equal(intern_count(f->classes), 2);
}

static void the_last_number_belongs_to_the_last_piece(void **state)
{
	struct fixture *f = *state;

	range_set_add(&f->sets[0], RANGE_MAX32, RANGE_MAX32);
	sweep(f, 1, RANGE_MAX32);
	assert_int_equal(f->p.n, 2);
	assert_int_equal(set_at(f, RANGE_MAX32 - 1)[0], 0);
	assert_int_equal(set_at(f, RANGE_MAX32)[0], 1);
}

#define sweep_test(f) cmocka_unit_test_setup_teardown(f, make, release)

int main(void)
{
	const struct CMUnitTest tests[] = {
		sweep_test(random_sets_agree_number_by_number),
		sweep_test(without_predicates_there_is_one_piece),
		sweep_test(a_predicate_over_all_has_no_boundary),
		sweep_test(equal_sets_of_predicates_are_one_class),
		sweep_test(the_last_number_belongs_to_the_last_piece),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
