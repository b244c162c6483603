/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Destinations: classes of addresses × classes of doors, and in each such cell the residues of the
 * rules that can still hold there. Equal residues, cells and rows are stored once.
 */
#pragma once

#include "compile/residue.h"

struct grid {
	struct intern *ip_sets, *door_sets; /* owned; a class's number: its set of predicates */
	struct partition v4, v6, doors;
	struct intern *residues; /* owned; lines of struct postern_alternative; 0 has none */
	struct intern *cells; /* owned; numbers of residues, in the order of the rules */
	struct intern *rows; /* owned; a cell number for each class of doors */
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
