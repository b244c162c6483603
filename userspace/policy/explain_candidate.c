/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which permits are near: those for this destination, and of those the ones that fail for what somebody can mend, then
 * those that fail for little.
 */
#include "policy/explain_candidate.h"

#include <stdlib.h>

const struct policy *candidate_form(const struct policy_views *v, const struct policy *p)
{
	for (size_t i = 0; i < v->set->n; i++)
		if (v->numbered[i] == p)
			return v->rewritten[VIEW_REPORTED][i];
	return NULL;
}

int candidate_make(struct explaining *x, const struct policy *p, struct candidate *ret)
{
	ret->policy = p;
	return p ? checks_make(&x->ev, p, x->hint, &ret->checks) : 0;
}

void candidate_free(struct candidate *c)
{
	checks_free(&c->checks);
}

const char *candidate_remedy(const struct candidate *c)
{
	for (size_t i = 0; i < c->checks.list.n; i++)
		if (*c->checks.list.items[i].remedy)
			return c->checks.list.items[i].remedy;
	return "";
}

static int nearer(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->checks.elsewhere != y->checks.elsewhere)
		return x->checks.elsewhere ? 1 : -1;
	if (x->checks.beyond != y->checks.beyond)
		return x->checks.beyond < y->checks.beyond ? -1 : 1;
	if (x->checks.failed != y->checks.failed)
		return x->checks.failed < y->checks.failed ? -1 : 1;
	return text_cmp(x->policy->id, y->policy->id);
}

/* A permit for another action is no help, and neither is one that phases added. */
static int is_near(struct explaining *x, const struct policy *p, bool *ret)
{
	*ret = p && p->effect == EFFECT_PERMIT;
	return *ret ? scope_admits(&x->ev, &p->action, &x->ev.action.uid, ret) : 0;
}

int candidates_nearest(struct explaining *x, candidates *ret)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->views->set->n; i++) {
		const struct policy *p = x->views->rewritten[VIEW_REPORTED][i];
		struct candidate c = { 0 };
		bool near;

		r = is_near(x, p, &near);
		if (r < 0 || !near)
			continue;
		r = candidate_make(x, p, &c);
		r = r ? r : vec_push(ret, c);
		if (r < 0)
			candidate_free(&c);
	}
	if (ret->n)
		qsort(ret->items, ret->n, sizeof(ret->items[0]), nearer);
	return r;
}

void candidates_free(candidates *c)
{
	for (size_t i = 0; i < c->n; i++)
		candidate_free(&c->items[i]);
	vec_free(c);
}
