/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sweep over all boundaries in order. Those of a space of 32 bits are sorted as words, key and predicate in one. Of a
 * wider one a heap holds each predicate's next boundary. Most boundaries flip one predicate: that step from one class
 * to another is remembered, so that a million prefixes do not build a million sets.
 */
#include "compile/partition.h"

#include "base/radix.h"
#include "base/vec.h"

size_t partition_find(const struct partition *p, range_key key)
{
	size_t low = 0, high = p->n;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (p->items[middle].first <= key)
			low = middle;
		else
			high = middle;
	}
	return low;
}

struct boundary {
	range_key key;
	uint32_t predicate;
};

struct sweep {
	const struct space *space;
	struct intern *sets;
	struct intern *steps; /* (class, predicate) seen, numbered */
	VEC(uint32_t) step_to; /* class after each of them */
	uint64_t *sorted; /* narrow spaces: key << 32 | predicate; `at` is the next of `n` */
	size_t at;
	struct boundary *heap; /* wide spaces: the least of `n` is the first */
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
	free(s->sorted);
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

/* The least boundary that is left; false when none is. */
static bool peek(const struct sweep *s, struct boundary *ret)
{
	if (!s->sorted) {
		if (s->n)
			*ret = s->heap[0];
		return s->n != 0;
	}
	if (s->at == s->n)
		return false;
	*ret = (struct boundary){ s->sorted[s->at] >> 32, (uint32_t)s->sorted[s->at] };
	return true;
}

/* Takes the least boundary off the heap and puts the same predicate's next one in. */
static void replace(struct sweep *s)
{
	struct boundary *top = &s->heap[0];
	uint32_t p = top->predicate;

	s->next[p]++;
	if (!boundary_of(s, p, &top->key))
		*top = s->heap[--s->n];
	sift_down(s);
}

/* Past the least boundary, which is `b`. */
static void advance(struct sweep *s, const struct boundary *b)
{
	s->active[b->predicate / 64] ^= 1ull << (b->predicate % 64);
	if (s->sorted)
		s->at++;
	else
		replace(s);
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

static int heap_fill(struct sweep *s)
{
	size_t n = s->space->n;

	s->heap = calloc(n + 1, sizeof(*s->heap));
	s->next = calloc(n + 1, sizeof(*s->next));
	if (!s->heap || !s->next)
		return -ENOMEM;
	for (uint32_t p = 0; p < n; p++) {
		struct boundary b = { .predicate = p };

		if (boundary_of(s, p, &b.key))
			push(s, b);
	}
	return 0;
}

static int sorted_fill(struct sweep *s)
{
	size_t most = 0;

	for (size_t p = 0; p < s->space->n; p++)
		most += 2 * s->space->predicates[p]->n;
	s->sorted = malloc((most + 1) * sizeof(*s->sorted));
	if (!s->sorted)
		return -ENOMEM;
	for (size_t p = 0; p < s->space->n; p++) {
		const struct range_set *set = s->space->predicates[p];

		for (size_t i = 0; i < set->n; i++) {
			const struct range *r = &set->items[i];

			s->sorted[s->n++] = (uint64_t)r->first << 32 | p;
			if (r->last < s->space->max)
				s->sorted[s->n++] = ((uint64_t)r->last + 1) << 32 | p;
		}
	}
	return radix_sort(s->sorted, s->n, 32, 64);
}

static int sweep_start(struct sweep *s)
{
	int r;

	s->active = calloc(partition_words(s->space->n), sizeof(*s->active));
	if (!s->active)
		return -ENOMEM;
	r = s->space->max <= RANGE_MAX32 ? sorted_fill(s) : heap_fill(s);
	return r ? r : intern_new(&s->steps);
}

/* Flips all predicates whose boundary is where `b`, the least one, is. */
static int cross(struct sweep *s, struct boundary b, uint32_t *cls)
{
	uint32_t predicate = b.predicate;
	range_key key = b.key;

	advance(s, &b);
	if (!peek(s, &b) || b.key != key)
		return step(s, *cls, predicate, cls);
	do
		advance(s, &b);
	while (peek(s, &b) && b.key == key);
	return class_of_active(s, cls);
}

static int sweep_run(struct sweep *s, struct partition *out)
{
	struct boundary b;
	range_key key = 0;
	uint32_t cls;
	int r;

	while (peek(s, &b) && b.key == 0)
		advance(s, &b);
	r = class_of_active(s, &cls);
	while (r == 0) {
		if (out->n == 0 || out->items[out->n - 1].cls != cls)
			r = vec_push(out, ((struct piece){ key, cls }));
		if (r || !peek(s, &b))
			break;
		key = b.key;
		r = cross(s, b, &cls);
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
