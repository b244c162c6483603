/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of answers and types: there for each, and different. */
#include "bundle/bundle.h"

#include <string.h>

#include "cm.h"

static void every_answer_has_its_own_words(void **state)
{
	(void)state;
	for (int a = 0; a < BUNDLE_ANSWERS; a++) {
		const char *name = bundle_answer_name((enum bundle_answer)a);

		assert_true(strlen(name) > 0);
		assert_true(strlen(bundle_answer_hint((enum bundle_answer)a)) > 0);
		for (int b = 0; b < a; b++)
			assert_string_not_equal(name, bundle_answer_name((enum bundle_answer)b));
	}
	assert_string_equal(bundle_answer_name(BUNDLE_E_KEY), "unknown-key");
	assert_string_equal(bundle_answer_name(BUNDLE_E_THRESHOLD), "threshold");
}

static void every_type_has_its_own_namespace(void **state)
{
	(void)state;
	assert_string_equal(bundle_type_name(BUNDLE_POLICY), "policy");
	assert_string_equal(bundle_namespace(BUNDLE_POLICY), "policy@postern");
	for (int t = 0; t < BUNDLE_TYPES; t++)
		for (int u = 0; u < t; u++)
			assert_string_not_equal(bundle_namespace((enum bundle_type)t),
						bundle_namespace((enum bundle_type)u));
}

static void numbers_without_words_are_survived(void **state)
{
	(void)state;
	assert_string_equal(bundle_answer_name(BUNDLE_ANSWERS), "unknown");
	assert_string_equal(bundle_answer_name((enum bundle_answer) - 1), "unknown");
	assert_non_null(bundle_answer_hint(BUNDLE_ANSWERS));
	assert_string_equal(bundle_type_name(BUNDLE_TYPES), "unknown");
	assert_null(bundle_namespace(BUNDLE_TYPES));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_answer_has_its_own_words),
		cmocka_unit_test(every_type_has_its_own_namespace),
		cmocka_unit_test(numbers_without_words_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
