/* SPDX-License-Identifier: BSD-2-Clause */
/* The permits that keep open what no permit mentions, while the network phase is not enforced. */
#include "policy/rewrite.h"

#include <string.h>

static struct text text_of(const char *s)
{
	return (struct text){ s, s ? strlen(s) : 0 };
}

bool rewrite_scope_has(const struct scope *s, enum action action)
{
	bool out = action == ACTION_CONNECT || action == ACTION_SEND;
	bool in = action == ACTION_LISTEN || action == ACTION_ACCEPT;

	if (s->kind == SCOPE_ANY)
		return true;
	for (size_t i = 0; i < s->n_uids; i++) {
		struct text id = s->uids[i].id;

		if (text_is(id, action_name(action)))
			return true;
		if (s->kind == SCOPE_IN &&
		    ((out && text_is(id, "egress")) || (in && text_is(id, "ingress"))))
			return true;
	}
	return false;
}

/* A part of a scope as a condition; `true` for one that asks nothing. */
static struct expr *scope_condition(const struct making *m, const struct scope *s,
				    enum variable var)
{
	struct expr *is = s->type.len ? make_is(m, var, s->type) : NULL, *in;

	if (s->kind == SCOPE_ANY)
		return make_bool(m, true);
	if (s->kind == SCOPE_IS)
		return is;
	in = s->kind == SCOPE_EQ
		     ? make_two(m, EXPR_EQ, make_variable(m, var), make_entity(m, &s->uids[0]))
		     : make_in(m, var, s->uids, s->n_uids);
	return s->type.len ? make_two(m, EXPR_AND, is, in) : in;
}

/* Scope and conditions in the order in which Cedar asks them; the action is the open permit's own. */
static struct expr *condition_of(const struct making *m, const struct policy *p)
{
	struct expr *all = make_two(m, EXPR_AND, scope_condition(m, &p->principal, VAR_PRINCIPAL),
				    scope_condition(m, &p->resource, VAR_RESOURCE));

	for (size_t i = 0; i < p->n_conditions; i++) {
		struct expr *body = p->conditions[i].body;

		if (p->conditions[i].unless)
			body = make_not(m, body);
		all = make_two(m, EXPR_AND, all, body);
	}
	return all;
}

struct policy *rewrite_permit_all(const struct making *m, struct text id)
{
	struct policy *p = arena_new_of(m->arena, struct policy);
	struct annotation *a = arena_new_of(m->arena, struct annotation);

	if (!p || !a)
		return NULL;
	*a = (struct annotation){ .name = { "id", 2 }, .value = id, .has_value = true };
	*p = (struct policy){
		.id = id, .effect = EFFECT_PERMIT, .annotations = a, .n_annotations = 1
	};
	return p;
}

static bool name_action(const struct making *m, struct scope *s, enum action action)
{
	s->uids = arena_new_of(m->arena, struct entity_uid);
	if (!s->uids)
		return false;
	*s->uids = (struct entity_uid){ { "Action", 6 }, text_of(action_name(action)) };
	s->n_uids = 1;
	s->kind = SCOPE_EQ;
	return true;
}

struct policy *rewrite_open(struct rewriting *w, enum action action, struct policy *const *mentions,
			    size_t n)
{
	struct making m = { .arena = w->make.arena };
	char *id = arena_printf(m.arena, POLICY_RESERVED "open-%s", action_name(action));
	struct expr **items = arena_array_of(m.arena, struct expr *, n), *any;
	struct policy *p;
	size_t found = 0;

	if (!id || !items)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (mentions[i] && rewrite_scope_has(&mentions[i]->action, action))
			items[found++] = condition_of(&m, mentions[i]);
	any = make_any(&m, items, found);
	p = rewrite_permit_all(&m, text_of(id));
	if (!p || !any || !name_action(&m, &p->action, action))
		return NULL;
	p->conditions = arena_new_of(m.arena, struct condition);
	if (!p->conditions)
		return NULL;
	*p->conditions = (struct condition){ .unless = true, .body = any };
	p->n_conditions = 1;
	return p;
}
