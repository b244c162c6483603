/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A policy as a boolean formula over atoms. Constants fold as it is built; `if` is rewritten by the
 * walk that builds it. Nodes live in an arena and are shared freely.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

enum formula_kind {
	FORMULA_FALSE,
	FORMULA_TRUE,
	FORMULA_ATOM,
	FORMULA_NOT,
	FORMULA_AND,
	FORMULA_OR
};

struct formula {
	enum formula_kind kind;
	uint32_t atom; /* FORMULA_ATOM */
	const struct formula *a, *b; /* NOT: a; AND and OR: both */
};

extern const struct formula formula_true, formula_false;

/* Builders. NULL arguments (lack of memory further down) give NULL, as does lack of memory here. */
const struct formula *formula_constant(bool value);
const struct formula *formula_atom(struct arena *arena, uint32_t atom);
const struct formula *formula_not(struct arena *arena, const struct formula *f);
const struct formula *formula_and(struct arena *arena, const struct formula *a,
				  const struct formula *b);
const struct formula *formula_or(struct arena *arena, const struct formula *a,
				 const struct formula *b);
/* Disjunction of `n`, as a balanced tree: thousands of operands do not deepen a recursion. */
const struct formula *formula_any(struct arena *arena, const struct formula *const *fs, size_t n);

/* Whether they are built alike, which is enough to mean the same. */
bool formula_equal(const struct formula *a, const struct formula *b);
