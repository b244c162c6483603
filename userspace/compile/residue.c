/* SPDX-License-Identifier: BSD-2-Clause */
/* Partial evaluation to a disjunction of alternatives. */
#include "compile/residue.h"

enum truth { FALSE, TRUE, OPEN };

static enum truth atom_truth(const struct compilation *c, const struct place *at, uint32_t number)
{
	const struct atom *a = &c->atoms.items[number];

	if (a->kind == ATOM_IP)
		return at->ips && at->ips[a->index / 64] >> (a->index % 64) & 1 ? TRUE : FALSE;
	if (a->kind == ATOM_DOOR)
		return at->doors[a->index / 64] >> (a->index % 64) & 1 ? TRUE : FALSE;
	return OPEN;
}

/* The constant that a formula is at a place, if it is one. */
static enum truth truth_of(const struct compilation *c, const struct place *at,
			   const struct formula *f)
{
	enum truth a, b, wins;

	switch (f->kind) {
	case FORMULA_FALSE:
		return FALSE;
	case FORMULA_TRUE:
		return TRUE;
	case FORMULA_ATOM:
		return atom_truth(c, at, f->atom);
	case FORMULA_NOT:
		a = truth_of(c, at, f->a);
		return a == OPEN ? OPEN : a == TRUE ? FALSE : TRUE;
	default:
		break;
	}
	wins = f->kind == FORMULA_AND ? FALSE : TRUE;
	a = truth_of(c, at, f->a);
	if (a == wins)
		return wins;
	b = truth_of(c, at, f->b);
	if (b == wins)
		return wins;
	return a == OPEN || b == OPEN ? OPEN : a;
}

static int expand(struct compilation *c, const struct place *at, const struct formula *f,
		  bool positive, conjuncts *ret);

/* Every pair of an alternative of each side. */
static int product(struct compilation *c, const conjuncts *a, const conjuncts *b, conjuncts *ret)
{
	struct conjunct both;
	bool empty;
	int r = 0;

	for (size_t i = 0; r == 0 && i < a->n; i++) {
		for (size_t k = 0; r == 0 && k < b->n; k++) {
			r = conjunct_and(c, &a->items[i], &b->items[k], &both, &empty);
			if (r == 0 && !empty)
				r = vec_push(ret, both);
		}
		if (r == 0 && ret->n > RESIDUE_WORKING_MAX)
			r = conjuncts_simplify(c, ret);
		if (r == 0 && ret->n > RESIDUE_WORKING_MAX)
			r = -E2BIG;
	}
	return r ? r : conjuncts_simplify(c, ret);
}

static int expand_and(struct compilation *c, const struct place *at, const struct formula *f,
		      bool positive, conjuncts *ret)
{
	conjuncts a = { 0 }, b = { 0 };
	int r = expand(c, at, f->a, positive, &a);

	if (r == 0 && a.n)
		r = expand(c, at, f->b, positive, &b);
	if (r == 0)
		r = product(c, &a, &b, ret);
	vec_free(&a);
	vec_free(&b);
	return r;
}

static int expand_or(struct compilation *c, const struct place *at, const struct formula *f,
		     bool positive, conjuncts *ret)
{
	int r = expand(c, at, f->a, positive, ret);

	if (r == 0)
		r = expand(c, at, f->b, positive, ret);
	if (r == 0)
		r = conjuncts_simplify(c, ret);
	return r == 0 && ret->n > RESIDUE_WORKING_MAX ? -E2BIG : r;
}

static int expand_literal(struct compilation *c, uint32_t atom, bool positive, conjuncts *ret)
{
	struct conjunct one;
	bool empty;
	int r = conjunct_literal(c, &c->atoms.items[atom], positive, &one, &empty);

	return r || empty ? r : vec_push(ret, one);
}

static int expand(struct compilation *c, const struct place *at, const struct formula *f,
		  bool positive, conjuncts *ret)
{
	enum truth constant = truth_of(c, at, f);

	if (constant != OPEN)
		return (constant == TRUE) == positive ? vec_push(ret, ((struct conjunct){ 0 })) : 0;
	if (f->kind == FORMULA_ATOM)
		return expand_literal(c, f->atom, positive, ret);
	if (f->kind == FORMULA_NOT)
		return expand(c, at, f->a, !positive, ret);
	if ((f->kind == FORMULA_AND) == positive)
		return expand_and(c, at, f, positive, ret);
	return expand_or(c, at, f, positive, ret);
}

int residue_make(struct compilation *c, const struct place *at, const struct formula *f,
		 conjuncts *ret)
{
	return expand(c, at, f, true, ret);
}
