/* SPDX-License-Identifier: BSD-2-Clause */
/* `==`, `<` and their kin. */
#include <errno.h>

#include "policy/type_check.h"

static bool is_literal(const struct expr *e)
{
	return e->kind == EXPR_BOOL || e->kind == EXPR_LONG || e->kind == EXPR_STRING ||
	       e->kind == EXPR_ENTITY;
}

/* In one environment the variable `action` is one action, known like a literal. */
static bool is_action(const struct expr *e)
{
	return e->kind == EXPR_VAR && e->var == VAR_ACTION;
}

static bool same_literal(const struct type_checker *c, const struct expr *a, const struct expr *b)
{
	if (is_action(a) && is_action(b))
		return true;
	if (is_action(b))
		return same_literal(c, b, a);
	if (is_action(a))
		return b->kind == EXPR_ENTITY && text_is(b->uid.type, "Action") &&
		       text_is(b->uid.id, c->action->name);
	if (a->kind != b->kind)
		return false;
	if (a->kind == EXPR_ENTITY)
		return text_eq(a->uid.type, b->uid.type) && text_eq(a->uid.id, b->uid.id);
	return a->kind == EXPR_STRING ? text_eq(a->string, b->string)
	       : a->kind == EXPR_LONG ? a->number == b->number
				      : a->boolean == b->boolean;
}

/* True, False, or Bool when only a request can tell. */
static const struct type *equality(const struct type_checker *c, const struct expr *a,
				   const struct type *at, const struct expr *b,
				   const struct type *bt)
{
	if (at->kind == TYPE_ENTITY && bt->kind == TYPE_ENTITY && at->entity != bt->entity)
		return &type_false;
	if ((is_literal(a) || is_action(a)) && (is_literal(b) || is_action(b)))
		return type_of_bool(same_literal(c, a, b));
	return &type_bool;
}

struct answer type_equal(struct type_checker *c, const struct known *prior, struct expr *e)
{
	struct expr *a = e->args[0], *b = e->args[1];
	const struct type *at = type_expr(c, prior, a).type;
	const struct type *bt = type_expr(c, prior, b).type;
	const struct type *t, *joined;
	int r;

	if (!at || !bt)
		return NO_TYPE;
	t = equality(c, a, at, b, bt);
	if (t->kind != TYPE_BOOL)
		return answer_of(type_of_bool((t->kind == TYPE_TRUE) == (e->kind == EXPR_EQ)));
	r = type_join(c->arena, at, bt, &joined);
	if (r == -EINVAL)
		return type_mismatch(c, e, at, bt);
	if (r < 0)
		c->err = r;
	return answer_of(&type_bool);
}

static bool has_order(const struct type *t)
{
	return t->kind == TYPE_LONG || t->kind == TYPE_DATETIME || t->kind == TYPE_DURATION;
}

struct answer type_order(struct type_checker *c, const struct known *prior, struct expr *e)
{
	static const char wanted[] = "a Long, a datetime or a duration";
	const struct type *a = type_expr(c, prior, e->args[0]).type;
	const struct type *b = type_expr(c, prior, e->args[1]).type;

	if (!a || !b)
		return NO_TYPE;
	if (!has_order(a))
		return type_unexpected(c, e->args[0], wanted, a);
	if (!has_order(b))
		return type_unexpected(c, e->args[1], wanted, b);
	if (a->kind != b->kind)
		return type_mismatch(c, e, a, b);
	return answer_of(&type_bool);
}
