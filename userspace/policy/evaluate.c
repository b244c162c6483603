/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policies over a request (docs.cedarpolicy.com/auth/authorization.html): a satisfied forbid
 * denies, else a satisfied permit allows, else nothing does. What Postern adds are two further
 * conditions on the clock: @expires, and the bundle's end on permits that are not @essential.
 */
#include "policy/evaluate.h"

#include <errno.h>

static const struct annotation *annotation_find(const struct policy *p, const char *name)
{
	for (size_t i = 0; i < p->n_annotations; i++) {
		if (text_is(p->annotations[i].name, name))
			return &p->annotations[i];
	}
	return NULL;
}

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

/* `when { context.now < datetime("…") }` for @expires and for the end of the bundle. */
static int in_time(const struct evaluation *ev, const struct policy *p, int64_t not_after_ms,
		   bool *ret)
{
	const struct annotation *expires = annotation_find(p, "expires");
	int64_t now = ev->request->context.now_ms, end;
	bool ends = not_after_ms && p->effect == EFFECT_PERMIT && !annotation_find(p, "essential");

	if (expires && datetime_parse(expires->value, &end) < 0)
		return -EINVAL;
	*ret = (!expires || now < end) && (!ends || now < not_after_ms);
	return 0;
}

static int policy_satisfied(struct evaluation *ev, const struct policy *p, int64_t not_after_ms,
			    bool *ret)
{
	bool holds;
	int r = scopes_admit(ev, p, &holds);

	for (size_t i = 0; r == 0 && holds && i < p->n_conditions; i++) {
		bool b = false;

		r = expr_evaluate_bool(ev, p->conditions[i].body, &b);
		holds = b != p->conditions[i].unless;
	}
	if (r == 0 && holds)
		r = in_time(ev, p, not_after_ms, &holds);
	if (r == 0)
		*ret = holds;
	return r;
}

/* The lesser id of the two; NULL is none. */
static const struct policy *lesser(const struct policy *a, const struct policy *b)
{
	return !a || text_cmp(b->id, a->id) < 0 ? b : a;
}

static int evaluate_policies(struct evaluation *ev, const struct policy_set *set,
			     enum policy_view view, const struct policy **forbid,
			     const struct policy **permit)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct policy *p = set->policies[i];
		bool satisfied = false;
		int r;

		if (!policy_in_view(p, view))
			continue;
		r = policy_satisfied(ev, p, set->not_after_ms, &satisfied);
		if (r < 0)
			return r;
		if (satisfied && p->effect == EFFECT_FORBID)
			*forbid = lesser(*forbid, p);
		else if (satisfied)
			*permit = lesser(*permit, p);
	}
	return 0;
}

static inline void cleanup_arena(struct arena **a)
{
	arena_free(a);
}

int evaluate(const struct policy_set *set, const struct entity_set *entities,
	     const struct request *req, enum policy_view view, bool *ret_allow,
	     const struct policy **ret_policy)
{
	const struct policy *forbid = NULL, *permit = NULL;
	_cleanup_(cleanup_arena) struct arena *arena = NULL;
	struct evaluation ev;
	int r = arena_new(&arena);

	r = r ? r : evaluation_start(&ev, req, entities, arena);
	r = r ? r : evaluate_policies(&ev, set, view, &forbid, &permit);
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
