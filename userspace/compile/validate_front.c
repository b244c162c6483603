/* SPDX-License-Identifier: BSD-2-Clause */
/* Checking the front of a tree and its runs. */
#include "compile/validate.h"

struct run {
	const uint32_t *words;
	uint32_t first, n;
};

static const char *check_steps(const struct run *r, uint32_t values)
{
	if (r->first % 16 + r->n > 16 * POSTERN_RUN_LINES)
		return "run that is too long";
	if (r->words[0] >> 16)
		return "run that does not begin at 0";
	for (uint32_t k = 0; k < r->n; k++) {
		if (k && r->words[k] >> 16 <= r->words[k - 1] >> 16)
			return "run whose steps are not ascending";
		/* the largest stands for a tree */
		if (POSTERN_RUN_VALUE(r->words[k]) >= values ||
		    POSTERN_RUN_VALUE(r->words[k]) == POSTERN_RUN_VALUE(POSTERN_RUN_TREE))
			return "run with a value that does not exist";
	}
	return NULL;
}

/* Trees that share their keys would make this check take the square of the length. */
static const char *check_run_tree(const struct checked *i, uint32_t line,
				  const struct tree_bounds *b, uint64_t *keys)
{
	const struct tree_bounds without = { .values = b->values };

	if (!check_span(i, line, 1, 1))
		return "tree of a run outside the image";
	*keys += ((const struct postern_tree *)&i->lines[line])->keys;
	if (*keys > (uint64_t)i->n * 16)
		return "trees of runs with more keys than fit";
	return check_tree(i, line, &without);
}

const char *check_front(const struct checked *i, const struct postern_tree *t,
			const struct tree_bounds *b)
{
	const uint32_t *entry, *words;
	const char *why = NULL;
	uint64_t keys = 0;

	if (t->depth)
		return "front of a tree that cannot have one";
	if (!check_span(i, t->front_line, POSTERN_FRONT_ENTRIES, 16) ||
	    !check_span(i, t->keys_line, t->keys, 16))
		return "front of a tree outside the image";
	entry = (const uint32_t *)&i->lines[t->front_line];
	words = (const uint32_t *)&i->lines[t->keys_line];
	if (entry[0] || entry[POSTERN_FRONT_ENTRIES - 1] != t->keys)
		return "front of a tree that does not fit its runs";
	for (uint32_t k = 0; !why && k + 1 < POSTERN_FRONT_ENTRIES; k++) {
		struct run r = { NULL, entry[k], entry[k + 1] - entry[k] };

		if (entry[k] >= entry[k + 1] || entry[k + 1] > t->keys)
			return "runs that do not follow one another";
		r.words = &words[r.first];
		if (r.n == 2 && r.words[0] == POSTERN_RUN_TREE)
			why = check_run_tree(i, r.words[1], b, &keys);
		else
			why = check_steps(&r, b->values);
	}
	return why;
}
