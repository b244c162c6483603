/* SPDX-License-Identifier: BSD-2-Clause */
/* What a controller has to know of policies that it never reads. */
#include "worker/pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void put_policy(struct buf *out, const struct policy *p)
{
	const struct text *advice = policy_annotation(p, "advice");

	put_text(out, p->id);
	put_u32(out, advice != NULL);
	if (advice)
		put_text(out, *advice);
}

static void put_names(struct buf *out, const struct policy_names *n)
{
	for (int kind = 0; kind < NAME_KINDS; kind++) {
		put_u64(out, n->n[kind]);
		for (size_t i = 0; i < n->n[kind]; i++)
			put_string(out, n->items[kind][i]);
	}
}

static void put_identity(struct buf *out, const struct entity *e)
{
	put_text(out, e->id);
	put_text(out, e->user);
	put_texts(out, e->keys, e->n_keys);
	put_u32(out, e->require_verified);
}

static void put_identities(struct buf *out, const struct entity_set *set)
{
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++)
		n += set->items[i]->kind == ENTITY_IDENTITY;
	put_u64(out, n);
	for (size_t i = 0; i < set->n; i++)
		if (set->items[i]->kind == ENTITY_IDENTITY)
			put_identity(out, set->items[i]);
}

int put_policies(struct buf *out, const struct ruleset *rules)
{
	_cleanup_policy_names_ struct policy_names names = POLICY_NAMES_INIT;
	int r = policy_names_collect(rules->set, rules->entities, &names);

	if (r < 0)
		return r;
	put_u64(out, rules->set->n);
	put_u64(out, rules->views->n);
	for (size_t i = 0; i < rules->views->n; i++)
		put_policy(out, rules->views->numbered[i]);
	put_names(out, &names);
	put_identities(out, rules->entities);
	return 0;
}

static void take_policy(struct parcel *p, struct worker_policy *ret)
{
	ret->id = take_clean(p);
	if (take_bool(p))
		ret->advice = take_clean(p);
}

static void take_names(struct parcel *p, struct policy_names *ret)
{
	for (int kind = 0; kind < NAME_KINDS; kind++) {
		size_t n = take_count(p, sizeof(uint32_t));

		ret->items[kind] = calloc(n ? n : 1, sizeof(*ret->items[kind]));
		for (size_t i = 0; ret->items[kind] && i < n; i++)
			ret->items[kind][ret->n[kind]++] = take_string(p);
		if (!ret->items[kind])
			p->broken = true;
		for (size_t i = 0; i < ret->n[kind]; i++)
			if (!ret->items[kind][i])
				p->broken = true;
	}
}

static struct entity *take_identity(struct parcel *p)
{
	struct entity *e = take_array(p, struct entity, 1);

	if (!e)
		return NULL;
	e->kind = ENTITY_IDENTITY;
	e->id = take_clean(p);
	e->user = take_text(p);
	e->keys = take_texts(p, &e->n_keys);
	e->require_verified = take_bool(p);
	return e;
}

static void take_identities(struct parcel *p, struct entity_set *ret)
{
	size_t n = take_count(p, 3 * sizeof(uint64_t));

	ret->items = take_array(p, struct entity *, n);
	for (size_t i = 0; ret->items && i < n && !p->broken; i++) {
		ret->items[i] = take_identity(p);
		ret->n += ret->items[i] != NULL;
	}
}

void take_policies(struct parcel *p, struct worker_policies *ret)
{
	ret->written = take_u64(p);
	ret->n = take_count(p, sizeof(uint64_t) + sizeof(uint32_t));
	ret->items = take_array(p, struct worker_policy, ret->n);
	for (size_t i = 0; ret->items && i < ret->n; i++)
		take_policy(p, &ret->items[i]);
	take_names(p, &ret->names);
	take_identities(p, &ret->identities);
	if (ret->written > ret->n)
		p->broken = true;
}

void worker_policies_free(struct worker_policies **p)
{
	if (!*p)
		return;
	policy_names_free(&(*p)->names);
	arena_free(&(*p)->arena);
	free(*p);
	*p = NULL;
}
