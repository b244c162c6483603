/* SPDX-License-Identifier: BSD-2-Clause */
/* Algebra of alternatives: what is empty, what is absorbed, what becomes one and what must not. */
#include "compile/conjunct.h"

#include "cm.h"

enum { CLASSES = 5, EXE = POSTERN_DIM_EXE, USER = POSTERN_DIM_USER };

/* A compilation in which users and executables have five classes each. */
static int make(void **state)
{
	struct compilation *c = calloc(1, sizeof(*c));
	uint32_t cls;

	if (!c || compilation_init(c))
		return -1;
	for (int d = 0; d < POSTERN_DIMS; d++) {
		for (uint32_t i = 0; i < CLASSES; i++) {
			struct predicate p = { .kind = PREDICATE_YES };
			uint32_t number;

			if (dimension_add(&c->dims[d], &p, &number))
				return -1;
			signature_start(&c->dims[d]);
			if (signature_add(&c->dims[d], number) || signature_end(&c->dims[d], &cls))
				return -1;
		}
		if (dimension_seal(&c->dims[d]))
			return -1;
	}
	*state = c;
	return 0;
}

static int release(void **state)
{
	compilation_deinit(*state);
	free(*state);
	return 0;
}

static struct conjunct literal(struct compilation *c, enum atom_kind kind, uint32_t dim,
			       uint32_t index)
{
	struct atom atom = { kind, dim, index & 0xff };
	struct conjunct one;
	bool empty;

	assert_int_equal(conjunct_literal(c, &atom, !(index & 0x100), &one, &empty), 0);
	assert_false(empty);
	return one;
}

#define NOT 0x100 /* in `index`: the atom's negation */

static struct conjunct both(struct compilation *c, struct conjunct a, struct conjunct b)
{
	bool empty;

	assert_int_equal(conjunct_and(c, &a, &b, &a, &empty), 0);
	assert_false(empty);
	return a;
}

static bool contradict(struct compilation *c, struct conjunct a, struct conjunct b)
{
	bool empty;

	assert_int_equal(conjunct_and(c, &a, &b, &a, &empty), 0);
	return empty;
}

static size_t simplified(struct compilation *c, const struct conjunct *items, size_t n)
{
	conjuncts list = { 0 };
	size_t left;

	for (size_t i = 0; i < n; i++)
		assert_int_equal(vec_push(&list, items[i]), 0);
	assert_int_equal(conjuncts_simplify(c, &list), 0);
	left = list.n;
	vec_free(&list);
	return left;
}

static void contradictions_are_empty(void **state)
{
	struct compilation *c = *state;

	assert_true(contradict(c, literal(c, ATOM_CLASS, EXE, 1), literal(c, ATOM_CLASS, EXE, 2)));
	assert_true(contradict(c, literal(c, ATOM_CLASS, EXE, 1),
			       literal(c, ATOM_CLASS, EXE, 1 | NOT)));
	assert_true(contradict(c, literal(c, ATOM_GROUP, 0, 200),
			       literal(c, ATOM_GROUP, 0, 200 | NOT)));
	assert_true(contradict(c, literal(c, ATOM_UNIT, 0, 0), literal(c, ATOM_UNIT, 0, 0 | NOT)));
	assert_true(
		contradict(c, literal(c, ATOM_FACT, 0, 63), literal(c, ATOM_FACT, 0, 63 | NOT)));
}

static void what_can_hold_together_is_not_empty(void **state)
{
	struct compilation *c = *state;

	assert_false(
		contradict(c, literal(c, ATOM_CLASS, EXE, 1), literal(c, ATOM_CLASS, USER, 2)));
	assert_false(contradict(c, literal(c, ATOM_GROUP, 0, 1), literal(c, ATOM_GROUP, 0, 2)));
	assert_false(
		contradict(c, literal(c, ATOM_GROUP, 0, 1), literal(c, ATOM_UNIT, 0, 1 | NOT)));
	assert_false(contradict(c, literal(c, ATOM_CLASS, EXE, 1),
				literal(c, ATOM_CLASS, EXE, 2 | NOT)));
}

static void the_weaker_absorbs_the_stronger(void **state)
{
	struct compilation *c = *state;
	struct conjunct group = literal(c, ATOM_GROUP, 0, 1);
	struct conjunct items[] = {
		both(c, group, literal(c, ATOM_FACT, 0, 3)),
		group,
		both(c, group, literal(c, ATOM_CLASS, EXE, 2)),
	};

	assert_int_equal(simplified(c, items, 3), 1);
}

static void one_dimension_apart_becomes_one(void **state)
{
	struct compilation *c = *state;
	struct conjunct user = literal(c, ATOM_CLASS, USER, 0);
	struct conjunct items[CLASSES];

	for (uint32_t i = 0; i < CLASSES; i++)
		items[i] = both(c, user, literal(c, ATOM_CLASS, EXE, i));
	assert_int_equal(simplified(c, items, CLASSES), 1);
}

static void two_dimensions_apart_stay_two(void **state)
{
	struct compilation *c = *state;
	struct conjunct items[] = {
		both(c, literal(c, ATOM_CLASS, USER, 0), literal(c, ATOM_CLASS, EXE, 0)),
		both(c, literal(c, ATOM_CLASS, USER, 1), literal(c, ATOM_CLASS, EXE, 1)),
	};

	assert_int_equal(simplified(c, items, 2), 2);
}

static void different_bits_stay_apart(void **state)
{
	struct compilation *c = *state;
	struct conjunct items[] = {
		literal(c, ATOM_GROUP, 0, 1),
		literal(c, ATOM_GROUP, 0, 2),
		literal(c, ATOM_UNIT, 0, 1),
		literal(c, ATOM_FACT, 0, 1),
		literal(c, ATOM_FACT, 0, 1 | NOT),
		both(c, literal(c, ATOM_CLASS, EXE, 1), literal(c, ATOM_GROUP, 0, 3)),
	};

	assert_int_equal(simplified(c, items, 6), 6);
}

/* Every combination of three groups being there or not is no condition at all. */
static void complements_become_nothing(void **state)
{
	struct compilation *c = *state;
	struct conjunct items[8];

	for (uint32_t i = 0; i < 8; i++) {
		items[i] = literal(c, ATOM_GROUP, 0, i & 1 ? 1 : 1 | NOT);
		items[i] = both(c, items[i], literal(c, ATOM_GROUP, 0, i & 2 ? 2 : 2 | NOT));
		items[i] = both(c, items[i], literal(c, ATOM_GROUP, 0, i & 4 ? 3 : 3 | NOT));
	}
	assert_int_equal(simplified(c, items, 8), 1);
}

static conjuncts listed(const struct conjunct *items, size_t n)
{
	conjuncts list = { 0 };

	for (size_t i = 0; i < n; i++)
		assert_int_equal(vec_push(&list, items[i]), 0);
	return list;
}

/* a, or not a and b: the second need not say "not a". */
static void what_is_covered_anyway_is_added(void **state)
{
	struct compilation *c = *state;
	struct conjunct b = literal(c, ATOM_CLASS, EXE, 2);
	struct conjunct items[] = {
		literal(c, ATOM_FACT, 0, 1),
		both(c, literal(c, ATOM_FACT, 0, 1 | NOT), b),
		both(c, literal(c, ATOM_UNIT, 0, 7), literal(c, ATOM_CLASS, EXE, 3)),
	};
	conjuncts list = listed(items, 3);
	bool changed = false;

	assert_int_equal(conjuncts_widen(c, &list, &changed), 0);
	assert_true(changed);
	assert_memory_equal(&list.items[1], &b, sizeof(b));
	/* Nothing covers what the first lacks. */
	assert_memory_equal(&list.items[0], &items[0], sizeof(items[0]));
	vec_free(&list);
}

/* x and y; not x and z; y and z is covered by the two together. */
static void what_others_cover_together_goes(void **state)
{
	struct compilation *c = *state;
	struct conjunct y = literal(c, ATOM_CLASS, USER, 1), z = literal(c, ATOM_UNIT, 0, 9);
	struct conjunct items[] = {
		both(c, literal(c, ATOM_GROUP, 0, 5), y),
		both(c, y, z),
		both(c, literal(c, ATOM_GROUP, 0, 5 | NOT), z),
	};
	conjuncts list = listed(items, 3);

	assert_int_equal(conjuncts_drop_redundant(c, &list), 0);
	assert_int_equal(list.n, 2);
	vec_free(&list);
	/* Without the last, nothing covers the second. */
	list = listed(items, 2);
	assert_int_equal(conjuncts_drop_redundant(c, &list), 0);
	assert_int_equal(list.n, 2);
	vec_free(&list);
}

#define algebra_test(f) cmocka_unit_test_setup_teardown(f, make, release)

int main(void)
{
	const struct CMUnitTest tests[] = {
		algebra_test(contradictions_are_empty),
		algebra_test(what_can_hold_together_is_not_empty),
		algebra_test(the_weaker_absorbs_the_stronger),
		algebra_test(one_dimension_apart_becomes_one),
		algebra_test(two_dimensions_apart_stay_two),
		algebra_test(different_bits_stay_apart),
		algebra_test(complements_become_nothing),
		algebra_test(what_is_covered_anyway_is_added),
		algebra_test(what_others_cover_together_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
