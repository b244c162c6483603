/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of prefixes, their order, and who has them. */
#include "policy/prefix_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/radix.h"
#include "policy/prefix.h"

struct prefix_list *prefix_list_hold(struct prefix_list *l)
{
	l->refs++;
	return l;
}

void prefix_list_drop(struct prefix_list *l)
{
	if (!l || --l->refs)
		return;
	free(l->items);
	free(l->recipe);
	free(l);
}

int prefix_list_add(struct entity_set *set, struct prefix_list *l)
{
	/* Each power of two is a new array. */
	if ((set->n_lists & (set->n_lists - 1)) == 0) {
		size_t room = set->n_lists ? 2 * set->n_lists : 1;
		struct prefix_list **more =
			reallocarray(set->lists, room, sizeof(struct prefix_list *));

		if (!more) {
			prefix_list_drop(l);
			return -ENOMEM;
		}
		set->lists = more;
	}
	set->lists[set->n_lists++] = l;
	return 0;
}

int prefix_list_new(size_t most, struct prefix_list **ret)
{
	struct prefix_list *l = calloc(1, sizeof(*l));

	if (!l)
		return -ENOMEM;
	l->refs = 1;
	l->lines = most;
	l->items = calloc(most ? most : 1, sizeof(*l->items));
	if (!l->items) {
		prefix_list_drop(l);
		return -ENOMEM;
	}
	*ret = l;
	return 0;
}

static bool in_order(const struct prefix_list *l)
{
	for (size_t i = 1; i < l->n; i++)
		if (prefix_cmp(&l->items[i - 1], &l->items[i]) > 0)
			return false;
	return true;
}

/* Address and length in one number, which orders IPv4 prefixes as prefix_cmp does. */
static uint64_t word_of(const struct prefix *p)
{
	const uint8_t *a = p->addr + 12;

	return ((uint64_t)a[0] << 24 | (uint64_t)a[1] << 16 | (uint64_t)a[2] << 8 | a[3]) << 8 |
	       p->bits;
}

/* Sorts as many IPv4 prefixes. False when there is no memory for that way. */
static bool sort_v4(struct prefix *all, size_t n)
{
	_cleanup_free_ uint64_t *words = malloc((n + 1) * sizeof(*words));

	for (size_t i = 0; words && i < n; i++)
		words[i] = word_of(&all[i]);
	if (!words || radix_sort(words, n, 0, 40) < 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		for (int k = 0; k < 4; k++)
			all[i].addr[12 + k] = (uint8_t)(words[i] >> (32 - 8 * k));
		all[i].bits = (uint8_t)words[i];
	}
	return true;
}

static void sort(struct prefix_list *l)
{
	bool v4 = true;

	if (in_order(l))
		return;
	for (size_t i = 0; v4 && i < l->n; i++)
		v4 = l->items[i].v4;
	if (!v4 || !sort_v4(l->items, l->n))
		qsort(l->items, l->n, sizeof(*l->items), prefix_cmp);
}

void prefix_list_normalise(struct prefix_list *l)
{
	struct prefix *all = l->items;
	size_t kept = 0;

	sort(l);
	for (size_t i = 0; i < l->n; i++) {
		if (kept == 0 || !prefix_covers(&all[kept - 1], &all[i]))
			all[kept++] = all[i];
	}
	l->n = kept;
}

bool prefix_list_has(const struct prefix_list *l, const struct prefix *address)
{
	size_t low = 0, high = l->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (prefix_cmp(&l->items[middle], address) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && prefix_covers(&l->items[low - 1], address);
}
