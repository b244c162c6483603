/* SPDX-License-Identifier: BSD-2-Clause */
/* `in` and `is`: what an entity belongs to. */
#include "policy/evaluate_expr.h"

#include <errno.h>

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

int evaluate_in(struct evaluation *ev, const struct expr *e, struct value *ret)
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
int evaluate_is(struct evaluation *ev, const struct expr *e, struct value *ret)
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
