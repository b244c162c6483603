/* SPDX-License-Identifier: BSD-2-Clause */
/* Comparisons and arithmetic. == never fails; the others insist on their types and on 64 bits. */
#include "policy/evaluate_expr.h"

#include <errno.h>

int evaluate_neg(struct evaluation *ev, const struct expr *e, struct value *ret)
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

int evaluate_equality(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	struct value v[2];
	int r = evaluate_two(ev, e, v);

	if (r == 0)
		*ret = value_bool(value_equal(&v[0], &v[1]) == (e->kind == EXPR_EQ));
	return r;
}

int evaluate_order(struct evaluation *ev, const struct expr *e, struct value *ret)
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

int evaluate_arithmetic(struct evaluation *ev, const struct expr *e, struct value *ret)
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
