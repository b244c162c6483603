/* SPDX-License-Identifier: BSD-2-Clause */
/* Making both views: which classes are in force in each, and which policies take part. */
#include "policy/policy.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "policy/rewrite.h"

static bool in_force(enum postern_phase phase, enum policy_view view)
{
	return view == VIEW_ENFORCED ? phase == POSTERN_PHASE_ENFORCE : phase != POSTERN_PHASE_OFF;
}

static unsigned int classes_of(const struct postern_phases *p, enum policy_view view)
{
	return (in_force(p->network, view) ? REWRITE_NETWORK : 0) |
	       (in_force(p->identity, view) ? REWRITE_IDENTITY : 0) |
	       (in_force(p->device, view) ? REWRITE_DEVICE : 0);
}

bool policy_views_open(const struct policy_views *v, enum policy_view view)
{
	return !(classes_of(&v->rollout.phases, view) & REWRITE_NETWORK);
}

/* A forbid about the network alone waits for that phase. */
static bool waits(const struct rewriting *w, const struct policy *p)
{
	return p->effect == EFFECT_FORBID && !(w->enforced & REWRITE_NETWORK) &&
	       !rewrite_policy_reads(p, REWRITE_IDENTITY | REWRITE_DEVICE);
}

/* Most policies read nothing that is enforced in one view alone: both have the same form of them. */
static bool is_shared(const struct policy_views *v, const struct policy *p, enum policy_view view)
{
	const struct postern_phases *phases = &v->rollout.phases;
	unsigned int differ = classes_of(phases, VIEW_ENFORCED) ^ classes_of(phases, VIEW_REPORTED);

	return view == VIEW_REPORTED &&
	       !rewrite_policy_reads(p, differ & (REWRITE_IDENTITY | REWRITE_DEVICE));
}

static int rewrite_all(struct policy_views *v, struct rewriting *w, enum policy_view view)
{
	for (size_t i = 0; i < v->set->n; i++) {
		const struct policy *p = v->set->policies[i];
		struct policy **to = &v->rewritten[view][i];

		if (!policy_in_view(p, view) || waits(w, p))
			continue;
		if (is_shared(v, p, view))
			*to = v->rewritten[VIEW_ENFORCED][i];
		if (!*to)
			*to = rewrite_policy(w, p);
		if (!*to)
			return -ENOMEM;
	}
	return 0;
}

static int make_mentions(struct policy_views *v, struct rewriting w)
{
	w.enforced = 0;
	w.ends = false;
	for (size_t i = 0; i < v->set->n; i++) {
		if (v->set->policies[i]->effect != EFFECT_PERMIT)
			continue;
		v->mentions[i] = rewrite_policy(&w, v->set->policies[i]);
		if (!v->mentions[i])
			return -ENOMEM;
	}
	return 0;
}

/* The open permits come last: none of them can hold beside another permit, so their place never decides a name. */
static int make_open(struct policy_views *v, struct rewriting *w)
{
	int r = make_mentions(v, *w);

	for (int a = 0; r == 0 && a < ACTIONS; a++) {
		struct policy *p = rewrite_open(w, (enum action)a, v->mentions, v->set->n);

		if (!p)
			return -ENOMEM;
		for (int view = VIEW_ENFORCED; view <= VIEW_REPORTED; view++)
			if (policy_views_open(v, (enum policy_view)view))
				v->rewritten[view][v->n] = p;
		v->numbered[v->n++] = p;
	}
	return r;
}

static int allocate(struct policy_views *v)
{
	size_t most = v->set->n + ACTIONS;

	v->numbered = arena_array_of(v->arena, struct policy *, most);
	v->mentions = arena_array_of(v->arena, struct policy *, most);
	for (int view = VIEW_ENFORCED; view <= VIEW_REPORTED; view++)
		v->rewritten[view] = arena_array_of(v->arena, struct policy *, most);
	if (!v->numbered || !v->mentions || !v->rewritten[0] || !v->rewritten[1])
		return -ENOMEM;
	for (size_t i = 0; i < v->set->n; i++)
		v->numbered[i] = v->set->policies[i];
	v->n = v->set->n;
	return 0;
}

static int make_both(struct policy_views *v, struct diags *d)
{
	struct rewriting w = {
		.make.arena = v->arena,
		.set = v->set,
		.entities = v->entities,
		.d = d,
		.ends = true,
	};
	int r = 0;

	for (int view = VIEW_ENFORCED; r == 0 && view <= VIEW_REPORTED; view++) {
		w.enforced = classes_of(&v->rollout.phases, (enum policy_view)view);
		r = rewrite_all(v, &w, (enum policy_view)view);
	}
	if (r == 0 && policy_views_open(v, VIEW_ENFORCED))
		r = make_open(v, &w);
	if (r == 0 && v->rollout.mode == MODE_OBSERVE) {
		v->all = rewrite_permit_all(&w.make,
					    (struct text){ POLICY_RESERVED "observe",
							   sizeof(POLICY_RESERVED "observe") - 1 });
		r = v->all ? 0 : -ENOMEM;
	}
	return r;
}

int policy_views_make(const struct policy_set *set, const struct entity_set *entities,
		      const struct rollout *how, struct diags *d, struct policy_views **ret)
{
	_cleanup_policy_views_ struct policy_views *v = calloc(1, sizeof(*v));
	size_t errors = d->errors;
	int r;

	if (!v)
		return -ENOMEM;
	v->set = set;
	v->entities = entities;
	v->rollout = *how;
	r = arena_new(&v->arena);
	r = r ? r : allocate(v);
	r = r ? r : make_both(v, d);
	if (r < 0)
		return d->errors > errors ? -EBADMSG : r;
	*ret = TAKE_PTR(v);
	return 0;
}

void policy_views_free(struct policy_views **v)
{
	if (!*v)
		return;
	arena_free(&(*v)->arena);
	free(*v);
	*v = NULL;
}

void policy_views_print(const struct policy_views *v, enum policy_view view, struct buf *out)
{
	if (v->all && view == VIEW_ENFORCED) {
		policy_print(v->all, out);
		return;
	}
	for (size_t i = 0; i < v->n; i++) {
		if (v->rewritten[view][i])
			policy_print(v->rewritten[view][i], out);
	}
}
