/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sets of classes of one dimension, as interned bit sets: equal sets are equal numbers. Number
 * CLASSSET_ALL is the set of all classes, CLASSSET_NONE the empty one.
 */
#pragma once

#include "compile/intern.h"

#define CLASSSET_ALL 0u
#define CLASSSET_NONE 1u

struct classsets {
	struct intern *sets; /* owned */
	uint32_t classes;
	size_t words; /* 64-bit words of one set */
	uint64_t *scratch; /* owned; one set */
};

/* For a dimension with at least one class. 0 or -ENOMEM. */
int classsets_init(struct classsets *s, uint32_t classes);
void classsets_deinit(struct classsets *s);

/* The number of a set given as its words. 0 or -ENOMEM, as for all that follow. */
int classset_put(struct classsets *s, const uint64_t *words, uint32_t *ret);
int classset_and(struct classsets *s, uint32_t a, uint32_t b, uint32_t *ret);
int classset_or(struct classsets *s, uint32_t a, uint32_t b, uint32_t *ret);
int classset_not(struct classsets *s, uint32_t a, uint32_t *ret);

bool classset_subset(const struct classsets *s, uint32_t a, uint32_t b);
bool classset_has(const struct classsets *s, uint32_t a, uint32_t cls);
uint32_t classset_count(const struct classsets *s, uint32_t a);
/* The least class of a set; `classes` when it is empty. */
uint32_t classset_least(const struct classsets *s, uint32_t a);
