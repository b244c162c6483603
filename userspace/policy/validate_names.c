/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names that the schema does not have: types, actions, ids of enumerated types. They are errors
 * wherever they stand, also where nothing ever evaluates them.
 */
#include "base/suggest.h"
#include "policy/validate.h"

enum { NAMES_MOST = 16 };

struct names {
	struct diags *d;
	size_t errors;
};

/* "write `nearest`", or NULL. `hint` holds the text. */
static const char *nearest(const char *typed, const char *const *words, size_t n, struct buf *hint)
{
	const char *word = suggest(typed, words, n);

	if (word)
		buf_printf(hint, "write `%s`", word);
	return hint->data;
}

static void unknown_type(struct names *v, struct text type, struct span where)
{
	_cleanup_buf_ struct buf hint = BUF_INIT;
	const char *words[NAMES_MOST];
	size_t n = 0;

	for (size_t i = 0; i < schema_n_entities && n < NAMES_MOST; i++)
		words[n++] = schema_entities[i]->name.s;
	if (!nearest(type.s, words, n, &hint))
		buf_puts(
			&hint,
			"use a type of the schema: User, Group, Program, Unit, Identity, Team, Zone, Service");
	v->errors++;
	diag_error(v->d, "unknown-type", where, hint.data, "there is no entity type `%s`", type.s);
}

static void unknown_action(struct names *v, const struct entity_uid *uid, struct span where)
{
	_cleanup_buf_ struct buf hint = BUF_INIT;
	const char *words[NAMES_MOST];
	size_t n = 0;

	for (size_t i = 0; i < schema_n_actions && n < NAMES_MOST; i++)
		words[n++] = schema_actions[i].name;
	if (!nearest(uid->id.s, words, n, &hint))
		buf_puts(&hint, "one of connect, send, listen, accept, create, egress, ingress");
	v->errors++;
	diag_error(v->d, "unknown-action", where, hint.data, "there is no action %s::\"%s\"",
		   uid->type.s, uid->id.s);
}

static void unknown_id(struct names *v, const struct entity_type *t, struct text id,
		       struct span where)
{
	_cleanup_buf_ struct buf hint = BUF_INIT;

	if (!nearest(id.s, t->ids, t->n_ids, &hint)) {
		for (size_t i = 0; i < t->n_ids; i++)
			buf_printf(&hint, "%s%s", i ? ", " : "one of ", t->ids[i]);
	}
	v->errors++;
	diag_error(v->d, "unknown-id", where, hint.data, "there is no %s::\"%s\"", t->name.s, id.s);
}

static void check_type(struct names *v, struct text type, struct span where)
{
	if (!schema_entity(type) && !schema_is_action_type(type))
		unknown_type(v, type, where);
}

static void check_uid(struct names *v, const struct entity_uid *uid, struct span where)
{
	const struct entity_type *t = schema_entity(uid->type);

	if (schema_is_action_type(uid->type)) {
		if (!text_is(uid->type, "Action") || !schema_action(uid->id))
			unknown_action(v, uid, where);
	} else if (!t) {
		unknown_type(v, uid->type, where);
	} else if (!schema_has_id(t, uid->id)) {
		unknown_id(v, t, uid->id, where);
	}
}

static void check_scope(struct names *v, const struct scope *s)
{
	if (s->kind == SCOPE_IS || s->kind == SCOPE_IS_IN)
		check_type(v, s->type, s->span);
	for (size_t i = 0; i < s->n_uids; i++)
		check_uid(v, &s->uids[i], s->span);
}

/* The parser lets no other function through than the constructors and Cedar's `unknown`. */
static void check_function(struct names *v, const struct expr *e)
{
	if (schema_function(e->string, false))
		return;
	v->errors++;
	diag_error(v->d, "unknown-function", e->span, "one of ip, datetime, duration",
		   "there is no function `%s`", e->string.s);
}

static void check_method(struct names *v, const struct expr *e)
{
	int arity = schema_method_arity(e->string);

	if (schema_function(e->string, true) || (arity >= 0 && e->n_args == (size_t)arity + 1))
		return;
	v->errors++;
	diag_error(v->d, "unknown-method", e->span, NULL,
		   arity < 0 ? "there is no method `%s`" : "`%s` has another number of arguments",
		   e->string.s);
}

static void check_expr(struct names *v, const struct expr *e)
{
	if (e->kind == EXPR_ENTITY)
		check_uid(v, &e->uid, e->span);
	else if (e->kind == EXPR_IS)
		check_type(v, e->string, e->span);
	else if (e->kind == EXPR_CALL)
		check_function(v, e);
	else if (e->kind == EXPR_METHOD)
		check_method(v, e);
	for (size_t i = 0; i < e->n_args; i++)
		check_expr(v, e->args[i]);
}

size_t validate_names(const struct policy *p, struct diags *d)
{
	struct names v = { .d = d };

	check_scope(&v, &p->principal);
	check_scope(&v, &p->action);
	check_scope(&v, &p->resource);
	for (size_t i = 0; i < p->n_conditions; i++)
		check_expr(&v, p->conditions[i].body);
	return v.errors;
}
