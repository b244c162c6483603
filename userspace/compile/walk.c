/* SPDX-License-Identifier: BSD-2-Clause */
/* The walk over one condition: connectives here, comparisons and methods beside. */
#include "compile/walk.h"

#include "compile/fact.h"

const struct formula *walk_unsupported(struct compilation *c, const struct expr *e)
{
	compilation_fail(c, -EOPNOTSUPP);
	diag_error(
		c->d, "image-unsupported", e->span,
		"say it with the tests of postern-policy(5), or decide with the reference engine",
		"this version cannot compile this condition into an image");
	return &formula_false;
}

/* What reads no request, or asks the schema only, is a constant. */
static const struct formula *constant(struct compilation *c, const struct expr *e)
{
	static const struct request nothing;
	bool value;

	if (e->kind == EXPR_BOOL)
		return formula_constant(e->boolean);
	if (evaluate_condition(e, c->entities, &nothing, &value))
		return walk_unsupported(c, e);
	return formula_constant(value);
}

static bool endpoint_has(struct text name)
{
	static const char *const names[] = { "ip",	  "port",     "localIp",
					     "localPort", "protocol", "name" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_is(name, names[i]))
			return true;
	return false;
}

/* Every attribute of the schema is always there, and no attribute has attributes but context's. */
static const struct formula *walk_has(struct compilation *c, const struct expr *e)
{
	const struct expr *of = e->args[0];

	if (of->kind != EXPR_VAR)
		return walk_unsupported(c, e);
	if (of->var == VAR_PRINCIPAL)
		return formula_constant(e->n_names == 1 && principal_has(e->names[0]));
	if (of->var == VAR_RESOURCE && e->n_names == 1 && endpoint_has(e->names[0]))
		return door_endpoint(c);
	return &formula_false;
}

static const struct formula *in_entity(struct compilation *c, enum variable var,
				       const struct expr *e)
{
	enum action action;

	if (e->kind != EXPR_ENTITY)
		return walk_unsupported(c, e);
	if (var == VAR_PRINCIPAL)
		return principal_in(c, &e->uid);
	if (var == VAR_RESOURCE)
		return resource_in(c, &e->uid);
	if (text_is(e->uid.id, "egress"))
		return door_actions(c, 1u << POSTERN_CONNECT | 1u << POSTERN_SEND);
	if (text_is(e->uid.id, "ingress"))
		return door_actions(c, 1u << POSTERN_LISTEN | 1u << POSTERN_ACCEPT);
	return action_from_name(e->uid.id, &action) ? &formula_false
						    : door_actions(c, 1u << action);
}

/* `var in E` and `var in [E, …]`. */
static const struct formula *walk_in(struct compilation *c, enum variable var,
				     const struct expr *ancestors)
{
	VEC(const struct formula *) parts = { 0 };
	const struct formula *f = NULL;
	int r = 0;

	if (ancestors->kind != EXPR_SET)
		return in_entity(c, var, ancestors);
	for (size_t i = 0; r == 0 && i < ancestors->n_args; i++)
		r = vec_push(&parts, in_entity(c, var, ancestors->args[i]));
	if (compilation_fail(c, r) != -ENOMEM)
		f = formula_any(c->arena, parts.items, parts.n);
	vec_free(&parts);
	return f;
}

static const struct formula *walk_is(struct compilation *c, const struct expr *e)
{
	const struct expr *of = e->args[0];
	const struct formula *f = &formula_false;

	if (of->kind != EXPR_VAR || of->var == VAR_ACTION)
		return walk_unsupported(c, e);
	if (of->var == VAR_PRINCIPAL && text_is(e->string, "Process"))
		f = &formula_true;
	else if (of->var == VAR_RESOURCE && text_is(e->string, "Endpoint"))
		f = door_endpoint(c);
	else if (of->var == VAR_RESOURCE && text_is(e->string, "SocketKind"))
		f = formula_not(c->arena, door_endpoint(c));
	if (e->n_args < 2 || !f || f->kind == FORMULA_FALSE)
		return f;
	return formula_and(c->arena, f, walk_in(c, of->var, e->args[1]));
}

static const struct formula *walk_if(struct compilation *c, const struct expr *e)
{
	const struct formula *cond = walk_expr(c, e->args[0]);
	const struct formula *yes = walk_expr(c, e->args[1]);
	const struct formula *no = walk_expr(c, e->args[2]);

	return formula_or(c->arena, formula_and(c->arena, cond, yes),
			  formula_and(c->arena, formula_not(c->arena, cond), no));
}

/* From left to right, so that atoms are numbered alike whatever compiled this. */
static const struct formula *walk_both(struct compilation *c, const struct expr *e)
{
	const struct formula *a = walk_expr(c, e->args[0]), *b = walk_expr(c, e->args[1]);

	return e->kind == EXPR_AND ? formula_and(c->arena, a, b) : formula_or(c->arena, a, b);
}

/* Tests on the request itself. */
static const struct formula *walk_test(struct compilation *c, const struct expr *e)
{
	switch (e->kind) {
	case EXPR_HAS:
		return walk_has(c, e);
	case EXPR_IS:
		return walk_is(c, e);
	case EXPR_IN:
		if (e->args[0]->kind != EXPR_VAR)
			return walk_unsupported(c, e);
		return walk_in(c, e->args[0]->var, e->args[1]);
	case EXPR_LIKE:
		return principal_like(c, expr_attribute(e->args[0], VAR_PRINCIPAL), e);
	case EXPR_METHOD:
		return walk_method(c, e);
	case EXPR_GET:
		if (text_is(expr_attribute(e, VAR_PRINCIPAL), "preexisting"))
			return principal_preexisting(c);
		return walk_unsupported(c, e);
	default:
		return walk_compare(c, e);
	}
}

const struct formula *walk_expr(struct compilation *c, const struct expr *e)
{
	unsigned reads = expr_reads(e), kinds = fact_kinds(e);

	if (reads == 0 || (reads == 1u << VAR_CONTEXT && e->kind == EXPR_HAS))
		return constant(c, e);
	if (kinds == FACT_DEVICE_ONLY)
		return fact_walk(c, e);
	switch (e->kind) {
	case EXPR_AND:
	case EXPR_OR:
		return walk_both(c, e);
	case EXPR_NOT:
		return formula_not(c->arena, walk_expr(c, e->args[0]));
	case EXPR_IF:
		return walk_if(c, e);
	default:
		return kinds & ~1u || reads == 1u << VAR_CONTEXT ? fact_walk(c, e)
								 : walk_test(c, e);
	}
}
