/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Destinations: classes of addresses, and for each a row that tells the doors apart at which something changes for one of
 * the rules that can still hold there; in each cell of it their residues. Equal residues, cells and rows are stored once.
 */
#pragma once

#include "compile/residue.h"

/* From this door on, up to the next step's, a row has this cell. */
struct row_step {
	uint32_t door, cell;
};

struct grid {
	struct intern *ip_sets, *door_sets; /* owned; a class's number: its set of predicates */
	struct partition v4, v6, doors;
	struct intern *residues; /* owned; lines of struct postern_alternative; 0 has none */
	struct intern *cells; /* owned; numbers of residues, in the order of the rules */
	struct intern *rows; /* owned; struct row_step each, the first at door 0 */
	uint32_t *row_of; /* owned; by class of addresses */
	struct intern *columns[POSTERN_DIMS]; /* owned; classset numbers that terms ask for */
	size_t alternative_lines; /* of all cells together */
};

/* 0, -ENOMEM, or -E2BIG with diags. */
int grid_make(struct compilation *c, struct grid *g);
void grid_deinit(struct grid *g);

/* The lines of one rule's alternatives, as a residue of the grid. 0 or -ENOMEM. */
int alternatives_encode(struct compilation *c, struct grid *g, const struct rule *rule,
			const conjuncts *list, uint32_t *ret_residue);
