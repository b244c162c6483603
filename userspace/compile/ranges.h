/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sets of numbers as disjoint ranges: addresses (IPv4 as its 32 bits, IPv6 as its 128, each in a
 * space of its own), doors, uids, gids.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef unsigned __int128 range_key;

#define RANGE_MAX32 ((range_key)UINT32_MAX)
#define RANGE_MAX128 (~(range_key)0)

struct range {
	range_key first, last; /* inclusive */
};

struct range_set {
	struct range *items; /* owned; sorted, disjoint and not adjacent once normalised */
	size_t n, cap;
};

void range_set_free(struct range_set *s);
/* 0 or -ENOMEM. */
int range_set_add(struct range_set *s, range_key first, range_key last);
/* Sorts, and joins what overlaps or touches. */
void range_set_normalise(struct range_set *s);
/* Whether a normalised set holds a number. */
bool range_set_has(const struct range_set *s, range_key key);
