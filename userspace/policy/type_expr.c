/* SPDX-License-Identifier: BSD-2-Clause */
/* Types of literals, variables, sets, records and arithmetic; every other kind has its own file. */
#include <errno.h>

#include "policy/type_check.h"

static struct answer type_variable(const struct type_checker *c, const struct expr *e)
{
	switch (e->var) {
	case VAR_PRINCIPAL:
		return answer_of(c->action->principal);
	case VAR_RESOURCE:
		return answer_of(c->action->resource);
	case VAR_CONTEXT:
		return answer_of(c->action->context);
	case VAR_ACTION:
		break;
	}
	return answer_of(schema_entity_ref(&entity_action));
}

/* Unknown types and actions are reported once for the policy, by its check of names. */
static struct answer type_entity(struct type_checker *c, const struct expr *e)
{
	const struct entity_type *t = schema_entity(e->uid.type);

	if (!t || (t == &entity_action && !schema_action(e->uid.id))) {
		c->errors++;
		return NO_TYPE;
	}
	return answer_of(schema_entity_ref(t));
}

static struct answer type_set(struct type_checker *c, const struct known *prior, struct expr *e)
{
	const struct type *element = NULL;
	bool failed = false;

	if (e->n_args == 0) {
		type_error(c, e, "type-empty-set",
			   "write the elements, or leave the comparison out",
			   "the type of an empty set is not known");
		return NO_TYPE;
	}
	for (size_t i = 0; i < e->n_args; i++) {
		struct answer a = type_expr(c, prior, e->args[i]);
		int r = 0;

		failed |= !a.type;
		if (!failed)
			r = element ? type_join(c->arena, element, a.type, &element) : 0;
		if (r == -EINVAL)
			return type_mismatch(c, e, element, a.type);
		if (r < 0)
			c->err = r;
		element = element ? element : a.type;
	}
	return answer_of(failed ? NULL : type_set_of(c->arena, element));
}

static struct answer type_record(struct type_checker *c, const struct known *prior, struct expr *e)
{
	struct attribute *attributes = arena_array_of(c->arena, struct attribute, e->n_args);
	struct type *t = arena_new_of(c->arena, struct type);
	bool failed = !attributes || !t;

	if (failed) {
		c->err = -ENOMEM;
		return NO_TYPE;
	}
	for (size_t i = 0; i < e->n_args; i++) {
		attributes[i].name = e->names[i];
		attributes[i].type = type_expr(c, prior, e->args[i]).type;
		failed |= !attributes[i].type;
	}
	*t = (struct type){ .kind = TYPE_RECORD, .attributes = attributes };
	t->n_attributes = e->n_args;
	return answer_of(failed ? NULL : t);
}

static struct answer type_arithmetic(struct type_checker *c, const struct known *prior,
				     struct expr *e)
{
	bool failed = false;

	for (size_t i = 0; i < e->n_args; i++) {
		const struct type *t = type_expr(c, prior, e->args[i]).type;

		failed |= !t;
		if (t && t->kind != TYPE_LONG) {
			type_unexpected(c, e->args[i], "a Long", t);
			failed = true;
		}
	}
	return answer_of(failed ? NULL : &type_long);
}

static struct answer type_not(struct type_checker *c, const struct known *prior, struct expr *e)
{
	const struct type *t = type_condition(c, prior, e->args[0]).type;

	if (!t || t->kind == TYPE_BOOL)
		return answer_of(t);
	return answer_of(type_of_bool(t->kind == TYPE_FALSE));
}

static struct answer type_like(struct type_checker *c, const struct known *prior, struct expr *e)
{
	const struct type *t = type_expr(c, prior, e->args[0]).type;

	if (t && t->kind != TYPE_STRING)
		return type_unexpected(c, e->args[0], "a String before `like`", t);
	return answer_of(t ? &type_bool : NULL);
}

static struct answer type_slot(struct type_checker *c, const struct expr *e)
{
	type_error(c, e, "type-slot", "name the entity",
		   "a template slot cannot stand in a condition");
	return NO_TYPE;
}

static struct answer type_by_kind(struct type_checker *c, const struct known *prior, struct expr *e)
{
	switch (e->kind) {
	case EXPR_BOOL:
		return answer_of(type_of_bool(e->boolean));
	case EXPR_LONG:
		return answer_of(&type_long);
	case EXPR_STRING:
		return answer_of(&type_string);
	case EXPR_ENTITY:
		return type_entity(c, e);
	case EXPR_VAR:
		return type_variable(c, e);
	case EXPR_SLOT:
		return type_slot(c, e);
	case EXPR_SET:
		return type_set(c, prior, e);
	case EXPR_RECORD:
		return type_record(c, prior, e);
	case EXPR_IF:
		return type_if(c, prior, e);
	case EXPR_OR:
		return type_or(c, prior, e);
	case EXPR_AND:
		return type_and(c, prior, e);
	case EXPR_NOT:
		return type_not(c, prior, e);
	case EXPR_EQ:
	case EXPR_NE:
		return type_equal(c, prior, e);
	case EXPR_LT:
	case EXPR_LE:
	case EXPR_GT:
	case EXPR_GE:
		return type_order(c, prior, e);
	case EXPR_NEG:
	case EXPR_ADD:
	case EXPR_SUB:
	case EXPR_MUL:
		return type_arithmetic(c, prior, e);
	case EXPR_IN:
		return type_in(c, prior, e);
	case EXPR_IS:
		return type_is(c, prior, e);
	case EXPR_HAS:
		return type_has(c, prior, e);
	case EXPR_LIKE:
		return type_like(c, prior, e);
	case EXPR_GET:
		return type_get(c, prior, e);
	case EXPR_CALL:
		return type_call(c, prior, e);
	case EXPR_METHOD:
		return type_method(c, prior, e);
	}
	return NO_TYPE;
}

/* Where environments differ, the tree keeps Bool for a singleton, and else the first type. */
struct answer type_expr(struct type_checker *c, const struct known *prior, struct expr *e)
{
	struct answer a = type_by_kind(c, prior, e);

	if (!a.type)
		return NO_TYPE;
	if (!e->type)
		e->type = a.type;
	else if (type_is_bool(e->type) && type_is_bool(a.type) && e->type->kind != a.type->kind)
		e->type = &type_bool;
	return a;
}

struct answer type_condition(struct type_checker *c, const struct known *prior, struct expr *e)
{
	struct answer a = type_expr(c, prior, e);

	if (a.type && !type_is_bool(a.type))
		return type_unexpected(c, e, "a Bool", a.type);
	return a;
}
