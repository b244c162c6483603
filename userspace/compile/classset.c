/* SPDX-License-Identifier: BSD-2-Clause */
/* Set algebra over interned bit sets. */
#include "compile/classset.h"

#include <errno.h>

static const uint64_t *words_of(const struct classsets *s, uint32_t a)
{
	return intern_get(s->sets, a, NULL);
}

/* Word `i` of the set of all classes: bits past the last class are zero in every set. */
static uint64_t full_word(const struct classsets *s, size_t i)
{
	uint32_t rest = s->classes - (uint32_t)i * 64;

	return rest >= 64 ? UINT64_MAX : (1ull << rest) - 1;
}

int classset_put(struct classsets *s, const uint64_t *words, uint32_t *ret)
{
	return intern_put(s->sets, words, s->words * sizeof(*words), ret);
}

int classsets_init(struct classsets *s, uint32_t classes)
{
	uint32_t id;

	*s = (struct classsets){ .classes = classes, .words = (classes + 63) / 64 };
	s->scratch = calloc(s->words, sizeof(*s->scratch));
	if (!s->scratch || intern_new(&s->sets))
		return -ENOMEM;
	for (size_t i = 0; i < s->words; i++)
		s->scratch[i] = full_word(s, i);
	if (classset_put(s, s->scratch, &id))
		return -ENOMEM;
	for (size_t i = 0; i < s->words; i++)
		s->scratch[i] = 0;
	return classset_put(s, s->scratch, &id);
}

void classsets_deinit(struct classsets *s)
{
	intern_free(&s->sets);
	free(s->scratch);
	*s = (struct classsets){ 0 };
}

int classset_and(struct classsets *s, uint32_t a, uint32_t b, uint32_t *ret)
{
	const uint64_t *x = words_of(s, a), *y = words_of(s, b);

	for (size_t i = 0; i < s->words; i++)
		s->scratch[i] = x[i] & y[i];
	return classset_put(s, s->scratch, ret);
}

int classset_or(struct classsets *s, uint32_t a, uint32_t b, uint32_t *ret)
{
	const uint64_t *x = words_of(s, a), *y = words_of(s, b);

	for (size_t i = 0; i < s->words; i++)
		s->scratch[i] = x[i] | y[i];
	return classset_put(s, s->scratch, ret);
}

int classset_not(struct classsets *s, uint32_t a, uint32_t *ret)
{
	const uint64_t *x = words_of(s, a);

	for (size_t i = 0; i < s->words; i++)
		s->scratch[i] = ~x[i] & full_word(s, i);
	return classset_put(s, s->scratch, ret);
}

bool classset_subset(const struct classsets *s, uint32_t a, uint32_t b)
{
	const uint64_t *x = words_of(s, a), *y = words_of(s, b);

	for (size_t i = 0; i < s->words; i++)
		if (x[i] & ~y[i])
			return false;
	return true;
}

bool classset_has(const struct classsets *s, uint32_t a, uint32_t cls)
{
	return words_of(s, a)[cls / 64] >> (cls % 64) & 1;
}

uint32_t classset_count(const struct classsets *s, uint32_t a)
{
	const uint64_t *x = words_of(s, a);
	uint32_t n = 0;

	for (size_t i = 0; i < s->words; i++)
		n += (uint32_t)__builtin_popcountll(x[i]);
	return n;
}

uint32_t classset_least(const struct classsets *s, uint32_t a)
{
	const uint64_t *x = words_of(s, a);

	for (size_t i = 0; i < s->words; i++)
		if (x[i])
			return (uint32_t)(i * 64 + (size_t)__builtin_ctzll(x[i]));
	return s->classes;
}
