/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing alternatives as the lines that the kernel side walks. */
#include "compile/grid.h"

typedef VEC(uint32_t) terms;
typedef VEC(struct postern_alternative) lines;

/* The shortest way to ask for a set of classes. */
static int add_class_term(struct compilation *c, struct grid *g, uint32_t dim, uint32_t set,
			  terms *ret)
{
	struct classsets *sets = &c->dims[dim].sets;
	uint32_t n = classset_count(sets, set), rest, arg;
	int r;

	if (set == CLASSSET_ALL)
		return 0;
	if (n == 1)
		return vec_push(ret,
				POSTERN_TERM(POSTERN_TERM_CLASS, dim, classset_least(sets, set)));
	if (n + 1 == sets->classes) {
		r = classset_not(sets, set, &rest);
		return r ? r
			 : vec_push(ret, POSTERN_TERM(POSTERN_TERM_NOT_CLASS, dim,
						      classset_least(sets, rest)));
	}
	r = intern_put(g->columns[dim], &set, sizeof(set), &arg);
	if (r == 0 && arg >= POSTERN_CLASSES_MAX)
		r = -E2BIG;
	return r ? r : vec_push(ret, POSTERN_TERM(POSTERN_TERM_SET, dim, arg));
}

static int add_bit_terms(uint32_t op, const __u64 *word, uint32_t words, terms *ret)
{
	int r = 0;

	for (uint32_t i = 0; i < words; i++)
		for (__u64 left = word[i]; r == 0 && left; left &= left - 1)
			r = vec_push(ret,
				     POSTERN_TERM(op, 0, i * 64 + (uint32_t)__builtin_ctzll(left)));
	return r;
}

static int terms_of(struct compilation *c, struct grid *g, const struct conjunct *of, terms *ret)
{
	int r = 0;

	for (uint32_t d = 0; r == 0 && d < POSTERN_DIMS; d++)
		r = add_class_term(c, g, d, of->set[d], ret);
	if (r == 0)
		r = add_bit_terms(POSTERN_TERM_GROUP, of->group.word, GROUP_WORDS, ret);
	if (r == 0)
		r = add_bit_terms(POSTERN_TERM_NO_GROUP, of->no_group.word, GROUP_WORDS, ret);
	if (r == 0)
		r = add_bit_terms(POSTERN_TERM_UNIT, of->unit.word, UNIT_WORDS, ret);
	if (r == 0)
		r = add_bit_terms(POSTERN_TERM_NO_UNIT, of->no_unit.word, UNIT_WORDS, ret);
	return r;
}

/* As many lines as the terms need, at least one; the facts go in the first. */
static int add_lines(const struct rule *rule, const struct conjunct *of, const terms *t, lines *ret)
{
	size_t at = 0;
	int r;

	do {
		size_t n = t->n - at < POSTERN_TERMS_MAX ? t->n - at : POSTERN_TERMS_MAX;
		struct postern_alternative line = {
			.policy = rule->closes ? POSTERN_CLOSED : rule->policy,
			.flags = rule->flags,
			.terms = (uint16_t)n,
		};

		if (at == 0) {
			line.must = of->must;
			line.must_not = of->must_not;
		}
		if (n)
			memcpy(line.term, t->items + at, n * sizeof(*t->items));
		at += n;
		if (at < t->n)
			line.flags |= POSTERN_ALT_MORE;
		r = vec_push(ret, line);
	} while (r == 0 && at < t->n);
	return r;
}

int alternatives_encode(struct compilation *c, struct grid *g, const struct rule *rule,
			const conjuncts *list, uint32_t *ret_residue)
{
	lines out = { 0 };
	terms t = { 0 };
	int r = 0;

	for (size_t i = 0; r == 0 && i < list->n; i++) {
		t.n = 0;
		r = terms_of(c, g, &list->items[i], &t);
		if (r == 0)
			r = add_lines(rule, &list->items[i], &t, &out);
	}
	if (r == 0)
		r = intern_put(g->residues, out.items, out.n * sizeof(*out.items), ret_residue);
	vec_free(&out);
	vec_free(&t);
	return r;
}
