/* SPDX-License-Identifier: BSD-2-Clause */
/* What an expression reads of a request. */
#include "policy/profile.h"

bool is_variable(const struct expr *e, enum variable var)
{
	return e->kind == EXPR_VAR && e->var == var;
}

bool is_attribute(const struct expr *e, enum variable var, const char *name)
{
	return e->kind == EXPR_GET && is_variable(e->args[0], var) && text_is(e->string, name);
}

bool reads_variable(const struct expr *e, enum variable var)
{
	if (is_variable(e, var))
		return true;
	for (size_t i = 0; i < e->n_args; i++) {
		if (reads_variable(e->args[i], var))
			return true;
	}
	return false;
}

bool reads_anything(const struct expr *e)
{
	return reads_variable(e, VAR_PRINCIPAL) || reads_variable(e, VAR_ACTION) ||
	       reads_variable(e, VAR_RESOURCE) || reads_variable(e, VAR_CONTEXT);
}
