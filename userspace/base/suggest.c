/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "Did you mean": optimal string alignment distance (Damerau-Levenshtein where no substring is
 * edited twice), over three rows of one table, because words are short and lists are small.
 */
#include "base/suggest.h"

#include <stdint.h>
#include <string.h>

enum { WORD_LONGEST = 128 }; /* longer words get no suggestion */

struct rows {
	size_t before[WORD_LONGEST + 1]; /* row i - 2 */
	size_t above[WORD_LONGEST + 1]; /* row i - 1 */
	size_t here[WORD_LONGEST + 1]; /* row i */
};

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Fills row `i` (from 1) of the distance table of `a` against `b`. */
static void fill_row(struct rows *r, size_t i, const char *a, const char *b, size_t nb)
{
	r->here[0] = i;
	for (size_t j = 1; j <= nb; j++) {
		size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
		size_t d = least(r->above[j] + 1, r->here[j - 1] + 1);

		d = least(d, r->above[j - 1] + cost);
		if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
			d = least(d, r->before[j - 2] + 1);
		r->here[j] = d;
	}
}

static size_t distance(const char *a, size_t na, const char *b, size_t nb)
{
	struct rows r = { 0 };

	for (size_t j = 0; j <= nb; j++)
		r.here[j] = j;
	for (size_t i = 1; i <= na; i++) {
		memcpy(r.before, r.above, sizeof(r.above));
		memcpy(r.above, r.here, sizeof(r.here));
		fill_row(&r, i, a, b, nb);
	}
	return r.here[nb];
}

const char *suggest(const char *typed, const char *const *words, size_t n)
{
	size_t len = strlen(typed);
	size_t best = len / 3 > 1 ? len / 3 : 1;
	const char *nearest = NULL;

	if (len == 0 || len > WORD_LONGEST)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t other = strlen(words[i]);
		size_t d = other > WORD_LONGEST ? SIZE_MAX : distance(typed, len, words[i], other);

		if (d < best || (d == best && !nearest)) {
			best = d;
			nearest = words[i];
		}
	}
	return nearest;
}
