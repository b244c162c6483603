/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one run of the compiler leaves to the next: which addresses lie in which predicates, and of what the predicates
 * were made. What the next run has as it was, it does not take apart again.
 */
#pragma once

#include "compile/compilation.h"
#include "compile/grid.h"

struct image_memory {
	struct intern *atom_keys; /* owned */
	VEC(struct atom) atoms;
	VEC(struct ip_predicate) ips; /* those without lists have ranges */
	struct intern *ip_sets; /* owned: of these predicates, as in a grid */
	struct partition v4, v6;
};

/*
 * The predicate of that key in the run before, if it was made of the same lists, or, without any, of the same ranges.
 * NO_PREDICATE: none; also with a NULL memory.
 */
uint32_t memory_find(const struct image_memory *m, const struct buf *key,
		     const struct ip_predicate *p);

/* Which of the run's predicates hold where, in place of partition_make(): as it would be without a memory. 0 or -ENOMEM. */
int memory_partition(struct compilation *c, struct grid *g);

/* Takes what the next run may want; the run has it no more. 0 or -ENOMEM, then nothing was taken. */
int memory_take(struct compilation *c, struct grid *g, struct image_memory **ret);
