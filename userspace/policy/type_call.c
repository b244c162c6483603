/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions and methods. Their names and, for built-in methods, arity were checked before. */
#include <errno.h>

#include "policy/type_check.h"

static struct answer type_set_operand(struct type_checker *c, const struct known *prior,
				      struct expr *e)
{
	struct answer a = type_expr(c, prior, e);

	if (a.type && a.type->kind != TYPE_SET)
		return type_unexpected(c, e, "a set", a.type);
	return a;
}

/* What is looked for in a set must be of the type of its elements. */
static struct answer type_contains(struct type_checker *c, const struct known *prior,
				   struct expr *e)
{
	const struct type *set = type_set_operand(c, prior, e->args[0]).type;
	bool of_sets = !text_is(e->string, "contains");
	struct answer what = of_sets ? type_set_operand(c, prior, e->args[1])
				     : type_expr(c, prior, e->args[1]);
	const struct type *joined;
	int r;

	if (!set || !what.type)
		return NO_TYPE;
	r = type_join(c->arena, of_sets ? set : set->element, what.type, &joined);
	if (r == -EINVAL)
		return type_mismatch(c, e, set, what.type);
	if (r < 0)
		c->err = r;
	return answer_of(&type_bool);
}

/* No type of the schema has tags: hasTag() is false, and getTag() never safe. */
static struct answer type_tag(struct type_checker *c, const struct known *prior, struct expr *e)
{
	const struct type *entity = type_expr(c, prior, e->args[0]).type;
	const struct type *tag = type_expr(c, prior, e->args[1]).type;

	if (entity && entity->kind != TYPE_ENTITY)
		return type_unexpected(c, e->args[0], "an entity before the dot", entity);
	if (tag && tag->kind != TYPE_STRING)
		return type_unexpected(c, e->args[1], "a String, the name of a tag", tag);
	if (!entity || !tag)
		return NO_TYPE;
	if (text_is(e->string, "hasTag"))
		return answer_of(&type_false);
	type_error(c, e, "type-tag", "ask for an attribute", "no entity has tags in this schema");
	return NO_TYPE;
}

static bool literals_only(const struct expr *e)
{
	for (size_t i = 0; i < e->n_args; i++) {
		enum expr_kind kind = e->args[i]->kind;

		if (kind != EXPR_BOOL && kind != EXPR_LONG && kind != EXPR_STRING &&
		    kind != EXPR_ENTITY)
			return false;
	}
	return true;
}

/* A constructor takes one literal string that reads as a value. */
static bool constructor_fits(struct type_checker *c, const struct signature *f,
			     const struct expr *e)
{
	if (!literals_only(e)) {
		type_error(c, e, "type-literal-argument", f->example,
			   "`%s` takes a string written out here, nothing computed", f->name);
		return false;
	}
	if (e->n_args == 1 && e->args[0]->kind == EXPR_STRING && !f->reads(e->args[0]->string)) {
		type_error(c, e, "type-literal", f->example, "\"%s\" is no value of `%s`",
			   e->args[0]->string.s, f->name);
		return false;
	}
	return true;
}

static const char *argument_name(const struct type *t)
{
	switch (t->kind) {
	case TYPE_STRING:
		return "a String";
	case TYPE_IPADDR:
		return "an ipaddr";
	case TYPE_DECIMAL:
		return "a decimal";
	case TYPE_DATETIME:
		return "a datetime";
	default:
		return "a duration";
	}
}

static struct answer type_function(struct type_checker *c, const struct known *prior,
				   const struct signature *f, struct expr *e)
{
	bool failed = false;

	if (!f)
		return NO_TYPE;
	if (e->n_args != f->n_args) {
		type_error(c, e, "type-arity", NULL, "`%s` takes %zu argument%s, not %zu", f->name,
			   f->n_args - f->method, f->n_args - f->method == 1 ? "" : "s",
			   e->n_args - f->method);
		return NO_TYPE;
	}
	if (f->reads && !constructor_fits(c, f, e))
		return NO_TYPE;
	for (size_t i = 0; i < e->n_args; i++) {
		const struct type *t = type_expr(c, prior, e->args[i]).type;

		failed |= !t;
		if (t && t->kind != f->args[i]->kind) {
			type_unexpected(c, e->args[i], argument_name(f->args[i]), t);
			failed = true;
		}
	}
	return answer_of(failed ? NULL : f->result);
}

struct answer type_call(struct type_checker *c, const struct known *prior, struct expr *e)
{
	return type_function(c, prior, schema_function(e->string, false), e);
}

struct answer type_method(struct type_checker *c, const struct known *prior, struct expr *e)
{
	if (text_is(e->string, "isEmpty"))
		return answer_of(type_set_operand(c, prior, e->args[0]).type ? &type_bool : NULL);
	if (text_is(e->string, "hasTag") || text_is(e->string, "getTag"))
		return type_tag(c, prior, e);
	if (schema_method_arity(e->string) == 1)
		return type_contains(c, prior, e);
	return type_function(c, prior, schema_function(e->string, true), e);
}
