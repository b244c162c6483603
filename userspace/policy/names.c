/* SPDX-License-Identifier: BSD-2-Clause */
/* A walk over all policies that looks for entities of three types. */
#include "policy/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int add(struct policy_names *n, enum name_kind kind, const char *name)
{
	const char **more = reallocarray(n->items[kind], n->n[kind] + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	n->items[kind] = more;
	more[n->n[kind]++] = name;
	return 0;
}

static int collect_uid(struct policy_names *n, const struct entity_uid *uid)
{
	static const char *const types[] = {
		[NAME_USER] = "User",
		[NAME_GROUP] = "Group",
		[NAME_PROGRAM] = "Program",
	};

	if (strlen(uid->id.s) != uid->id.len)
		return 0;
	for (int kind = 0; kind < NAME_KINDS; kind++)
		if (text_is(uid->type, types[kind]))
			return add(n, (enum name_kind)kind, uid->id.s);
	return 0;
}

/* The parser bounds the height of an expression (EXPR_HEIGHT_MAX), and so the depth of this. */
static int collect_expr(struct policy_names *n, const struct expr *e)
{
	int r = e->kind == EXPR_ENTITY ? collect_uid(n, &e->uid) : 0;

	for (size_t i = 0; i < e->n_args && r == 0; i++)
		r = collect_expr(n, e->args[i]);
	return r;
}

static int collect_policy(struct policy_names *n, const struct policy *p)
{
	int r = 0;

	for (size_t i = 0; i < p->principal.n_uids && r == 0; i++)
		r = collect_uid(n, &p->principal.uids[i]);
	for (size_t i = 0; i < p->n_conditions && r == 0; i++)
		r = collect_expr(n, p->conditions[i].body);
	return r;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts, and keeps one of each. */
static void settle(const char **items, size_t *n)
{
	size_t kept = 0;

	if (*n > 1)
		qsort(items, *n, sizeof(*items), by_text);
	for (size_t i = 0; i < *n; i++)
		if (i == 0 || strcmp(items[i], items[kept - 1]) != 0)
			items[kept++] = items[i];
	*n = kept;
}

/* Identities stand for their accounts while the phase identity is not enforced. */
static int collect_accounts(struct policy_names *n, const struct entity_set *entities)
{
	int r = 0;

	for (size_t i = 0; entities && i < entities->n && r == 0; i++) {
		const struct entity *e = entities->items[i];

		if (e->kind == ENTITY_IDENTITY && strlen(e->user.s) == e->user.len)
			r = add(n, NAME_USER, e->user.s);
	}
	return r;
}

int policy_names_collect(const struct policy_set *set, const struct entity_set *entities,
			 struct policy_names *ret)
{
	_cleanup_policy_names_ struct policy_names n = POLICY_NAMES_INIT;
	int r = 0;

	for (size_t i = 0; i < set->n && r == 0; i++)
		r = collect_policy(&n, set->policies[i]);
	r = r ? r : collect_accounts(&n, entities);
	if (r < 0)
		return r;
	for (int kind = 0; kind < NAME_KINDS; kind++)
		settle(n.items[kind], &n.n[kind]);
	*ret = n;
	n = POLICY_NAMES_INIT;
	return 0;
}

void policy_names_free(struct policy_names *n)
{
	for (int kind = 0; kind < NAME_KINDS; kind++)
		free(n->items[kind]);
	*n = POLICY_NAMES_INIT;
}
