/* SPDX-License-Identifier: BSD-2-Clause */
/* What an expression reads, and the few shapes of it that more than one walk asks for. */
#include "compile/walk.h"

unsigned expr_reads(const struct expr *e)
{
	unsigned reads = e->kind == EXPR_VAR ? 1u << e->var : 0;

	for (size_t i = 0; i < e->n_args; i++)
		reads |= expr_reads(e->args[i]);
	return reads;
}

struct text expr_attribute(const struct expr *e, enum variable var)
{
	if (e->kind == EXPR_GET && e->args[0]->kind == EXPR_VAR && e->args[0]->var == var)
		return e->string;
	return (struct text){ "", 0 };
}

bool literal_number(const struct expr *e, int64_t *ret)
{
	if (e->kind == EXPR_LONG) {
		*ret = e->number;
		return true;
	}
	if (e->kind == EXPR_NEG && e->args[0]->kind == EXPR_LONG) {
		*ret = -e->args[0]->number;
		return true;
	}
	return false;
}
