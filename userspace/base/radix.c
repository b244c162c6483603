/* SPDX-License-Identifier: BSD-2-Clause */
/* Least significant digit first; a digit that all have alike is passed over, and what is in order is left alone. */
#include "base/radix.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum { DIGIT = 11, DIGITS = 1 << DIGIT };

static uint64_t key_of(uint64_t word, unsigned low, unsigned high)
{
	word >>= low;
	return high - low >= 64 ? word : word & ((1ull << (high - low)) - 1);
}

static bool in_order(const uint64_t *words, size_t n, unsigned low, unsigned high)
{
	for (size_t i = 1; i < n; i++)
		if (key_of(words[i], low, high) < key_of(words[i - 1], low, high))
			return false;
	return true;
}

/* One digit from `from` to `to`; false when all words have the same. */
static bool pass(const uint64_t *from, uint64_t *to, size_t n, unsigned shift, unsigned width)
{
	size_t at[DIGITS] = { 0 }, sum = 0;
	uint64_t mask = (1ull << width) - 1;

	for (size_t i = 0; i < n; i++)
		at[from[i] >> shift & mask]++;
	if (at[from[0] >> shift & mask] == n)
		return false;
	for (size_t d = 0; d <= mask; d++) {
		size_t count = at[d];

		at[d] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		to[at[from[i] >> shift & mask]++] = from[i];
	return true;
}

int radix_sort(uint64_t *words, size_t n, unsigned low, unsigned high)
{
	_cleanup_free_ uint64_t *spare = NULL;
	uint64_t *from = words, *to, *swap;

	if (n < 2 || in_order(words, n, low, high))
		return 0;
	to = spare = malloc(n * sizeof(*spare));
	if (!spare)
		return -ENOMEM;
	for (unsigned shift = low; shift < high; shift += DIGIT) {
		if (!pass(from, to, n, shift, high - shift < DIGIT ? high - shift : DIGIT))
			continue;
		swap = from;
		from = to;
		to = swap;
	}
	if (from != words)
		memcpy(words, from, n * sizeof(*words));
	return 0;
}
