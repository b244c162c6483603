/* SPDX-License-Identifier: BSD-2-Clause */
/* Building formulas, folding constants. */
#include "compile/formula.h"

const struct formula formula_true = { .kind = FORMULA_TRUE };
const struct formula formula_false = { .kind = FORMULA_FALSE };

static const struct formula *node(struct arena *arena, struct formula value)
{
	struct formula *f = arena_new_of(arena, struct formula);

	if (f)
		*f = value;
	return f;
}

const struct formula *formula_constant(bool value)
{
	return value ? &formula_true : &formula_false;
}

const struct formula *formula_atom(struct arena *arena, uint32_t atom)
{
	return node(arena, (struct formula){ .kind = FORMULA_ATOM, .atom = atom });
}

const struct formula *formula_not(struct arena *arena, const struct formula *f)
{
	if (!f)
		return NULL;
	switch (f->kind) {
	case FORMULA_TRUE:
		return &formula_false;
	case FORMULA_FALSE:
		return &formula_true;
	case FORMULA_NOT:
		return f->a;
	default:
		return node(arena, (struct formula){ .kind = FORMULA_NOT, .a = f });
	}
}

const struct formula *formula_and(struct arena *arena, const struct formula *a,
				  const struct formula *b)
{
	if (!a || !b)
		return NULL;
	if (a->kind == FORMULA_FALSE || b->kind == FORMULA_TRUE)
		return a;
	if (b->kind == FORMULA_FALSE || a->kind == FORMULA_TRUE)
		return b;
	return node(arena, (struct formula){ .kind = FORMULA_AND, .a = a, .b = b });
}

const struct formula *formula_or(struct arena *arena, const struct formula *a,
				 const struct formula *b)
{
	if (!a || !b)
		return NULL;
	if (a->kind == FORMULA_TRUE || b->kind == FORMULA_FALSE)
		return a;
	if (b->kind == FORMULA_TRUE || a->kind == FORMULA_FALSE)
		return b;
	return node(arena, (struct formula){ .kind = FORMULA_OR, .a = a, .b = b });
}

const struct formula *formula_any(struct arena *arena, const struct formula *const *fs, size_t n)
{
	const struct formula *a, *b;

	if (n == 0)
		return &formula_false;
	if (n == 1)
		return fs[0];
	a = formula_any(arena, fs, n / 2);
	b = formula_any(arena, fs + n / 2, n - n / 2);
	return formula_or(arena, a, b);
}

bool formula_equal(const struct formula *a, const struct formula *b)
{
	if (a == b)
		return true;
	if (!a || !b || a->kind != b->kind)
		return false;
	if (a->kind == FORMULA_ATOM)
		return a->atom == b->atom;
	return formula_equal(a->a, b->a) && formula_equal(a->b, b->b);
}
