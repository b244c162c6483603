/* SPDX-License-Identifier: BSD-2-Clause */
/* Which phase a condition belongs to: by what it reads of the request. */
#include "policy/rewrite.h"

bool rewrite_is_person(struct text type)
{
	return text_is(type, "Identity") || text_is(type, "Team");
}

static bool reads_context(const struct expr *e, const char *part)
{
	if (e->kind == EXPR_HAS) /* of the schema, not of the request: a constant */
		return false;
	if (e->kind == EXPR_GET && e->args[0]->kind == EXPR_VAR && e->args[0]->var == VAR_CONTEXT &&
	    text_is(e->string, part))
		return true;
	for (size_t i = 0; i < e->n_args; i++)
		if (reads_context(e->args[i], part))
			return true;
	return false;
}

static bool names_person(const struct expr *group)
{
	if (group->kind == EXPR_ENTITY)
		return rewrite_is_person(group->uid.type);
	for (size_t i = 0; i < group->n_args; i++)
		if (names_person(group->args[i]))
			return true;
	return false;
}

/* `principal in …` or `principal is Process in …`, also deep within another test. */
static bool asks_person(const struct expr *e)
{
	if ((e->kind == EXPR_IN || e->kind == EXPR_IS) && e->n_args == 2 &&
	    e->args[0]->kind == EXPR_VAR && e->args[0]->var == VAR_PRINCIPAL &&
	    names_person(e->args[1]))
		return true;
	for (size_t i = 0; i < e->n_args; i++)
		if (asks_person(e->args[i]))
			return true;
	return false;
}

unsigned int rewrite_class_of(const struct expr *atom)
{
	if (reads_context(atom, "session") || asks_person(atom))
		return REWRITE_IDENTITY;
	return reads_context(atom, "device") ? REWRITE_DEVICE : REWRITE_NETWORK;
}

bool rewrite_reads(const struct expr *e, unsigned int classes)
{
	switch (e->kind) {
	case EXPR_AND:
	case EXPR_OR:
	case EXPR_NOT:
	case EXPR_IF:
		for (size_t i = 0; i < e->n_args; i++)
			if (rewrite_reads(e->args[i], classes))
				return true;
		return false;
	default:
		return rewrite_class_of(e) & classes;
	}
}

bool rewrite_policy_reads(const struct policy *p, unsigned int classes)
{
	if (classes & REWRITE_IDENTITY && p->principal.n_uids &&
	    rewrite_is_person(p->principal.uids[0].type))
		return true;
	for (size_t i = 0; i < p->n_conditions; i++)
		if (rewrite_reads(p->conditions[i].body, classes))
			return true;
	return false;
}
