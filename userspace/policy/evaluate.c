/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policies over a request (docs.cedarpolicy.com/auth/authorization.html): a satisfied forbid
 * denies, else a satisfied permit allows, else nothing does. What Postern adds was rewritten into
 * plain conditions before (policy/views.h).
 */
#include "policy/evaluate.h"

#include <errno.h>

/* Whether one part of the scope admits an entity. */
int scope_admits(const struct evaluation *ev, const struct scope *s, const struct entity_uid *uid,
		 bool *ret)
{
	bool is_type = s->kind != SCOPE_IS && s->kind != SCOPE_IS_IN;
	bool in = s->kind == SCOPE_ANY || s->kind == SCOPE_IS;

	if (s->slot)
		return -EINVAL;
	if (!is_type)
		is_type = text_eq(uid->type, s->type);
	for (size_t i = 0; !in && i < s->n_uids; i++)
		in = s->kind == SCOPE_EQ ? uid_equal(uid, &s->uids[i])
					 : hierarchy_in(ev, uid, &s->uids[i]);
	*ret = is_type && in;
	return 0;
}

static int scopes_admit(const struct evaluation *ev, const struct policy *p, bool *ret)
{
	bool in = true;
	int r = scope_admits(ev, &p->principal, &ev->principal.uid, &in);

	if (r == 0 && in)
		r = scope_admits(ev, &p->action, &ev->action.uid, &in);
	if (r == 0 && in)
		r = scope_admits(ev, &p->resource, &ev->resource.uid, &in);
	if (r == 0)
		*ret = in;
	return r;
}

static int policy_satisfied(struct evaluation *ev, const struct policy *p, bool *ret)
{
	bool holds;
	int r = scopes_admit(ev, p, &holds);

	for (size_t i = 0; r == 0 && holds && i < p->n_conditions; i++) {
		bool b = false;

		r = expr_evaluate_bool(ev, p->conditions[i].body, &b);
		holds = b != p->conditions[i].unless;
	}
	if (r == 0)
		*ret = holds;
	return r;
}

/* The lesser id of the two; NULL is none. */
static const struct policy *lesser(const struct policy *a, const struct policy *b)
{
	return !a || text_cmp(b->id, a->id) < 0 ? b : a;
}

/* Notes a policy that is satisfied under its effect. */
static int evaluate_policy(struct evaluation *ev, const struct policy *p,
			   const struct policy **forbid, const struct policy **permit)
{
	bool satisfied = false;
	int r = policy_satisfied(ev, p, &satisfied);

	if (r == 0 && satisfied && p->effect == EFFECT_FORBID)
		*forbid = lesser(*forbid, p);
	else if (r == 0 && satisfied)
		*permit = lesser(*permit, p);
	return r;
}

static int evaluate_view(struct evaluation *ev, const struct policy_views *v, enum policy_view view,
			 const struct policy **forbid, const struct policy **permit)
{
	int r = 0;

	if (v->all && view == VIEW_ENFORCED)
		return evaluate_policy(ev, v->all, forbid, permit);
	for (size_t i = 0; r == 0 && i < v->n; i++)
		if (v->rewritten[view][i])
			r = evaluate_policy(ev, v->rewritten[view][i], forbid, permit);
	return r;
}

static inline void cleanup_arena(struct arena **a)
{
	arena_free(a);
}

int evaluate(const struct policy_views *v, const struct request *req, enum policy_view view,
	     bool *ret_allow, const struct policy **ret_policy)
{
	const struct policy *forbid = NULL, *permit = NULL;
	_cleanup_(cleanup_arena) struct arena *arena = NULL;
	struct evaluation ev;
	int r = arena_new(&arena);

	r = r ? r : evaluation_start(&ev, req, v->entities, arena);
	r = r ? r : evaluate_view(&ev, v, view, &forbid, &permit);
	if (r < 0)
		return r;
	*ret_allow = permit && !forbid;
	*ret_policy = forbid ? forbid : permit;
	return 0;
}

int evaluate_condition(const struct expr *e, const struct entity_set *entities,
		       const struct request *req, bool *ret)
{
	_cleanup_(cleanup_arena) struct arena *arena = NULL;
	struct evaluation ev;
	int r = arena_new(&arena);

	r = r ? r : evaluation_start(&ev, req, entities, arena);
	return r ? r : expr_evaluate_bool(&ev, e, ret);
}
