/* SPDX-License-Identifier: BSD-2-Clause */
/* Algebra of alternatives. */
#include "compile/conjunct.h"

static void bits_or(__u64 *a, const __u64 *b, int words)
{
	for (int i = 0; i < words; i++)
		a[i] |= b[i];
}

static bool bits_meet(const __u64 *a, const __u64 *b, int words)
{
	__u64 both = 0;

	for (int i = 0; i < words; i++)
		both |= a[i] & b[i];
	return both != 0;
}

static bool bits_within(const __u64 *a, const __u64 *b, int words)
{
	__u64 outside = 0;

	for (int i = 0; i < words; i++)
		outside |= a[i] & ~b[i];
	return outside == 0;
}

int conjunct_and(struct compilation *c, const struct conjunct *a, const struct conjunct *b,
		 struct conjunct *ret, bool *ret_empty)
{
	struct conjunct both = *a;
	bool empty = false;
	int r = 0;

	for (int d = 0; r == 0 && d < POSTERN_DIMS; d++) {
		if (both.set[d] == b->set[d] || b->set[d] == CLASSSET_ALL)
			continue;
		r = classset_and(&c->dims[d].sets, both.set[d], b->set[d], &both.set[d]);
		empty |= both.set[d] == CLASSSET_NONE;
	}
	if (r)
		return r;
	bits_or(both.group.word, b->group.word, GROUP_WORDS);
	bits_or(both.no_group.word, b->no_group.word, GROUP_WORDS);
	bits_or(both.unit.word, b->unit.word, UNIT_WORDS);
	bits_or(both.no_unit.word, b->no_unit.word, UNIT_WORDS);
	both.must |= b->must;
	both.must_not |= b->must_not;
	*ret_empty = empty || bits_meet(both.group.word, both.no_group.word, GROUP_WORDS) ||
		     bits_meet(both.unit.word, both.no_unit.word, UNIT_WORDS) ||
		     both.must & both.must_not;
	*ret = both;
	return 0;
}

int conjunct_literal(struct compilation *c, const struct atom *atom, bool positive,
		     struct conjunct *ret, bool *ret_empty)
{
	struct dimension *dim = &c->dims[atom->dim];
	struct conjunct one = { 0 };
	uint32_t set;
	int r = 0;

	*ret_empty = false;
	switch (atom->kind) {
	case ATOM_CLASS:
		set = dim->set_of[atom->index];
		if (!positive)
			r = classset_not(&dim->sets, set, &set);
		one.set[atom->dim] = set;
		*ret_empty = set == CLASSSET_NONE;
		break;
	case ATOM_GROUP:
		postern_set_bit(positive ? &one.group : &one.no_group, atom->index);
		break;
	case ATOM_UNIT:
		(positive ? &one.unit : &one.no_unit)->word[atom->index / 64] = 1ull
										<< atom->index % 64;
		break;
	default:
		*(positive ? &one.must : &one.must_not) = 1ull << atom->index;
		break;
	}
	*ret = one;
	return r;
}

static bool same_bits(const struct conjunct *a, const struct conjunct *b)
{
	return memcmp(&a->group, &b->group, sizeof(*a) - offsetof(struct conjunct, group)) == 0;
}

bool conjunct_covers(const struct compilation *c, const struct conjunct *a,
		     const struct conjunct *b)
{
	if (a->must & ~b->must || a->must_not & ~b->must_not ||
	    !bits_within(a->group.word, b->group.word, GROUP_WORDS) ||
	    !bits_within(a->no_group.word, b->no_group.word, GROUP_WORDS) ||
	    !bits_within(a->unit.word, b->unit.word, UNIT_WORDS) ||
	    !bits_within(a->no_unit.word, b->no_unit.word, UNIT_WORDS))
		return false;
	for (int d = 0; d < POSTERN_DIMS; d++)
		if (a->set[d] != b->set[d] && a->set[d] != CLASSSET_ALL &&
		    !classset_subset(&c->dims[d].sets, b->set[d], a->set[d]))
			return false;
	return true;
}

/* The one dimension in which two otherwise equal alternatives differ; -1 when there is none. */
static int lone_difference(const struct conjunct *a, const struct conjunct *b)
{
	int found = -1;

	if (!same_bits(a, b))
		return -1;
	for (int d = 0; d < POSTERN_DIMS; d++) {
		if (a->set[d] == b->set[d])
			continue;
		if (found >= 0)
			return -1;
		found = d;
	}
	return found;
}

/* Tries to make one of two; *ret_done says whether `a` now stands for both. */
static int unite(struct compilation *c, struct conjunct *a, const struct conjunct *b,
		 bool *ret_done)
{
	int d, r = 0;

	*ret_done = true;
	if (conjunct_covers(c, a, b))
		return 0;
	if (conjunct_covers(c, b, a)) {
		*a = *b;
		return 0;
	}
	d = lone_difference(a, b);
	if (d >= 0)
		r = classset_or(&c->dims[d].sets, a->set[d], b->set[d], &a->set[d]);
	else
		*ret_done = false;
	return r;
}

/* Unites item `i` with any later one; a change may allow further ones, so it starts over. */
static int absorb_into(struct compilation *c, conjuncts *list, size_t i, bool *changed)
{
	bool done;
	int r = 0;

	for (size_t k = i + 1; r == 0 && k < list->n;) {
		r = unite(c, &list->items[i], &list->items[k], &done);
		if (r == 0 && done) {
			list->items[k] = list->items[--list->n];
			*changed = true;
			k = i + 1;
		} else {
			k++;
		}
	}
	return r;
}

static int absorb_all(struct compilation *c, conjuncts *list)
{
	bool changed = true;
	int r = 0;

	while (r == 0 && changed) {
		changed = false;
		for (size_t i = 0; r == 0 && i < list->n; i++)
			r = absorb_into(c, list, i, &changed);
	}
	return r;
}

/* Widening costs more than absorbing, and few alternatives are short enough as they are. */
#define WIDEN_FROM 8

int conjuncts_simplify(struct compilation *c, conjuncts *list)
{
	bool changed = true;
	int r = 0;

	while (r == 0 && changed) {
		changed = false;
		r = absorb_all(c, list);
		if (r == 0 && list->n >= WIDEN_FROM)
			r = conjuncts_widen(c, list, &changed);
	}
	if (r == 0 && list->n >= WIDEN_FROM)
		r = conjuncts_drop_redundant(c, list);
	return r;
}
