/* SPDX-License-Identifier: BSD-2-Clause */
/* What a policy's scope says about one action and the types that it applies to. */
#include "policy/validate.h"

static const struct type *both(const struct type *a, const struct type *b)
{
	if (a->kind == TYPE_FALSE || b->kind == TYPE_FALSE)
		return &type_false;
	return a->kind == TYPE_TRUE ? b : a;
}

/* Whether `of` may be, or contain, the scope's entity. A template's slot may be anything. */
static const struct type *scope_in(const struct scope *s, const struct entity_type *of)
{
	const struct entity_type *t = s->slot ? of : schema_entity(s->uids[0].type);

	return t && schema_may_be_in(of, t) ? &type_bool : &type_false;
}

static const struct type *scope_entity(const struct scope *s, const struct type *variable)
{
	const struct entity_type *of = variable->entity;

	switch (s->kind) {
	case SCOPE_EQ:
		return s->slot || text_eq(s->uids[0].type, of->name) ? &type_bool : &type_false;
	case SCOPE_IN:
		return scope_in(s, of);
	case SCOPE_IS:
		return type_of_bool(text_eq(s->type, of->name));
	case SCOPE_IS_IN:
		return text_eq(s->type, of->name) ? scope_in(s, of) : &type_false;
	case SCOPE_ANY:
		break;
	}
	return &type_true;
}

static const struct type *scope_action(const struct scope *s, const struct schema_action *a)
{
	if (s->kind == SCOPE_ANY)
		return &type_true;
	if (s->kind == SCOPE_EQ)
		return type_of_bool(text_is(s->uids[0].id, a->name));
	for (size_t i = 0; i < s->n_uids; i++) {
		if (schema_action_in(a, s->uids[i].id))
			return &type_true;
	}
	return &type_false;
}

const struct type *validate_scope(const struct policy *p, const struct schema_action *action)
{
	return both(both(scope_entity(&p->principal, action->principal),
			 scope_action(&p->action, action)),
		    scope_entity(&p->resource, action->resource));
}

/* Cedar looks at the list only where the principal before it can match at all. */
size_t validate_action_list(const struct policy *p, struct diags *d)
{
	const struct type *process = schema_entity_ref(&entity_process);

	if (p->action.kind != SCOPE_IN || p->action.n_uids > 0 ||
	    scope_entity(&p->principal, process)->kind == TYPE_FALSE)
		return 0;
	diag_error(d, "type-empty-set", p->action.span, "name the actions",
		   "`action in []` is true of no action");
	return 1;
}
