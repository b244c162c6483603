/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expressions, as docs.cedarpolicy.com/policies/syntax-operators.html defines them: && and || look
 * at their right side only when they must, == never fails, everything else insists on its types.
 */
#include "policy/evaluate_expr.h"

#include <errno.h>

int expr_evaluate_bool(struct evaluation *ev, const struct expr *e, bool *ret)
{
	struct value v;
	int r = expr_evaluate(ev, e, &v);

	if (r < 0)
		return r;
	if (v.kind != VALUE_BOOL)
		return -EINVAL;
	*ret = v.boolean;
	return 0;
}

int evaluate_two(struct evaluation *ev, const struct expr *e, struct value v[2])
{
	int r = expr_evaluate(ev, e->args[0], &v[0]);

	return r < 0 ? r : expr_evaluate(ev, e->args[1], &v[1]);
}

static int evaluate_literal(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	(void)ev;
	if (e->kind == EXPR_BOOL)
		*ret = value_bool(e->boolean);
	else if (e->kind == EXPR_LONG)
		*ret = value_long(e->number);
	else if (e->kind == EXPR_STRING)
		*ret = value_string(e->string);
	else
		*ret = (struct value){ .kind = VALUE_ENTITY, .uid = e->uid };
	return 0;
}

static int evaluate_variable(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	switch (e->var) {
	case VAR_PRINCIPAL:
		*ret = ev->principal;
		return 0;
	case VAR_ACTION:
		*ret = ev->action;
		return 0;
	case VAR_RESOURCE:
		*ret = ev->resource;
		return 0;
	case VAR_CONTEXT:
		*ret = ev->context;
		return 0;
	}
	return -EINVAL;
}

/* A set, or a record whose names are the expression's. */
static int evaluate_members(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	struct value *items = arena_array_of(ev->arena, struct value, e->n_args);
	bool record = e->kind == EXPR_RECORD;

	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < e->n_args; i++) {
		int r = expr_evaluate(ev, e->args[i], &items[i]);

		if (r < 0)
			return r;
	}
	*ret = (struct value){ .kind = record ? VALUE_RECORD : VALUE_SET,
			       .members = { record ? e->names : NULL, items, e->n_args } };
	return 0;
}

static int evaluate_if(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	bool condition;
	int r = expr_evaluate_bool(ev, e->args[0], &condition);

	return r < 0 ? r : expr_evaluate(ev, e->args[condition ? 1 : 2], ret);
}

/* && stops at false, || at true; what is not reached may be anything. */
static int evaluate_logic(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	bool stop = e->kind == EXPR_OR, b;
	int r = expr_evaluate_bool(ev, e->args[0], &b);

	if (r == 0 && b != stop)
		r = expr_evaluate_bool(ev, e->args[1], &b);
	if (r == 0)
		*ret = value_bool(b);
	return r;
}

static int evaluate_not(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	bool b;
	int r = expr_evaluate_bool(ev, e->args[0], &b);

	if (r == 0)
		*ret = value_bool(!b);
	return r;
}

static int evaluate_call(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	struct value args[2];

	if (e->n_args > 2)
		return -EINVAL;
	for (size_t i = 0; i < e->n_args; i++) {
		int r = expr_evaluate(ev, e->args[i], &args[i]);

		if (r < 0)
			return r;
	}
	return call_evaluate(e->string, args, e->n_args, ret);
}

static evaluate_fn *const evaluators[] = {
	[EXPR_BOOL] = evaluate_literal,	  [EXPR_LONG] = evaluate_literal,
	[EXPR_STRING] = evaluate_literal, [EXPR_ENTITY] = evaluate_literal,
	[EXPR_VAR] = evaluate_variable,	  [EXPR_SET] = evaluate_members,
	[EXPR_RECORD] = evaluate_members, [EXPR_IF] = evaluate_if,
	[EXPR_OR] = evaluate_logic,	  [EXPR_AND] = evaluate_logic,
	[EXPR_NOT] = evaluate_not,	  [EXPR_NEG] = evaluate_neg,
	[EXPR_EQ] = evaluate_equality,	  [EXPR_NE] = evaluate_equality,
	[EXPR_LT] = evaluate_order,	  [EXPR_LE] = evaluate_order,
	[EXPR_GT] = evaluate_order,	  [EXPR_GE] = evaluate_order,
	[EXPR_ADD] = evaluate_arithmetic, [EXPR_SUB] = evaluate_arithmetic,
	[EXPR_MUL] = evaluate_arithmetic, [EXPR_IN] = evaluate_in,
	[EXPR_IS] = evaluate_is,	  [EXPR_HAS] = evaluate_has,
	[EXPR_LIKE] = evaluate_like,	  [EXPR_GET] = evaluate_get,
	[EXPR_CALL] = evaluate_call,	  [EXPR_METHOD] = evaluate_call,
};

/* A template slot has no value and no row. */
int expr_evaluate(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	evaluate_fn *fn = (size_t)e->kind < sizeof(evaluators) / sizeof(evaluators[0])
				  ? evaluators[e->kind]
				  : NULL;

	return fn ? fn(ev, e, ret) : -EINVAL;
}
