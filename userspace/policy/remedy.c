/* SPDX-License-Identifier: BSD-2-Clause */
/* The walk over a condition down to the tests that stand in the way. */
#include "policy/remedy.h"

/* A test that already is what it has to be needs nothing. */
static bool is_satisfied(const struct remedy *r, const struct expr *e, bool wanted)
{
	bool holds;

	return expr_evaluate_bool(r->ev, e, &holds) < 0 || holds == wanted;
}

static bool remedy_of_test(struct remedy *r, const struct expr *e, bool wanted)
{
	return remedy_session(r, e, wanted) || remedy_person(r, e, wanted) ||
	       remedy_device(r, e, wanted) || remedy_time(r, e, wanted);
}

/* The first of two that there is something to say about: one is enough of an ||, and a beginning of an &&. */
static bool remedy_of_two(struct remedy *r, const struct expr *e, bool wanted)
{
	return remedy_of(r, e->args[0], wanted) || remedy_of(r, e->args[1], wanted);
}

static bool remedy_of_if(struct remedy *r, const struct expr *e, bool wanted)
{
	bool condition;

	if (expr_evaluate_bool(r->ev, e->args[0], &condition) < 0)
		return false;
	return remedy_of(r, e->args[condition ? 1 : 2], wanted) ||
	       remedy_of(r, e->args[0], !condition);
}

bool remedy_of(struct remedy *r, const struct expr *e, bool wanted)
{
	if (is_satisfied(r, e, wanted))
		return false;
	switch (e->kind) {
	case EXPR_NOT:
		return remedy_of(r, e->args[0], !wanted);
	case EXPR_AND:
	case EXPR_OR:
		return remedy_of_two(r, e, wanted);
	case EXPR_IF:
		return remedy_of_if(r, e, wanted);
	default:
		return remedy_of_test(r, e, wanted);
	}
}

void context_attribute(const struct expr *e, struct text *section, struct text *name)
{
	const struct expr *of = e->kind == EXPR_GET ? e->args[0] : NULL;

	*section = *name = (struct text){ "", 0 };
	if (!of)
		return;
	if (of->kind == EXPR_VAR && of->var == VAR_CONTEXT) {
		*name = e->string;
	} else if (of->kind == EXPR_GET && of->args[0]->kind == EXPR_VAR &&
		   of->args[0]->var == VAR_CONTEXT) {
		*section = of->string;
		*name = e->string;
	}
}
