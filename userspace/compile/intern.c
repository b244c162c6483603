/* SPDX-License-Identifier: BSD-2-Clause */
/* Hash-consing in an open-addressed table that is at most half full. */
#include "compile/intern.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/arena.h"
#include "base/vec.h"

#define FREE UINT32_MAX

struct sequence {
	const void *bytes;
	size_t n;
	uint64_t hash;
};

struct intern {
	struct arena *arena;
	VEC(struct sequence) sequences;
	uint32_t *places; /* of `mask` + 1; a sequence's number or FREE */
	size_t mask;
	uint64_t key;
};

void intern_free(struct intern **t)
{
	if (!*t)
		return;
	arena_free(&(*t)->arena);
	vec_free(&(*t)->sequences);
	free((*t)->places);
	free(*t);
	*t = NULL;
}

static uint32_t *places_new(size_t n)
{
	uint32_t *places = malloc(n * sizeof(*places));

	if (places)
		memset(places, 0xff, n * sizeof(*places));
	return places;
}

int intern_new(struct intern **ret)
{
	_cleanup_intern_ struct intern *t = calloc(1, sizeof(*t));

	if (!t)
		return -ENOMEM;
	/* Without entropy the key is 0: numbers do not depend on it, only the time of hostile input. */
	if (getrandom(&t->key, sizeof(t->key), GRND_NONBLOCK) != sizeof(t->key))
		t->key = 0;
	t->mask = 15;
	t->places = places_new(t->mask + 1);
	if (!t->places || arena_new(&t->arena))
		return -ENOMEM;
	*ret = TAKE_PTR(t);
	return 0;
}

static uint64_t mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15ull;
	return h ^ h >> 29;
}

static uint64_t hash(uint64_t key, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint64_t h = mix(key, n), word;

	for (; n >= sizeof(word); p += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		h = mix(h, word);
	}
	word = 0;
	if (n)
		memcpy(&word, p, n);
	return mix(mix(h, word), key);
}

/* The place where a sequence is, or would go. */
static uint32_t *place_of(const struct intern *t, uint64_t h, const void *bytes, size_t n)
{
	size_t i = h & t->mask;

	for (; t->places[i] != FREE; i = (i + 1) & t->mask) {
		const struct sequence *s = &t->sequences.items[t->places[i]];

		if (s->hash == h && s->n == n && (n == 0 || memcmp(s->bytes, bytes, n) == 0))
			break;
	}
	return &t->places[i];
}

static int grow(struct intern *t)
{
	size_t mask = t->mask * 2 + 1;
	uint32_t *places = places_new(mask + 1);

	if (!places)
		return -ENOMEM;
	for (uint32_t id = 0; id < t->sequences.n; id++) {
		size_t i = t->sequences.items[id].hash & mask;

		while (places[i] != FREE)
			i = (i + 1) & mask;
		places[i] = id;
	}
	free(t->places);
	t->places = places;
	t->mask = mask;
	return 0;
}

bool intern_find(const struct intern *t, const void *bytes, size_t n, uint32_t *ret)
{
	uint32_t id = *place_of(t, hash(t->key, bytes, n), bytes, n);

	if (id == FREE)
		return false;
	*ret = id;
	return true;
}

int intern_put(struct intern *t, const void *bytes, size_t n, uint32_t *ret)
{
	uint64_t h = hash(t->key, bytes, n);
	uint32_t *place = place_of(t, h, bytes, n);
	void *copy;

	if (*place != FREE) {
		*ret = *place;
		return 0;
	}
	if (t->sequences.n * 2 >= t->mask) {
		if (grow(t))
			return -ENOMEM;
		place = place_of(t, h, bytes, n);
	}
	copy = arena_alloc(t->arena, n);
	if (!copy)
		return -ENOMEM;
	if (n)
		memcpy(copy, bytes, n);
	if (vec_push(&t->sequences, ((struct sequence){ copy, n, h })))
		return -ENOMEM;
	*place = (uint32_t)t->sequences.n - 1;
	*ret = *place;
	return 0;
}

const void *intern_get(const struct intern *t, uint32_t id, size_t *ret_n)
{
	const struct sequence *s = &t->sequences.items[id];

	if (ret_n)
		*ret_n = s->n;
	return s->bytes;
}

uint32_t intern_count(const struct intern *t)
{
	return (uint32_t)t->sequences.n;
}
