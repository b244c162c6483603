/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of numbers as sorted ranges. */
#include "compile/ranges.h"

#include "base/vec.h"

void range_set_free(struct range_set *s)
{
	vec_free(s);
}

int range_set_add(struct range_set *s, range_key first, range_key last)
{
	return vec_push(s, ((struct range){ first, last }));
}

static int by_first(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* Prefix lists usually come sorted: then there is nothing to sort. */
static bool is_sorted(const struct range_set *s)
{
	for (size_t i = 1; i < s->n; i++)
		if (s->items[i].first < s->items[i - 1].first)
			return false;
	return true;
}

void range_set_normalise(struct range_set *s)
{
	size_t kept = 0;

	if (!is_sorted(s))
		qsort(s->items, s->n, sizeof(*s->items), by_first);
	for (size_t i = 0; i < s->n; i++) {
		struct range r = s->items[i], *top = kept ? &s->items[kept - 1] : NULL;

		/* `first - 1` does not wrap: a first of 0 is only ever the first range. */
		if (top && (r.first <= top->last || r.first - 1 == top->last)) {
			if (r.last > top->last)
				top->last = r.last;
		} else {
			s->items[kept++] = r;
		}
	}
	s->n = kept;
}

bool range_set_has(const struct range_set *s, range_key key)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->items[mid].last < key)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->n && s->items[low].first <= key;
}
