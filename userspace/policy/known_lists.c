/* SPDX-License-Identifier: BSD-2-Clause */
/* Sorted by recipe: tens of thousands that are all new are each looked for. */
#include "policy/known_lists.h"

#include <stdlib.h>
#include <string.h>

static int compare(const struct prefix_list *l, const void *recipe, size_t len)
{
	if (l->recipe_len != len)
		return l->recipe_len < len ? -1 : 1;
	return memcmp(l->recipe, recipe, len);
}

static int by_recipe(const void *a, const void *b)
{
	const struct prefix_list *y = *(struct prefix_list *const *)b;

	return compare(*(struct prefix_list *const *)a, y->recipe, y->recipe_len);
}

void known_lists_of(const struct entity_set *set, struct known_lists *ret)
{
	*ret = (struct known_lists){ 0 };
	if (!set || set->n_lists == 0)
		return;
	ret->items = calloc(set->n_lists, sizeof(*ret->items));
	for (size_t i = 0; ret->items && i < set->n_lists; i++)
		if (set->lists[i]->recipe)
			ret->items[ret->n++] = set->lists[i];
	if (ret->n > 1)
		qsort(ret->items, ret->n, sizeof(*ret->items), by_recipe);
}

void known_lists_free(struct known_lists *k)
{
	free(k->items);
	*k = (struct known_lists){ 0 };
}

struct prefix_list *known_lists_find(const struct known_lists *k, const void *recipe, size_t len)
{
	size_t low = 0, high = k->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(k->items[middle], recipe, len);

		if (order == 0)
			return k->items[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
