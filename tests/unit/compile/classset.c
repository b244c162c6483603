/* SPDX-License-Identifier: BSD-2-Clause */
/* Set algebra over classes, at the edges of words. */
#include "compile/classset.h"

#include "cm.h"

static uint32_t single(struct classsets *s, uint32_t cls)
{
	uint64_t words[4] = { 0 };
	uint32_t id;

	words[cls / 64] = 1ull << (cls % 64);
	assert_int_equal(classset_put(s, words, &id), 0);
	return id;
}

static void all_and_none_have_their_numbers(void **state)
{
	static const uint32_t sizes[] = { 1, 63, 64, 65, 128, 130 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct classsets s;
		uint32_t id;

		assert_int_equal(classsets_init(&s, sizes[i]), 0);
		assert_int_equal(classset_count(&s, CLASSSET_ALL), sizes[i]);
		assert_int_equal(classset_count(&s, CLASSSET_NONE), 0);
		assert_int_equal(classset_not(&s, CLASSSET_ALL, &id), 0);
		assert_int_equal(id, CLASSSET_NONE);
		assert_int_equal(classset_not(&s, CLASSSET_NONE, &id), 0);
		assert_int_equal(id, CLASSSET_ALL);
		classsets_deinit(&s);
	}
}

static void and_or_not_agree(void **state)
{
	struct classsets s;
	uint32_t a, b, both, either, back;

	(void)state;
	assert_int_equal(classsets_init(&s, 130), 0);
	a = single(&s, 64);
	b = single(&s, 129);
	assert_int_equal(classset_and(&s, a, b, &both), 0);
	assert_int_equal(both, CLASSSET_NONE);
	assert_int_equal(classset_or(&s, a, b, &either), 0);
	assert_int_equal(classset_count(&s, either), 2);
	assert_true(classset_has(&s, either, 64) && classset_has(&s, either, 129));
	assert_false(classset_has(&s, either, 65));
	assert_int_equal(classset_not(&s, either, &back), 0);
	assert_int_equal(classset_count(&s, back), 128);
	assert_int_equal(classset_not(&s, back, &back), 0);
	assert_int_equal(back, either);
	classsets_deinit(&s);
}

static void subset_is_not_superset(void **state)
{
	struct classsets s;
	uint32_t a;

	(void)state;
	assert_int_equal(classsets_init(&s, 70), 0);
	a = single(&s, 69);
	assert_true(classset_subset(&s, a, CLASSSET_ALL));
	assert_true(classset_subset(&s, CLASSSET_NONE, a));
	assert_false(classset_subset(&s, CLASSSET_ALL, a));
	assert_false(classset_subset(&s, a, single(&s, 68)));
	classsets_deinit(&s);
}

static void the_least_of_none_is_no_class(void **state)
{
	struct classsets s;

	(void)state;
	assert_int_equal(classsets_init(&s, 66), 0);
	assert_int_equal(classset_least(&s, CLASSSET_NONE), 66);
	assert_int_equal(classset_least(&s, single(&s, 65)), 65);
	assert_int_equal(classset_least(&s, CLASSSET_ALL), 0);
	classsets_deinit(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_and_none_have_their_numbers),
		cmocka_unit_test(and_or_not_agree),
		cmocka_unit_test(subset_is_not_superset),
		cmocka_unit_test(the_least_of_none_is_no_class),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
