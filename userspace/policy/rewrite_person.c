/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stands for a person while proofs are not in force: whoever could prove it. Taking everybody instead would open a
 * permit for one team to all accounts of the host.
 */
#include "policy/rewrite.h"

#include <errno.h>

struct expr *rewrite_constant(struct rewriting *w, bool positive)
{
	return make_bool(&w->make, (w->policy->effect == EFFECT_PERMIT) == positive);
}

static bool is_or_in(const struct entity_set *set, const struct entity *person,
		     const struct entity_uid *uid)
{
	enum entity_kind kind = text_is(uid->type, "Team") ? ENTITY_TEAM : ENTITY_IDENTITY;
	const struct entity *above = entity_find(set, kind, uid->id);

	return above && entity_in(person, above);
}

static bool is_any(const struct rewriting *w, const struct entity *e, const struct entity_uid *uids,
		   size_t n)
{
	for (size_t i = 0; e->kind == ENTITY_IDENTITY && i < n; i++)
		if (is_or_in(w->entities, e, &uids[i]))
			return true;
	return false;
}

static bool has_account(const struct entity_uid *accounts, size_t n, struct text user)
{
	for (size_t i = 0; i < n; i++)
		if (text_eq(accounts[i].id, user))
			return true;
	return false;
}

/* `principal in User::` of the accounts in which one of these people may prove it; each account once. */
static struct expr *accounts_of(struct rewriting *w, const struct entity_uid *uids, size_t n)
{
	struct entity_uid *accounts =
		arena_array_of(w->make.arena, struct entity_uid, w->entities->n);
	size_t found = 0;

	if (!accounts)
		return NULL;
	for (size_t i = 0; i < w->entities->n; i++) {
		const struct entity *e = w->entities->items[i];

		if (is_any(w, e, uids, n) && !has_account(accounts, found, e->user))
			accounts[found++] = (struct entity_uid){ { "User", 4 }, e->user };
	}
	return make_in(&w->make, VAR_PRINCIPAL, accounts, found);
}

struct expr *rewrite_person(struct rewriting *w, const struct entity_uid *uids, size_t n,
			    bool positive)
{
	if (w->policy->effect == EFFECT_PERMIT && positive)
		return accounts_of(w, uids, n);
	return rewrite_constant(w, positive);
}
