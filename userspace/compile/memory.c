/* SPDX-License-Identifier: BSD-2-Clause */
/* What is kept, and finding a predicate in it. */
#include "compile/memory.h"

#include <errno.h>
#include <string.h>

void image_memory_free(struct image_memory **m)
{
	struct image_memory *gone = *m;

	if (!gone)
		return;
	for (size_t i = 0; i < gone->ips.n; i++)
		ip_predicate_free(&gone->ips.items[i]);
	vec_free(&gone->ips);
	vec_free(&gone->atoms);
	intern_free(&gone->atom_keys);
	intern_free(&gone->ip_sets);
	partition_free(&gone->v4);
	partition_free(&gone->v6);
	free(gone);
	*m = NULL;
}

static bool are_equal(const struct range_set *a, const struct range_set *b)
{
	for (size_t i = 0; a->n == b->n && i < a->n; i++)
		if (a->items[i].first != b->items[i].first || a->items[i].last != b->items[i].last)
			return false;
	return a->n == b->n;
}

/* Lists are held, so an equal pointer is the same list. */
static bool are_same(const struct ip_predicate *a, const struct ip_predicate *b)
{
	if (a->lists.n != b->lists.n)
		return false;
	for (size_t i = 0; i < a->lists.n; i++)
		if (a->lists.items[i] != b->lists.items[i])
			return false;
	return a->lists.n || (are_equal(&a->v4, &b->v4) && are_equal(&a->v6, &b->v6));
}

uint32_t memory_find(const struct image_memory *m, const struct buf *key,
		     const struct ip_predicate *p)
{
	const struct atom *a;
	uint32_t id;

	if (!m || buf_error(key) || !intern_find(m->atom_keys, key->data, key->len, &id))
		return NO_PREDICATE;
	a = &m->atoms.items[id];
	return a->kind == ATOM_IP && are_same(&m->ips.items[a->index], p) ? a->index : NO_PREDICATE;
}

/* What has lists is known by them: its ranges were needed once. */
static void forget_ranges(struct image_memory *m)
{
	for (size_t i = 0; i < m->ips.n; i++) {
		struct ip_predicate *p = &m->ips.items[i];

		if (p->lists.n == 0)
			continue;
		range_set_free(&p->v4);
		range_set_free(&p->v6);
	}
}

/* An array with its length and room, from one owner to the other. */
#define MOVE(to, from)                                                                             \
	do {                                                                                       \
		(to)->items = TAKE_PTR((from)->items);                                             \
		(to)->n = (from)->n;                                                               \
		(to)->cap = (from)->cap;                                                           \
		(from)->n = (from)->cap = 0;                                                       \
	} while (0)

int memory_take(struct compilation *c, struct grid *g, struct image_memory **ret)
{
	struct image_memory *m = calloc(1, sizeof(*m));

	if (!m)
		return -ENOMEM;
	m->atom_keys = TAKE_PTR(c->atom_keys);
	m->ip_sets = TAKE_PTR(g->ip_sets);
	MOVE(&m->atoms, &c->atoms);
	MOVE(&m->ips, &c->ips);
	MOVE(&m->v4, &g->v4);
	MOVE(&m->v6, &g->v6);
	forget_ranges(m);
	*ret = m;
	return 0;
}
