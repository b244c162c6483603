/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attributes of records and of the request's two entities. Those of other entities are not looked
 * up: a checked policy reads none, and asking for one is an error.
 */
#include "policy/evaluate_expr.h"

#include <errno.h>

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

int evaluate_get(struct evaluation *ev, const struct expr *e, struct value *ret)
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
int evaluate_has(struct evaluation *ev, const struct expr *e, struct value *ret)
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
