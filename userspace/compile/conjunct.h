/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One alternative of a residue: a set of classes per dimension, and bits that must and must not
 * be there. Lists of them are disjunctions.
 */
#pragma once

#include "compile/compilation.h"

enum { GROUP_WORDS = POSTERN_GROUPS_MAX / 64, UNIT_WORDS = POSTERN_UNITS_MAX / 64 };

struct unit_bits {
	__u64 word[UNIT_WORDS];
};

struct conjunct {
	uint32_t set[POSTERN_DIMS]; /* classset numbers */
	uint32_t pad; /* zero: conjuncts are compared as bytes */
	struct postern_bits group, no_group;
	struct unit_bits unit, no_unit;
	__u64 must, must_not;
};

_Static_assert(sizeof(struct conjunct) ==
		       4 * (POSTERN_DIMS + 1) + 2 * 32 + 2 * POSTERN_UNITS_MAX / 8 + 16,
	       "no padding");

typedef VEC(struct conjunct) conjuncts;

/* Both together; *ret_empty when they cannot hold together. 0 or -ENOMEM. */
int conjunct_and(struct compilation *c, const struct conjunct *a, const struct conjunct *b,
		 struct conjunct *ret, bool *ret_empty);

/* The test of a class, bit or fact atom, or its negation. 0 or -ENOMEM; *ret_empty as above. */
int conjunct_literal(struct compilation *c, const struct atom *atom, bool positive,
		     struct conjunct *ret, bool *ret_empty);

/* Whether everything that satisfies `b` satisfies `a`. */
bool conjunct_covers(const struct compilation *c, const struct conjunct *a,
		     const struct conjunct *b);

/*
 * Makes alternatives wider where others cover what is added, so that more of them can be absorbed; *ret_changed is set
 * when one was. The disjunction means the same. 0 or -ENOMEM.
 */
int conjuncts_widen(struct compilation *c, conjuncts *list, bool *ret_changed);

/* Removes alternatives that the others cover together. 0 or -ENOMEM. */
int conjuncts_drop_redundant(struct compilation *c, conjuncts *list);

/*
 * Shortens a disjunction: what another one covers goes, and those that differ in one dimension's
 * set only become one. 0 or -ENOMEM.
 */
int conjuncts_simplify(struct compilation *c, conjuncts *list);
