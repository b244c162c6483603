/* SPDX-License-Identifier: BSD-2-Clause */
/* Checking range trees. */
#include "compile/validate.h"

struct level {
	const uint32_t *narrow;
	const uint64_t *wide;
	uint32_t keys;
};

static uint64_t key_at(const struct level *l, bool wide, uint64_t i)
{
	return wide ? l->wide[i] : l->narrow[i];
}

static const char *check_level(const struct checked *i, const struct postern_tree *t, uint32_t l,
			       bool wide, struct level *ret)
{
	uint32_t fan = wide ? 8 : 16;

	if (t->level[l + 2] <= t->level[l + 1])
		return "tree level without keys";
	ret->keys = t->level[l + 2] - t->level[l + 1];
	if (!check_span(i, t->level[l], ret->keys, fan))
		return "tree level outside the image";
	if (t->level[l + 1] != t->level[l] + (ret->keys + (uint64_t)fan - 1) / fan)
		return "tree levels do not follow one another";
	ret->narrow = (const uint32_t *)&i->lines[t->level[l]];
	ret->wide = (const uint64_t *)&i->lines[t->level[l]];
	/* A look-up takes what is at or below a number, so a line's unused places are the largest key. */
	for (uint64_t k = ret->keys; k % fan; k++)
		if (key_at(ret, wide, k) != (wide ? UINT64_MAX : UINT32_MAX))
			return "tree line with a stray key";
	return NULL;
}

/* The keys of a level are the first ones of the lines below. */
static const char *check_above(const struct level *above, const struct level *below, bool wide)
{
	uint32_t fan = wide ? 8 : 16;

	if (above->keys != ((uint64_t)below->keys + fan - 1) / fan)
		return "tree levels do not fit together";
	for (uint32_t k = 0; k < above->keys; k++)
		if (key_at(above, wide, k) != key_at(below, wide, (uint64_t)k * fan))
			return "tree keys do not fit together";
	return NULL;
}

static const char *check_keys(const struct level *l, bool wide)
{
	if (key_at(l, wide, 0) != 0)
		return "tree does not begin at 0";
	for (uint32_t k = 1; k < l->keys; k++)
		if (key_at(l, wide, k) <= key_at(l, wide, k - 1))
			return "tree keys are not ascending";
	return NULL;
}

static const char *check_values(const struct checked *i, const struct postern_tree *t,
				const struct tree_bounds *b)
{
	const uint32_t *values;

	if (!check_span(i, t->values_line, t->keys, 16))
		return "tree values outside the image";
	values = (const uint32_t *)&i->lines[t->values_line];
	for (uint32_t k = 0; k < t->keys; k++) {
		if (values[k] & POSTERN_SUBTREE) {
			if ((values[k] & ~POSTERN_SUBTREE) >= b->subtrees)
				return "subtree that does not exist";
		} else if (values[k] >= b->values) {
			return "tree value that does not exist";
		}
	}
	return NULL;
}

static const char *check_shape(const struct postern_tree *t)
{
	if (t->depth < 1 || t->depth > POSTERN_TREE_LEVELS)
		return "tree of impossible depth";
	if (t->keys_line != t->level[t->depth - 1] || t->values_line != t->level[t->depth])
		return "tree that contradicts itself";
	if (t->level[t->depth + 1] != t->values_line + (uint64_t)t->keys ||
	    t->level[1] != t->level[0] + 1ull)
		return "tree with a wrong number of keys";
	return NULL;
}

static const char *check_levels(const struct checked *i, const struct postern_tree *t,
				const struct tree_bounds *b)
{
	struct level level = { 0 }, below;
	const char *why = check_shape(t);

	for (uint32_t l = why ? 0 : t->depth; !why && l > 0; l--) {
		below = level;
		why = check_level(i, t, l - 1, b->wide, &level);
		if (!why)
			why = l == t->depth ? check_keys(&level, b->wide)
					    : check_above(&level, &below, b->wide);
	}
	return why ? why : check_values(i, t, b);
}

const char *check_tree(const struct checked *i, uint32_t tree, const struct tree_bounds *b)
{
	const struct postern_tree *t;

	if (!check_span(i, tree, 1, 1))
		return "tree outside the image";
	t = (const struct postern_tree *)&i->lines[tree];
	if (!t->front_line)
		return check_levels(i, t, b);
	return b->front ? check_front(i, t, b) : "front of a tree that nobody looks at";
}
