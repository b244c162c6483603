/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Widening, after the consensus of two-level logic minimisation (Quine 1955): where `q` covers `p` but for one
 * dimension, `p` may take q's classes there too, and where it does but for one bit that `p` has and `q` must not have,
 * `p` need not have it. Either adds to `p` only what `q` holds anyway.
 */
#include "compile/conjunct.h"

static int widen_dims(struct compilation *c, struct conjunct *p, const struct conjunct *q,
		      bool *changed)
{
	int r = 0;

	for (int d = 0; r == 0 && d < POSTERN_DIMS; d++) {
		struct conjunct but = *q;
		uint32_t both;

		if (p->set[d] == q->set[d])
			continue;
		but.set[d] = CLASSSET_ALL;
		if (!conjunct_covers(c, &but, p))
			continue;
		r = classset_or(&c->dims[d].sets, p->set[d], q->set[d], &both);
		if (r == 0 && both != p->set[d]) {
			p->set[d] = both;
			*changed = true;
		}
	}
	return r;
}

/* Whether one could go. `has` is a word of p's bits and `has_not` the word of q's opposite ones, inside `but`, a copy of q. */
static bool widen_word(const struct compilation *c, struct conjunct *p, struct conjunct *but,
		       __u64 *has, __u64 *has_not)
{
	const __u64 all = *has_not;
	bool changed = false;

	for (__u64 left = *has & all; left; left &= left - 1) {
		const __u64 bit = left & -left;

		*has_not = all & ~bit;
		if (conjunct_covers(c, but, p)) {
			*has &= ~bit;
			changed = true;
		}
	}
	*has_not = all;
	return changed;
}

static bool widen_bits(const struct compilation *c, struct conjunct *p, const struct conjunct *q)
{
	struct conjunct but = *q;
	bool changed = widen_word(c, p, &but, &p->must, &but.must_not);

	changed |= widen_word(c, p, &but, &p->must_not, &but.must);
	for (int i = 0; i < GROUP_WORDS; i++) {
		changed |= widen_word(c, p, &but, &p->group.word[i], &but.no_group.word[i]);
		changed |= widen_word(c, p, &but, &p->no_group.word[i], &but.group.word[i]);
	}
	for (int i = 0; i < UNIT_WORDS; i++) {
		changed |= widen_word(c, p, &but, &p->unit.word[i], &but.no_unit.word[i]);
		changed |= widen_word(c, p, &but, &p->no_unit.word[i], &but.unit.word[i]);
	}
	return changed;
}

int conjuncts_widen(struct compilation *c, conjuncts *list, bool *ret_changed)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < list->n; i++) {
		for (size_t k = 0; r == 0 && k < list->n; k++) {
			if (i == k)
				continue;
			r = widen_dims(c, &list->items[i], &list->items[k], ret_changed);
			*ret_changed |= widen_bits(c, &list->items[i], &list->items[k]);
		}
	}
	return r;
}
