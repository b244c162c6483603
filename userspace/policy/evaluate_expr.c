/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expressions, as docs.cedarpolicy.com/policies/syntax-operators.html defines them: && and || look
 * at their right side only when they must, == never fails, everything else insists on its types.
 */
#include <errno.h>
#include <string.h>

#include "policy/evaluate.h"

typedef int evaluate_fn(struct evaluation *ev, const struct expr *e, struct value *ret);

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

static int evaluate_two(struct evaluation *ev, const struct expr *e, struct value v[2])
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

static int evaluate_neg(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	struct value v;
	int r = expr_evaluate(ev, e->args[0], &v);
	int64_t n;

	if (r < 0)
		return r;
	if (v.kind != VALUE_LONG || __builtin_sub_overflow(0, v.number, &n))
		return -EINVAL;
	*ret = value_long(n);
	return 0;
}

static int evaluate_equality(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	struct value v[2];
	int r = evaluate_two(ev, e, v);

	if (r == 0)
		*ret = value_bool(value_equal(&v[0], &v[1]) == (e->kind == EXPR_EQ));
	return r;
}

static int evaluate_order(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	struct value v[2];
	int r = evaluate_two(ev, e, v);
	int64_t a, b;

	if (r < 0)
		return r;
	if (v[0].kind != v[1].kind ||
	    (v[0].kind != VALUE_LONG && v[0].kind != VALUE_DATETIME && v[0].kind != VALUE_DURATION))
		return -EINVAL;
	a = v[0].number;
	b = v[1].number;
	if (e->kind == EXPR_LT || e->kind == EXPR_GT)
		*ret = value_bool(e->kind == EXPR_LT ? a < b : a > b);
	else
		*ret = value_bool(e->kind == EXPR_LE ? a <= b : a >= b);
	return 0;
}

static int evaluate_arithmetic(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	struct value v[2];
	int r = evaluate_two(ev, e, v);
	bool overflow;
	int64_t n;

	if (r < 0)
		return r;
	if (v[0].kind != VALUE_LONG || v[1].kind != VALUE_LONG)
		return -EINVAL;
	if (e->kind == EXPR_ADD)
		overflow = __builtin_add_overflow(v[0].number, v[1].number, &n);
	else if (e->kind == EXPR_SUB)
		overflow = __builtin_sub_overflow(v[0].number, v[1].number, &n);
	else
		overflow = __builtin_mul_overflow(v[0].number, v[1].number, &n);
	if (overflow)
		return -EINVAL;
	*ret = value_long(n);
	return 0;
}

/* An entity in an entity, or in any of a set of entities, all of which must be entities. */
static int in_value(const struct evaluation *ev, const struct value *v, const struct value *where,
		    bool *ret)
{
	bool in = false;

	if (v->kind != VALUE_ENTITY)
		return -EINVAL;
	if (where->kind == VALUE_ENTITY) {
		*ret = hierarchy_in(ev, &v->uid, &where->uid);
		return 0;
	}
	if (where->kind != VALUE_SET)
		return -EINVAL;
	for (size_t i = 0; i < where->members.n; i++) {
		const struct value *member = &where->members.items[i];

		if (member->kind != VALUE_ENTITY)
			return -EINVAL;
		in |= hierarchy_in(ev, &v->uid, &member->uid);
	}
	*ret = in;
	return 0;
}

static int evaluate_in(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	struct value v[2];
	int r = evaluate_two(ev, e, v);
	bool in;

	r = r ? r : in_value(ev, &v[0], &v[1], &in);
	if (r == 0)
		*ret = value_bool(in);
	return r;
}

/* `e is T in f` means `e is T && e in f`. */
static int evaluate_is(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	struct value v, where;
	bool is;
	int r = expr_evaluate(ev, e->args[0], &v);

	if (r < 0)
		return r;
	if (v.kind != VALUE_ENTITY)
		return -EINVAL;
	is = text_eq(v.uid.type, e->string);
	if (is && e->n_args == 2) {
		r = expr_evaluate(ev, e->args[1], &where);
		r = r ? r : in_value(ev, &v, &where, &is);
	}
	if (r == 0)
		*ret = value_bool(is);
	return r;
}

/* The attributes of a record or of one of the request's two entities; NULL for other values. */
static const struct value *attributes_of(const struct evaluation *ev, const struct value *v)
{
	if (v->kind == VALUE_RECORD)
		return v;
	if (v->kind != VALUE_ENTITY)
		return NULL;
	if (uid_equal(&v->uid, &ev->principal.uid))
		return &ev->principal_record;
	return uid_equal(&v->uid, &ev->resource.uid) ? &ev->resource_record : NULL;
}

static int evaluate_get(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	const struct value *record, *member;
	struct value v;
	int r = expr_evaluate(ev, e->args[0], &v);

	if (r < 0)
		return r;
	record = attributes_of(ev, &v);
	member = record ? record_get(record, e->string) : NULL;
	if (!member)
		return -EINVAL;
	*ret = *member;
	return 0;
}

/* `e has a.b.c` means `e has a && e.a has b && e.a.b has c`. */
static int evaluate_has(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	struct value v;
	int r = expr_evaluate(ev, e->args[0], &v);

	if (r < 0)
		return r;
	for (size_t i = 0; i < e->n_names; i++) {
		const struct value *record = attributes_of(ev, &v), *member;

		if (!record)
			return -EINVAL;
		member = record_get(record, e->names[i]);
		if (!member) {
			*ret = value_bool(false);
			return 0;
		}
		v = *member;
	}
	*ret = value_bool(true);
	return 0;
}

/*
 * Whether the text matches. After a star the shortest match is tried first and lengthened on
 * failure; only the last star ever needs to be lengthened.
 */
static bool matches(struct text t, const struct pattern_part *parts, size_t n)
{
	size_t part = 0, at = 0, star = n, retry = 0;

	while (part < n || at < t.len) {
		const struct text *literal = part < n ? &parts[part].literal : NULL;

		if (part < n && parts[part].star) {
			star = part++;
			retry = at;
		} else if (literal && literal->len <= t.len - at &&
			   (literal->len == 0 || memcmp(t.s + at, literal->s, literal->len) == 0)) {
			at += literal->len;
			part++;
		} else if (star < n && retry < t.len) {
			at = ++retry;
			part = star + 1;
		} else {
			return false;
		}
	}
	return true;
}

static int evaluate_like(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	struct value v;
	int r = expr_evaluate(ev, e->args[0], &v);

	if (r < 0)
		return r;
	if (v.kind != VALUE_STRING)
		return -EINVAL;
	*ret = value_bool(matches(v.string, e->pattern, e->n_pattern));
	return 0;
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
