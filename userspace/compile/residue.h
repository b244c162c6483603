/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is left of a rule at one place, a class of addresses and a class of doors: its atoms on the
 * resource are constants there, and the rest is a short disjunction over principal and facts.
 */
#pragma once

#include "compile/conjunct.h"

struct place {
	const uint64_t *ips; /* predicates on the address that hold; none for create */
	const uint64_t *doors; /* predicates on the door that hold */
};

/* Alternatives that a disjunction may have on its way, before it is shortened. */
#define RESIDUE_WORKING_MAX 1024

/* Appends the alternatives of `f` at a place. 0, -E2BIG past RESIDUE_WORKING_MAX, -ENOMEM. */
int residue_make(struct compilation *c, const struct place *at, const struct formula *f,
		 conjuncts *ret);
