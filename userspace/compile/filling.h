/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The grid while it is being filled, one class of addresses after the other: a row is what its live rules come to from one
 * door at which one of them changes to the next.
 */
#pragma once

#include "compile/candidates.h"
#include "compile/grid.h"

/* Of a live rule, on the way through its turns. */
struct outcome {
	size_t next; /* turn */
	uint32_t residue;
};

/* What one filling needs besides the grid. */
struct filling {
	struct compilation *c;
	struct grid *g;
	struct rule_table *tables; /* owned; one a rule */
	uint32_t *outlook; /* owned; of each rule on the present class of addresses */
	VEC(struct row_step) row;
	struct candidates candidates;
	VEC(uint32_t) live; /* rules that are not dead for the present class of addresses, */
	VEC(struct outcome) now; /* and what each of them comes to at the present door */
	VEC(uint64_t) turns; /* of all of them: piece << 32 | its number among the live ones */
	VEC(uint32_t) holding; /* numbers of those whose residue has alternatives, ascending */
	VEC(uint32_t) cell; /* residues of the cell being made */
	VEC(uint32_t) before; /* and of the one before it in the row, */
	uint32_t cell_before; /* which has this number */
	int refused;
};

int filling_init(struct filling *f);
void filling_deinit(struct filling *f);

/* A rule's residue at a place; RESIDUE_UNKNOWN never. A refused one is none, and f->refused is set. 0 or -ENOMEM. */
int cell_residue(struct filling *f, struct rule_table *t, const struct place *at, uint32_t *ret);
/* The number of the cell whose residues are f->cell. 0, -ENOMEM, or -E2BIG. */
int cell_put(struct filling *f, uint32_t *ret);

/* The row of a class of addresses. 0, -ENOMEM, or -E2BIG. */
int row_make(struct filling *f, uint32_t ip_class);
