/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checking a whole set: validation, then the profile, policy by policy, so that one run shows as
 * many mistakes as it can; then ids, and the order that every host has alike.
 */
#include <errno.h>
#include <stdlib.h>

#include "policy/profile.h"

static void take_id(struct policy *p)
{
	for (size_t i = 0; i < p->n_annotations; i++) {
		if (text_is(p->annotations[i].name, "id"))
			p->id = p->annotations[i].value;
	}
}

/* What validation never looked at must still be sound: the image folds what the engine skips. */
static int check_unreached(struct profile *p, struct policy *policy, struct arena *arena,
			   bool *ret_sound)
{
	const struct expr *bad;
	int r = validate_unreached(policy, arena, &bad);

	if (r < 0)
		return r;
	if (bad)
		refuse(p, "profile-unreachable", bad->span, "leave it out",
		       "this is never evaluated, and no request gives it a type");
	*ret_sound = !bad;
	return 0;
}

static int check_policy(struct profile *p, struct policy *policy, struct arena *arena)
{
	struct validation v;
	bool sound;
	int r;

	p->policy = policy;
	profile_annotations(p);
	r = validate_policy(policy, arena, p->d, &v);
	if (r < 0 || v.errors > 0)
		return r;
	if (v.impossible) {
		profile_impossible(p);
		return 0;
	}
	r = check_unreached(p, policy, arena, &sound);
	if (r == 0 && sound)
		profile_policy(p, &v);
	return r;
}

/* By id; equal ids stay in the order of the text, through the index. */
struct by_id {
	struct policy *policy;
	size_t index;
};

static int compare_ids(const void *a, const void *b)
{
	const struct by_id *x = a, *y = b;
	int r = text_cmp(x->policy->id, y->policy->id);

	return r ? r : (x->index > y->index) - (x->index < y->index);
}

static void refuse_duplicate(struct diags *d, const struct policy *first,
			     const struct policy *again)
{
	const struct source *src = first->span.src;
	uint32_t line = 0, col = 0;

	if (src)
		source_position(src, first->span.off, &line, &col);
	diag_error(d, "profile-id-duplicate", again->span, "choose another id",
		   "the id \"%s\" is taken by the policy at %s:%u", again->id.s,
		   src && src->name ? src->name : "the start", line);
}

/* Puts the policies in order, unless errors were found since `before`. */
static int sort_by_id(struct policy_set *set, struct diags *d, size_t before)
{
	struct by_id *order = calloc(set->n ? set->n : 1, sizeof(*order));

	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < set->n; i++)
		order[i] = (struct by_id){ set->policies[i], i };
	qsort(order, set->n, sizeof(*order), compare_ids);
	for (size_t i = 1; i < set->n; i++) {
		if (order[i].policy->id.len > 0 &&
		    text_eq(order[i - 1].policy->id, order[i].policy->id))
			refuse_duplicate(d, order[i - 1].policy, order[i].policy);
	}
	for (size_t i = 0; i < set->n && d->errors == before; i++)
		set->policies[i] = order[i].policy;
	free(order);
	return 0;
}

int policy_check(struct policy_set *set, const struct entity_set *entities, struct diags *d)
{
	struct profile p = { .entities = entities, .d = d };
	size_t before = d->errors;
	int r;

	set->checked = false;
	for (size_t i = 0; i < set->n; i++) {
		take_id(set->policies[i]);
		r = check_policy(&p, set->policies[i], set->arena);
		if (r < 0)
			return r;
	}
	r = sort_by_id(set, d, before);
	if (r < 0 || d->err < 0)
		return r < 0 ? r : d->err;
	if (d->errors > before)
		return -EBADMSG;
	set->checked = true;
	return 0;
}
