/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding lists by what they were made of, as many as there can be Zones. */
#include "policy/known_lists.h"

#include <stdlib.h>
#include <string.h>

#include <postern/limits.h>

#include "cm.h"
#include "policy/prefix_list.h"

/* So many lists, each of a recipe of its own but for every eighth, which has none. */
static void make(struct entity_set *set, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t recipe[2] = { i * 2654435761u, i };
		struct prefix_list *l;

		assert_int_equal(prefix_list_new(0, &l), 0);
		if (i % 8) {
			/* one is the beginning of another's */
			l->recipe_len = i % 3 ? sizeof(recipe) : sizeof(recipe[0]);
			l->recipe = malloc(sizeof(recipe));
			assert_non_null(l->recipe);
			memcpy(l->recipe, recipe, sizeof(recipe));
		}
		assert_int_equal(prefix_list_add(set, l), 0);
	}
}

static void release(struct entity_set *set)
{
	for (size_t i = 0; i < set->n_lists; i++)
		prefix_list_drop(set->lists[i]);
	free(set->lists);
}

static void each_is_found_by_its_recipe(void **state)
{
	struct entity_set set = { 0 };
	struct known_lists known;

	(void)state;
	make(&set, POSTERN_ENTITIES_MAX);
	known_lists_of(&set, &known);
	assert_int_equal(known.n, POSTERN_ENTITIES_MAX / 8 * 7);
	for (size_t i = 0; i < set.n_lists; i++) {
		const struct prefix_list *l = set.lists[i];

		if (l->recipe)
			assert_ptr_equal(known_lists_find(&known, l->recipe, l->recipe_len), l);
	}
	known_lists_free(&known);
	release(&set);
}

static void others_are_not(void **state)
{
	struct entity_set set = { 0 };
	struct known_lists known;

	(void)state;
	make(&set, POSTERN_ENTITIES_MAX);
	known_lists_of(&set, &known);
	for (uint32_t i = 0; i < POSTERN_ENTITIES_MAX; i++) {
		uint32_t recipe[3] = { i * 2654435761u, i + 1, i };

		for (size_t len = 0; len <= sizeof(recipe); len += sizeof(recipe[0]))
			if (len != sizeof(recipe[0]))
				assert_null(known_lists_find(&known, recipe, len));
	}
	known_lists_free(&known);
	release(&set);
}

static void of_nothing_nothing_is_known(void **state)
{
	struct entity_set set = { 0 };
	struct known_lists known;

	(void)state;
	known_lists_of(NULL, &known);
	assert_null(known_lists_find(&known, "x", 1));
	known_lists_free(&known);
	known_lists_of(&set, &known);
	assert_null(known_lists_find(&known, "x", 1));
	known_lists_free(&known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_found_by_its_recipe),
		cmocka_unit_test(others_are_not),
		cmocka_unit_test(of_nothing_nothing_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
