/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From many overlapping range sets (predicates) to disjoint pieces: each piece knows exactly which
 * predicates hold in it, by the number of that set of predicates in a table that several spaces
 * may share.
 */
#pragma once

#include "compile/intern.h"
#include "compile/ranges.h"

/* Packed, because there can be millions. */
struct piece {
	range_key first; /* up to the next piece's first */
	uint32_t cls; /* number in the table of sets */
} __attribute__((packed, aligned(4)));

struct partition {
	struct piece *items; /* owned; the first one begins at 0 */
	size_t n, cap;
};

void partition_free(struct partition *p);

/* The normalised predicates of one space, whose greatest number is `max`. */
struct space {
	const struct range_set *const *predicates;
	size_t n;
	range_key max;
};

/* Words of one set of predicates in the table: bit i is predicate i. */
static inline size_t partition_words(size_t predicates)
{
	return predicates / 64 + 1;
}

/* The piece that a number lies in. */
size_t partition_find(const struct partition *p, range_key key);

/* 0 or -ENOMEM. Equal neighbours are one piece. */
int partition_make(const struct space *space, struct intern *sets, struct partition *ret);
