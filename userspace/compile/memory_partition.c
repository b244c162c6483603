/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pieces of the run before are cut only where a predicate that is new, or other than it was, begins or ends; those
 * that are gone are left out of the sets of predicates. A walk in order over both meets each set of predicates where a
 * sweep over all boundaries would meet it first, so the classes are numbered as if there had been no run before.
 */
#include <errno.h>
#include <string.h>

#include "base/vec.h"
#include "compile/memory.h"

#define UNKNOWN UINT32_MAX

struct merge {
	const struct image_memory *memory;
	size_t predicates; /* of this run */
	uint32_t *now; /* owned: by predicate of the run before, that of this one, or NO_PREDICATE */
	uint32_t *others; /* owned: predicates of this run that were not there before, */
	const struct range_set **ranges; /* owned: and theirs, of the family at hand */
	size_t n_others;
	struct intern *other_sets; /* owned: sets of these, as they lie in `others` */
	struct intern *sets; /* borrowed: of this run */
	uint64_t *set; /* owned: one of them */
	/* the class for each of the memory's classes together with that set of others; valid by its stamp */
	uint32_t *known; /* owned */
	uint32_t *stamps; /* owned */
	uint32_t stamp, other;
};

static void merge_deinit(struct merge *m)
{
	free(m->now);
	free(m->others);
	free(m->ranges);
	intern_free(&m->other_sets);
	free(m->set);
	free(m->known);
	free(m->stamps);
}

static int merge_init(struct merge *m, const struct compilation *c)
{
	size_t before = c->memory->ips.n, classes = intern_count(c->memory->ip_sets);

	m->memory = c->memory;
	m->predicates = c->ips.n;
	m->other = UNKNOWN;
	m->now = malloc((before + 1) * sizeof(*m->now));
	m->others = calloc(c->ips.n + 1, sizeof(*m->others));
	m->ranges = calloc(c->ips.n + 1, sizeof(*m->ranges));
	m->set = calloc(partition_words(c->ips.n), sizeof(*m->set));
	m->known = calloc(classes + 1, sizeof(*m->known));
	m->stamps = calloc(classes + 1, sizeof(*m->stamps));
	if (!m->now || !m->others || !m->ranges || !m->set || !m->known || !m->stamps ||
	    intern_new(&m->other_sets))
		return -ENOMEM;
	memset(m->now, 0xff, (before + 1) * sizeof(*m->now));
	for (uint32_t i = 0; i < c->ips.n; i++) {
		if (c->ips.items[i].before == NO_PREDICATE)
			m->others[m->n_others++] = i;
		else
			m->now[c->ips.items[i].before] = i;
	}
	return 0;
}

static void add(uint64_t *set, uint32_t predicate)
{
	set[predicate / 64] |= 1ull << (predicate % 64);
}

/* Adds what a class of before is now. */
static void add_before(struct merge *m, uint32_t cls)
{
	size_t bytes;
	const uint64_t *words = intern_get(m->memory->ip_sets, cls, &bytes);

	for (size_t w = 0; w < bytes / sizeof(*words); w++) {
		for (uint64_t left = words[w]; left; left &= left - 1) {
			uint32_t now = m->now[w * 64 + (size_t)__builtin_ctzll(left)];

			if (now != NO_PREDICATE)
				add(m->set, now);
		}
	}
}

static void add_others(struct merge *m, uint32_t other)
{
	const uint64_t *words = intern_get(m->other_sets, other, NULL);

	for (size_t i = 0; i < m->n_others; i++)
		if (words[i / 64] >> (i % 64) & 1)
			add(m->set, m->others[i]);
}

/* The class of what a class of before and a set of others are together, met for the first time. */
static int class_make(struct merge *m, uint32_t before, uint32_t other, uint32_t *ret)
{
	size_t bytes = partition_words(m->predicates) * sizeof(*m->set);
	int r;

	memset(m->set, 0, bytes);
	add_before(m, before);
	add_others(m, other);
	r = intern_put(m->sets, m->set, bytes, ret);
	if (r)
		return r;
	m->known[before] = *ret;
	m->stamps[before] = m->stamp;
	return 0;
}

/* The same, also where they were met before. `other` stays for long, so that what is known is known by `before`. */
static inline int class_of(struct merge *m, uint32_t before, uint32_t other, uint32_t *ret)
{
	if (other != m->other) {
		m->other = other;
		m->stamp++;
	}
	if (m->stamps[before] != m->stamp)
		return class_make(m, before, other, ret);
	*ret = m->known[before];
	return 0;
}

/* A piece of the result. An equal neighbour is one piece with it. */
static int put(struct partition *out, range_key first, uint32_t cls)
{
	if (out->n && out->items[out->n - 1].cls == cls)
		return 0;
	return vec_push(out, ((struct piece){ first, cls }));
}

/* Pieces of before, from `at` on. */
struct ahead {
	const struct partition *pieces;
	size_t at;
};

/* One begins below the limit, which NULL is not. */
static bool is_below(const struct ahead *a, const range_key *limit)
{
	return a->at < a->pieces->n && (!limit || a->pieces->items[a->at].first < *limit);
}

/* From the beginning of one of the others to that of the next: there can be a million of before in between. */
static int walk_along(struct merge *m, struct ahead *a, const struct piece *other,
		      const range_key *limit, struct partition *out)
{
	const struct piece *items = a->pieces->items;
	uint32_t cls;
	int r;

	if (a->at < a->pieces->n && items[a->at].first == other->first)
		a->at++;
	r = class_of(m, items[a->at - 1].cls, other->cls, &cls);
	if (r == 0)
		r = put(out, other->first, cls);
	for (; r == 0 && is_below(a, limit); a->at++) {
		r = class_of(m, items[a->at].cls, other->cls, &cls);
		if (r == 0)
			r = put(out, items[a->at].first, cls);
	}
	return r;
}

/* Both partitions begin at 0. */
static int walk(struct merge *m, const struct partition *before, const struct partition *others,
		struct partition *out)
{
	struct ahead a = { .pieces = before };
	int r = vec_reserve(out, before->n + others->n);

	for (size_t k = 0; r == 0 && k < others->n; k++) {
		const bool last = k + 1 == others->n;
		const range_key limit = last ? 0 : others->items[k + 1].first;

		r = walk_along(m, &a, &others->items[k], last ? NULL : &limit, out);
	}
	return r;
}

static int merge_family(struct merge *m, const struct partition *before, range_key max,
			struct partition *ret)
{
	const struct space others = { m->ranges, m->n_others, max };
	struct partition b = { 0 }, out = { 0 };
	int r = partition_make(&others, m->other_sets, &b);

	if (r == 0)
		r = walk(m, before, &b, &out);
	partition_free(&b);
	if (r) {
		partition_free(&out);
		return r;
	}
	*ret = out;
	return 0;
}

int memory_partition(struct compilation *c, struct grid *g)
{
	struct merge m = { .sets = g->ip_sets };
	int r = merge_init(&m, c);

	for (size_t i = 0; r == 0 && i < m.n_others; i++)
		m.ranges[i] = &c->ips.items[m.others[i]].v4;
	if (r == 0)
		r = merge_family(&m, &c->memory->v4, RANGE_MAX32, &g->v4);
	for (size_t i = 0; r == 0 && i < m.n_others; i++)
		m.ranges[i] = &c->ips.items[m.others[i]].v6;
	if (r == 0)
		r = merge_family(&m, &c->memory->v6, RANGE_MAX128, &g->v6);
	merge_deinit(&m);
	return r;
}
