/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strict validation: a policy must type-check in every environment that its scope leaves possible,
 * and Cedar warns of one that is false in all of them.
 */
#include "policy/validate.h"

#include <errno.h>

static void forget_types(struct expr *e)
{
	e->type = NULL;
	for (size_t i = 0; i < e->n_args; i++)
		forget_types(e->args[i]);
}

/* Types the conditions in order, each with what the ones before it prove; stops at a False. */
static const struct type *type_conditions(struct type_checker *c, struct policy *p)
{
	const struct type *all = &type_bool;
	const struct known *known = NULL;

	for (size_t i = 0; i < p->n_conditions; i++) {
		struct condition *when = &p->conditions[i];
		struct answer a = type_condition(c, known, when->body);

		if (a.type && a.type->kind == (when->unless ? TYPE_TRUE : TYPE_FALSE))
			return &type_false;
		if (!a.type)
			all = NULL;
		else if (!when->unless)
			known = known_both(c, known, a.known);
	}
	return all;
}

static bool type_policy(struct type_checker *c, struct policy *p)
{
	bool possible = false;

	for (size_t i = 0; i < schema_n_actions; i++) {
		const struct type *t;

		c->action = &schema_actions[i];
		if (!c->action->principal)
			continue;
		t = validate_scope(p, c->action);
		if (t->kind != TYPE_FALSE)
			t = type_conditions(c, p);
		possible |= !t || t->kind != TYPE_FALSE;
	}
	return possible;
}

int validate_policy(struct policy *p, struct arena *arena, struct diags *d, struct validation *ret)
{
	struct type_checker c = { .arena = arena, .d = d };
	struct validation v = { 0 };
	bool possible;
	int r = arena_new(&c.scratch);

	if (r < 0)
		return r;
	for (size_t i = 0; i < p->n_conditions; i++)
		forget_types(p->conditions[i].body);
	c.errors = validate_names(p, d) + validate_action_list(p, d);
	possible = type_policy(&c, p);
	v.errors = c.errors;
	v.impossible = v.errors == 0 && !possible;
	v.service_for_accept = c.service_for_accept;
	vec_free(&c.reported);
	arena_free(&c.scratch);
	if (c.err < 0)
		return c.err;
	*ret = v;
	return 0;
}

/* Types `e` in the first environment that accepts it. */
static bool type_anywhere(struct type_checker *c, struct expr *e)
{
	for (size_t i = 0; i < schema_n_actions; i++) {
		c->action = &schema_actions[i];
		c->errors = 0;
		if (!c->action->principal)
			continue;
		forget_types(e);
		if (type_expr(c, NULL, e).type && c->errors == 0)
			return true;
	}
	return false;
}

static const struct expr *settle(struct type_checker *c, struct expr *e)
{
	if (!e->type && !type_anywhere(c, e))
		return e;
	for (size_t i = 0; i < e->n_args; i++) {
		const struct expr *bad = settle(c, e->args[i]);

		if (bad)
			return bad;
	}
	return NULL;
}

int validate_unreached(struct policy *p, struct arena *arena, const struct expr **ret)
{
	struct type_checker c = { .arena = arena, .quiet = true };
	const struct expr *bad = NULL;
	int r = arena_new(&c.scratch);

	if (r < 0)
		return r;
	for (size_t i = 0; i < p->n_conditions && !bad; i++)
		bad = settle(&c, p->conditions[i].body);
	vec_free(&c.reported);
	arena_free(&c.scratch);
	if (c.err < 0)
		return c.err;
	*ret = bad;
	return 0;
}

int policy_validate(const struct policy_set *set, struct diags *d)
{
	bool refused = false;

	for (size_t i = 0; i < set->n; i++) {
		struct validation v;
		int r = validate_policy(set->policies[i], set->arena, d, &v);

		if (r < 0)
			return r;
		if (v.impossible)
			diag_warning(d, "impossible", set->policies[i]->span, NULL,
				     "no request can match this policy");
		refused |= v.errors > 0;
	}
	return refused ? -EBADMSG : 0;
}
