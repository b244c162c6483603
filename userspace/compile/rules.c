/* SPDX-License-Identifier: BSD-2-Clause */
/* From a policy to a rule: scopes, conditions and annotations as one formula. */
#include <time.h>

#include "compile/fact.h"
#include "compile/walk.h"

static const struct formula *action_scope(struct compilation *c, const struct scope *s)
{
	unsigned actions = 0;
	enum action action;

	if (s->kind == SCOPE_ANY)
		return &formula_true;
	for (size_t i = 0; i < s->n_uids; i++) {
		if (text_is(s->uids[i].id, "egress"))
			actions |= 1u << POSTERN_CONNECT | 1u << POSTERN_SEND;
		else if (text_is(s->uids[i].id, "ingress"))
			actions |= 1u << POSTERN_LISTEN | 1u << POSTERN_ACCEPT;
		else if (action_from_name(s->uids[i].id, &action) == 0)
			actions |= 1u << action;
	}
	return actions ? door_actions(c, actions) : &formula_false;
}

static const struct formula *principal_scope(struct compilation *c, const struct scope *s)
{
	if (s->type.len && !text_is(s->type, "Process"))
		return &formula_false;
	return s->n_uids ? principal_in(c, &s->uids[0]) : &formula_true;
}

static const struct formula *resource_scope(struct compilation *c, const struct scope *s)
{
	const struct formula *f = &formula_true;

	if (s->type.len) {
		f = door_endpoint(c);
		if (text_is(s->type, "SocketKind"))
			f = formula_not(c->arena, f);
		else if (!text_is(s->type, "Endpoint"))
			f = &formula_false;
	}
	return s->n_uids ? formula_and(c->arena, f, resource_in(c, &s->uids[0])) : f;
}

const struct formula *walk_scopes(struct compilation *c, const struct policy *p)
{
	const struct formula *f = action_scope(c, &p->action);

	f = formula_and(c->arena, f, resource_scope(c, &p->resource));
	return formula_and(c->arena, f, principal_scope(c, &p->principal));
}

static struct expr *new_expr(struct arena *arena, struct expr value, size_t n_args)
{
	struct expr *e = arena_new_of(arena, struct expr);
	struct expr **args = arena_array_of(arena, struct expr *, n_args);

	if (!e || !args)
		return NULL;
	*e = value;
	e->args = args;
	e->n_args = n_args;
	return e;
}

#define TEXT(literal) ((struct text){ (literal), sizeof(literal) - 1 })

/* `context.now < datetime("t")`, in the set's arena: the image's facts live as long as the set. */
static const struct expr *before(const struct policy_set *set, struct text end, struct span where)
{
	struct expr shape[] = {
		{ .kind = EXPR_VAR, .var = VAR_CONTEXT },
		{ .kind = EXPR_GET, .string = TEXT("now") },
		{ .kind = EXPR_STRING, .string = end },
		{ .kind = EXPR_CALL, .string = TEXT("datetime") },
		{ .kind = EXPR_LT },
	};
	static const size_t n_args[] = { 0, 1, 0, 1, 2 };
	struct expr *e[5];

	for (size_t i = 0; i < 5; i++) {
		shape[i].span = where;
		e[i] = new_expr(set->arena, shape[i], n_args[i]);
		if (!e[i])
			return NULL;
	}
	e[1]->args[0] = e[0];
	e[3]->args[0] = e[2];
	e[4]->args[0] = e[1];
	e[4]->args[1] = e[3];
	return e[4];
}

static const struct formula *ends_at(struct compilation *c, struct text end, struct span where)
{
	const struct expr *e = before(c->set, end, where);

	if (e)
		return fact_walk(c, e);
	compilation_fail(c, -ENOMEM);
	return NULL;
}

static const struct annotation *annotation_named(const struct policy *p, const char *name)
{
	for (size_t i = 0; i < p->n_annotations; i++)
		if (text_is(p->annotations[i].name, name))
			return &p->annotations[i];
	return NULL;
}

static const struct formula *expiry(struct compilation *c, const struct policy *p)
{
	const struct annotation *a = annotation_named(p, "expires");

	return a ? ends_at(c, a->value, a->span) : &formula_true;
}

/* Permits end with their bundle, unless they are @essential. */
static const struct formula *bundle_end(struct compilation *c, const struct policy *p)
{
	int ms = (int)(((c->set->not_after_ms % 1000) + 1000) % 1000);
	time_t seconds = (c->set->not_after_ms - ms) / 1000;
	struct tm tm;
	char *end;

	if (!c->set->not_after_ms || p->effect == EFFECT_FORBID || annotation_named(p, "essential"))
		return &formula_true;
	(void)gmtime_r(&seconds, &tm);
	end = arena_printf(c->set->arena, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900,
			   tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, ms);
	if (end)
		return ends_at(c, (struct text){ end, strlen(end) }, p->span);
	compilation_fail(c, -ENOMEM);
	return NULL;
}

static const struct formula *walk_policy(struct compilation *c, const struct policy *p)
{
	const struct formula *f = walk_scopes(c, p), *condition;

	for (size_t i = 0; i < p->n_conditions; i++) {
		condition = walk_expr(c, p->conditions[i].body);
		if (p->conditions[i].unless)
			condition = formula_not(c->arena, condition);
		f = formula_and(c->arena, f, condition);
	}
	f = formula_and(c->arena, f, expiry(c, p));
	return formula_and(c->arena, f, bundle_end(c, p));
}

/* A policy by its number, if it is of this effect and decides anything. */
static void add_rule(struct compilation *c, uint32_t number, enum effect effect)
{
	const struct policy *p = c->set->policies[number];
	struct rule rule = { .policy = number };

	if (p->effect != effect || !policy_in_view(p, VIEW_REPORTED))
		return;
	c->policy = p;
	rule.flags = POSTERN_ALT_REPORTED;
	if (policy_in_view(p, VIEW_ENFORCED))
		rule.flags |= POSTERN_ALT_ENFORCED;
	if (effect == EFFECT_FORBID)
		rule.flags |= POSTERN_ALT_FORBID;
	rule.body = walk_policy(c, p);
	if (!rule.body)
		compilation_fail(c, -ENOMEM);
	else if (rule.body->kind != FORMULA_FALSE)
		compilation_fail(c, vec_push(&c->rules, rule));
}

int walk_policies(struct compilation *c)
{
	for (uint32_t i = 0; i < c->set->n; i++)
		add_rule(c, i, EFFECT_FORBID);
	for (uint32_t i = 0; i < c->set->n; i++)
		add_rule(c, i, EFFECT_PERMIT);
	return c->err;
}
