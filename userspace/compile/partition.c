/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sweep over all boundaries in order. A heap holds each predicate's next boundary, so that memory
 * does not grow with the number of ranges. Most boundaries flip one predicate: that step from one
 * class to another is remembered, so that a million prefixes do not build a million sets.
 */
#include "compile/partition.h"

#include "base/vec.h"

struct boundary {
	range_key key;
	uint32_t predicate;
};

struct sweep {
	const struct space *space;
	struct intern *sets;
	struct intern *steps; /* (class, predicate) seen, numbered */
	VEC(uint32_t) step_to; /* class after each of them */
	struct boundary *heap;
	size_t n;
	size_t *next; /* per predicate: range * 2, + 1 when inside it */
	uint64_t *active;
};

void partition_free(struct partition *p)
{
	vec_free(p);
}

static void sweep_free(struct sweep *s)
{
	intern_free(&s->steps);
	vec_free(&s->step_to);
	free(s->heap);
	free(s->next);
	free(s->active);
}

static void sift_down(struct sweep *s)
{
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;
		struct boundary b = s->heap[i];

		if (child + 1 < s->n && s->heap[child + 1].key < s->heap[child].key)
			child++;
		if (child >= s->n || b.key <= s->heap[child].key)
			return;
		s->heap[i] = s->heap[child];
		s->heap[child] = b;
		i = child;
	}
}

static void push(struct sweep *s, struct boundary b)
{
	size_t i = s->n++;

	for (; i > 0 && b.key < s->heap[(i - 1) / 2].key; i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = b;
}

/* A predicate's next boundary; false when it has none below the end of the space. */
static bool boundary_of(const struct sweep *s, uint32_t predicate, range_key *ret)
{
	const struct range_set *set = s->space->predicates[predicate];
	size_t at = s->next[predicate];
	const struct range *r;

	if (at / 2 >= set->n)
		return false;
	r = &set->items[at / 2];
	if (at % 2 == 0) {
		*ret = r->first;
		return true;
	}
	if (r->last >= s->space->max)
		return false;
	*ret = r->last + 1;
	return true;
}

/* Takes the least boundary off and puts the same predicate's next one in. */
static void advance(struct sweep *s)
{
	struct boundary *top = &s->heap[0];
	uint32_t p = top->predicate;

	s->active[p / 64] ^= 1ull << (p % 64);
	s->next[p]++;
	if (!boundary_of(s, p, &top->key))
		*top = s->heap[--s->n];
	sift_down(s);
}

static int class_of_active(struct sweep *s, uint32_t *ret)
{
	return intern_put(s->sets, s->active, partition_words(s->space->n) * sizeof(*s->active),
			  ret);
}

/* The class after one predicate flipped in class `from`. */
static int step(struct sweep *s, uint32_t from, uint32_t predicate, uint32_t *ret)
{
	uint32_t key[2] = { from, predicate }, id, to;
	int r;

	if (intern_find(s->steps, key, sizeof(key), &id)) {
		*ret = s->step_to.items[id];
		return 0;
	}
	r = class_of_active(s, &to);
	if (r == 0)
		r = intern_put(s->steps, key, sizeof(key), &id);
	if (r == 0)
		r = vec_push(&s->step_to, to);
	if (r == 0)
		*ret = to;
	return r;
}

static int sweep_start(struct sweep *s)
{
	size_t n = s->space->n;

	s->heap = calloc(n + 1, sizeof(*s->heap));
	s->next = calloc(n + 1, sizeof(*s->next));
	s->active = calloc(partition_words(n), sizeof(*s->active));
	if (!s->heap || !s->next || !s->active)
		return -ENOMEM;
	for (uint32_t p = 0; p < n; p++) {
		struct boundary b = { .predicate = p };

		if (boundary_of(s, p, &b.key))
			push(s, b);
	}
	return intern_new(&s->steps);
}

/* Flips all predicates whose boundary is at `key`. */
static int cross(struct sweep *s, range_key key, uint32_t *cls)
{
	uint32_t predicate = s->heap[0].predicate;

	advance(s);
	if (s->n == 0 || s->heap[0].key != key)
		return step(s, *cls, predicate, cls);
	while (s->n > 0 && s->heap[0].key == key)
		advance(s);
	return class_of_active(s, cls);
}

static int sweep_run(struct sweep *s, struct partition *out)
{
	range_key key = 0;
	uint32_t cls;
	int r;

	while (s->n > 0 && s->heap[0].key == 0)
		advance(s);
	r = class_of_active(s, &cls);
	while (r == 0) {
		if (out->n == 0 || out->items[out->n - 1].cls != cls)
			r = vec_push(out, ((struct piece){ key, cls }));
		if (r || s->n == 0)
			break;
		key = s->heap[0].key;
		r = cross(s, key, &cls);
	}
	return r;
}

int partition_make(const struct space *space, struct intern *sets, struct partition *ret)
{
	struct sweep s = { .space = space, .sets = sets };
	struct partition out = { 0 };
	int r = sweep_start(&s);

	if (r == 0)
		r = sweep_run(&s, &out);
	sweep_free(&s);
	if (r) {
		partition_free(&out);
		return r;
	}
	*ret = out;
	return 0;
}
