/* SPDX-License-Identifier: BSD-2-Clause */
/* `in`, `is`, `has` and attributes. */
#include <errno.h>
#include <string.h>

#include "base/suggest.h"
#include "policy/type_check.h"

enum { ATTRIBUTES_SHOWN = 16 };

static bool is_entity_set(const struct type *t)
{
	return t->kind == TYPE_SET && t->element->kind == TYPE_ENTITY;
}

static bool is_action_id(const struct expr *e)
{
	return (e->kind == EXPR_VAR && e->var == VAR_ACTION) ||
	       (e->kind == EXPR_ENTITY && text_is(e->uid.type, "Action"));
}

static struct text action_id(const struct type_checker *c, const struct expr *e)
{
	struct text here = { c->action->name, strlen(c->action->name) };

	return e->kind == EXPR_VAR ? here : e->uid.id;
}

/* Whether the right side of `in` is literals (or `action`) only: then actions are decided now. */
static bool is_known_set(const struct expr *e)
{
	if (e->kind == EXPR_ENTITY || is_action_id(e))
		return true;
	for (size_t i = 0; i < e->n_args; i++) {
		if (e->args[i]->kind != EXPR_ENTITY && !is_action_id(e->args[i]))
			return false;
	}
	return e->kind == EXPR_SET;
}

static bool action_in(const struct type_checker *c, const struct expr *action,
		      const struct expr *of)
{
	const struct schema_action *a = schema_action(action_id(c, action));

	if (of->kind != EXPR_SET)
		return is_action_id(of) && schema_action_in(a, action_id(c, of));
	for (size_t i = 0; i < of->n_args; i++) {
		if (action_in(c, action, of->args[i]))
			return true;
	}
	return false;
}

/* True or False where the schema alone can tell, else Bool. */
static struct answer membership(struct type_checker *c, const struct expr *entity,
				const struct type *t, const struct expr *group,
				const struct type *group_type)
{
	const struct type *of = group_type->kind == TYPE_SET ? group_type->element : group_type;

	if (is_action_id(entity) && is_known_set(group))
		return answer_of(type_of_bool(action_in(c, entity, group)));
	if (!schema_may_be_in(t->entity, of->entity))
		return answer_of(&type_false);
	if (of->entity == &entity_service && strcmp(c->action->name, "accept") == 0)
		c->service_for_accept = group;
	return answer_of(&type_bool);
}

/* `entity in group`, given the entity's type. */
static struct answer type_in_group(struct type_checker *c, const struct known *prior,
				   const struct expr *entity, const struct type *t,
				   struct expr *group)
{
	const struct type *of = type_expr(c, prior, group).type;

	if (t && t->kind != TYPE_ENTITY)
		return type_unexpected(c, entity, "an entity before `in`", t);
	if (of && of->kind != TYPE_ENTITY && !is_entity_set(of))
		return type_unexpected(c, group, "an entity or a set of entities after `in`", of);
	if (!t || !of)
		return NO_TYPE;
	return membership(c, entity, t, group, of);
}

struct answer type_in(struct type_checker *c, const struct known *prior, struct expr *e)
{
	const struct type *t = type_expr(c, prior, e->args[0]).type;

	return type_in_group(c, prior, e->args[0], t, e->args[1]);
}

/* `e is T in g` is `e is T && e in g`: what is never a T is not looked for in g. */
struct answer type_is(struct type_checker *c, const struct known *prior, struct expr *e)
{
	const struct type *t = type_expr(c, prior, e->args[0]).type;
	bool is;

	if (!t)
		return NO_TYPE;
	if (t->kind != TYPE_ENTITY)
		return type_unexpected(c, e->args[0], "an entity before `is`", t);
	is = text_eq(t->entity->name, e->string);
	if (is && e->n_args > 1)
		return type_in_group(c, prior, e->args[0], t, e->args[1]);
	return answer_of(type_of_bool(is));
}

/* "write `sha256`", of the attributes that there are; into `hint`. */
static const char *suggest_attribute(const struct type *t, struct text name, struct buf *hint)
{
	const struct attribute *all = t->kind == TYPE_ENTITY ? t->entity->attributes
							     : t->attributes;
	size_t n = t->kind == TYPE_ENTITY ? t->entity->n_attributes : t->n_attributes;
	const char *names[ATTRIBUTES_SHOWN];
	const char *near;

	n = n < ATTRIBUTES_SHOWN ? n : ATTRIBUTES_SHOWN;
	for (size_t i = 0; i < n; i++)
		names[i] = all[i].name.s;
	near = suggest(name.s, names, n);
	if (near) {
		buf_printf(hint, "write `%s`", near);
		return hint->data;
	}
	for (size_t i = 0; i < n; i++)
		buf_printf(hint, "%s%s", i ? ", " : "one of ", names[i]);
	return hint->data;
}

static struct answer no_attribute(struct type_checker *c, const struct expr *e,
				  const struct type *t)
{
	_cleanup_buf_ struct buf type_name = BUF_INIT, hint = BUF_INIT;
	const struct expr *of = e->args[0];

	type_print(t, &type_name);
	suggest_attribute(t, e->string, &hint);
	if (of->kind == EXPR_VAR && of->var == VAR_RESOURCE && t->entity == &entity_socket_kind) {
		buf_clear(&hint);
		buf_puts(&hint, "write `resource is Endpoint` in the scope, or name the actions");
	}
	type_error(c, e, "type-attribute", hint.data, "%s has no attribute `%s` (action `%s`)",
		   type_name.data ? type_name.data : "", e->string.s, c->action->name);
	return NO_TYPE;
}

struct answer type_get(struct type_checker *c, const struct known *prior, struct expr *e)
{
	const struct type *t = type_expr(c, prior, e->args[0]).type;
	const struct attribute *found;

	if (!t)
		return NO_TYPE;
	if (t->kind != TYPE_ENTITY && t->kind != TYPE_RECORD)
		return type_unexpected(c, e->args[0], "an entity or a record before the dot", t);
	found = type_attribute(t, e->string);
	return found ? answer_of(found->type) : no_attribute(c, e, t);
}

/*
 * One step of `has`. A record has its attributes always. An entity may be missing from the store,
 * so its attribute is certain only where it was asked for before.
 */
static struct answer has_one(struct type_checker *c, const struct known *prior,
			     const struct expr *of, const struct type *t, struct text name)
{
	bool certain = t->kind == TYPE_RECORD || known_has(prior, of, name);

	if (t->kind != TYPE_ENTITY && t->kind != TYPE_RECORD)
		return type_unexpected(c, of, "an entity or a record before `has`", t);
	if (!type_attribute(t, name))
		return answer_of(&type_false);
	return (struct answer){ certain ? &type_true : &type_bool, known_add(c, of, name, NULL) };
}

/* `e.name` as an expression, to ask it for the next name of `e has name.next`. */
static const struct expr *step(struct type_checker *c, const struct expr *of, struct text name)
{
	struct expr *e = arena_new_of(c->scratch, struct expr);
	struct expr **args = arena_new_of(c->scratch, struct expr *);

	if (!e || !args) {
		c->err = -ENOMEM;
		return NULL;
	}
	args[0] = (struct expr *)of;
	*e = (struct expr){ .kind = EXPR_GET, .span = of->span, .string = name, .args = args };
	e->n_args = 1;
	return e;
}

/* `e has a.b` is `e has a && e.a has b`. */
struct answer type_has(struct type_checker *c, const struct known *prior, struct expr *e)
{
	const struct type *t = type_expr(c, prior, e->args[0]).type;
	const struct expr *of = e->args[0];
	struct answer all = answer_of(&type_true);

	if (!t)
		return NO_TYPE;
	for (size_t i = 0; i < e->n_names; i++) {
		struct answer a = has_one(c, known_both(c, prior, all.known), of, t, e->names[i]);

		if (!a.type || a.type->kind == TYPE_FALSE)
			return a;
		all.type = all.type->kind == TYPE_TRUE ? a.type : &type_bool;
		all.known = known_both(c, all.known, a.known);
		t = type_attribute(t, e->names[i])->type;
		of = step(c, of, e->names[i]);
		if (!of)
			return NO_TYPE;
	}
	return all;
}
