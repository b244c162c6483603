/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Redundancy: an alternative that the others cover together says nothing. Found with the sharp operation of two-level
 * logic minimisation: what is left of it after each of the others is taken away, as disjoint pieces.
 */
#include "compile/conjunct.h"

/* So many pieces, and the question is given up: the alternative stays, which is right if not shortest. */
#define PIECES_MAX 256

/* Whether no subject satisfies both. */
static int disjoint(struct compilation *c, const struct conjunct *a, const struct conjunct *b,
		    bool *ret)
{
	struct conjunct both;

	return conjunct_and(c, a, b, &both, ret);
}

/* The part of `rest` outside q's classes of one dimension goes to `out`; `rest` keeps the part inside. */
static int split_dim(struct compilation *c, int d, struct conjunct *rest, const struct conjunct *q,
		     conjuncts *out)
{
	struct classsets *sets = &c->dims[d].sets;
	struct conjunct piece = *rest;
	uint32_t outside;
	int r;

	if (q->set[d] == CLASSSET_ALL || classset_subset(sets, rest->set[d], q->set[d]))
		return 0;
	r = classset_not(sets, q->set[d], &outside);
	r = r ? r : classset_and(sets, rest->set[d], outside, &piece.set[d]);
	r = r ? r : classset_and(sets, rest->set[d], q->set[d], &rest->set[d]);
	return r ? r : vec_push(out, piece);
}

/* The same for the bits of one word that q demands: `has` and `has_not` are rest's words. */
static int split_word(struct conjunct *rest, __u64 *has, __u64 *has_not, __u64 demanded,
		      conjuncts *out)
{
	int r = 0;

	for (__u64 left = demanded & ~*has; r == 0 && left; left &= left - 1) {
		const __u64 bit = left & -left;

		*has_not |= bit;
		r = vec_push(out, *rest);
		*has_not &= ~bit;
		*has |= bit;
	}
	return r;
}

static int split_bits(struct conjunct *rest, const struct conjunct *q, conjuncts *out)
{
	int r = split_word(rest, &rest->must, &rest->must_not, q->must, out);

	r = r ? r : split_word(rest, &rest->must_not, &rest->must, q->must_not, out);
	for (int i = 0; r == 0 && i < GROUP_WORDS; i++) {
		__u64 *group = &rest->group.word[i], *no_group = &rest->no_group.word[i];

		r = split_word(rest, group, no_group, q->group.word[i], out);
		r = r ? r : split_word(rest, no_group, group, q->no_group.word[i], out);
	}
	for (int i = 0; r == 0 && i < UNIT_WORDS; i++) {
		__u64 *unit = &rest->unit.word[i], *no_unit = &rest->no_unit.word[i];

		r = split_word(rest, unit, no_unit, q->unit.word[i], out);
		r = r ? r : split_word(rest, no_unit, unit, q->no_unit.word[i], out);
	}
	return r;
}

/* Appends what is left of `p` without `q`, as disjoint pieces. */
static int sharp(struct compilation *c, const struct conjunct *p, const struct conjunct *q,
		 conjuncts *out)
{
	struct conjunct rest = *p;
	bool apart;
	int r = disjoint(c, p, q, &apart);

	if (r || apart)
		return r ? r : vec_push(out, *p);
	for (int d = 0; r == 0 && d < POSTERN_DIMS; d++)
		r = split_dim(c, d, &rest, q, out);
	return r ? r : split_bits(&rest, q, out);
}

/* Takes `q` away from every piece. */
static int take_away(struct compilation *c, conjuncts *pieces, const struct conjunct *q)
{
	conjuncts left = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < pieces->n; i++)
		r = sharp(c, &pieces->items[i], q, &left);
	vec_free(pieces);
	*pieces = left;
	return r;
}

/* Whether the others cover item `at` together. */
static int is_redundant(struct compilation *c, const conjuncts *list, size_t at, bool *ret)
{
	conjuncts pieces = { 0 };
	int r = vec_push(&pieces, list->items[at]);

	for (size_t i = 0; r == 0 && i < list->n && pieces.n && pieces.n <= PIECES_MAX; i++)
		if (i != at)
			r = take_away(c, &pieces, &list->items[i]);
	*ret = pieces.n == 0;
	vec_free(&pieces);
	return r;
}

int conjuncts_drop_redundant(struct compilation *c, conjuncts *list)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < list->n;) {
		bool redundant;

		r = is_redundant(c, list, i, &redundant);
		if (r == 0 && redundant)
			list->items[i] = list->items[--list->n];
		else
			i++;
	}
	return r;
}
