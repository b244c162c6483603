/* SPDX-License-Identifier: BSD-2-Clause */
/* From the two views of a policy to rules: scopes and conditions as one formula. */
#include "compile/atoms.h"
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

static const struct formula *walk_policy(struct compilation *c, const struct policy *p)
{
	const struct formula *f = walk_scopes(c, p), *condition;

	for (size_t i = 0; i < p->n_conditions; i++) {
		condition = walk_expr(c, p->conditions[i].body);
		if (p->conditions[i].unless)
			condition = formula_not(c->arena, condition);
		f = formula_and(c->arena, f, condition);
	}
	return f;
}

static void push_rule(struct compilation *c, struct rule rule)
{
	if (!rule.body)
		compilation_fail(c, -ENOMEM);
	else if (rule.body->kind != FORMULA_FALSE)
		compilation_fail(c, vec_push(&c->rules, rule));
}

static const struct formula *body_of(struct compilation *c, const struct policy *p)
{
	return p ? walk_policy(c, p) : &formula_false;
}

/* One rule where both views have the policy alike, else one for each. */
static void push_views(struct compilation *c, const struct formula *enforced,
		       const struct formula *reported, struct rule rule)
{
	uint16_t flags = rule.flags;
	bool both = formula_equal(enforced, reported);

	rule.flags = flags | POSTERN_ALT_ENFORCED | (both ? POSTERN_ALT_REPORTED : 0);
	rule.body = enforced;
	push_rule(c, rule);
	if (both)
		return;
	rule.flags = flags | POSTERN_ALT_REPORTED;
	rule.body = reported;
	push_rule(c, rule);
}

/* What a bundle that observes enforces, the image's mode says: its alternatives are the reported ones. */
static enum policy_view enforced_view(const struct compilation *c)
{
	return c->views->rollout.mode == MODE_OBSERVE ? VIEW_REPORTED : VIEW_ENFORCED;
}

static void add_rule(struct compilation *c, uint32_t number, enum effect effect)
{
	const struct policy *e = c->views->rewritten[enforced_view(c)][number];
	const struct policy *r = c->views->rewritten[VIEW_REPORTED][number];
	struct rule rule = { .policy = number };
	const struct formula *enforced, *reported;

	if ((!e && !r) || c->views->numbered[number]->effect != effect)
		return;
	rule.flags = effect == EFFECT_FORBID ? POSTERN_ALT_FORBID : 0;
	enforced = body_of(c, e);
	reported = e == r ? enforced : body_of(c, r);
	push_views(c, enforced, reported, rule);
}

/* Flags of the views that keep open what no permit mentions. */
static uint16_t open_flags(const struct compilation *c)
{
	uint16_t flags = 0;

	if (policy_views_open(c->views, enforced_view(c)))
		flags |= POSTERN_ALT_ENFORCED;
	if (policy_views_open(c->views, VIEW_REPORTED))
		flags |= POSTERN_ALT_REPORTED;
	return flags;
}

/*
 * What a permit mentions beyond what it permits stays closed. Asked after all permits and before what is open, the
 * walk ends there: nobody needs the complement of all permits, which would not be short.
 */
static void add_closed(struct compilation *c, uint32_t number, uint16_t open)
{
	const struct policy *e = c->views->rewritten[enforced_view(c)][number];
	const struct policy *r = c->views->rewritten[VIEW_REPORTED][number];
	struct rule rule = { .policy = number, .closes = true, .flags = open };

	rule.body = body_of(c, c->views->mentions[number]);
	if (open & POSTERN_ALT_ENFORCED && formula_equal(rule.body, body_of(c, e)))
		rule.flags &= ~POSTERN_ALT_ENFORCED;
	if (open & POSTERN_ALT_REPORTED && formula_equal(rule.body, body_of(c, r)))
		rule.flags &= ~POSTERN_ALT_REPORTED;
	if (rule.flags)
		push_rule(c, rule);
}

/* The permit for what is not mentioned: at its place in the walk, all of the action. */
static void add_open(struct compilation *c, uint32_t number, uint16_t open)
{
	struct rule rule = { .policy = number, .flags = open };

	rule.body = action_scope(c, &c->views->numbered[number]->action);
	push_rule(c, rule);
}

int walk_policies(struct compilation *c)
{
	uint32_t own = (uint32_t)c->views->set->n;
	uint16_t open = open_flags(c);

	for (uint32_t i = 0; i < own; i++)
		add_rule(c, i, EFFECT_FORBID);
	for (uint32_t i = 0; i < own; i++)
		add_rule(c, i, EFFECT_PERMIT);
	for (uint32_t i = 0; open && i < own; i++)
		add_closed(c, i, open);
	for (uint32_t i = own; open && i < c->views->n; i++)
		add_open(c, i, open);
	return c->err;
}
