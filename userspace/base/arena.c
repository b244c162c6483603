/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arena: a list of zeroed blocks, each filled from its start. Blocks grow with the arena, so a
 * large syntax tree costs few allocations; an object larger than a block gets one of its own size.
 */
#include "base/arena.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BLOCK_FIRST = 4096,
	BLOCK_LARGEST = 1 << 20,
	ALIGNMENT = _Alignof(max_align_t),
};

struct block {
	struct block *next;
	size_t used;
	size_t size;
	_Alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct block *blocks; /* the one being filled first */
	size_t used;
	size_t next_size;
};

int arena_new(struct arena **ret)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (!a)
		return -ENOMEM;
	a->next_size = BLOCK_FIRST;
	*ret = a;
	return 0;
}

void arena_free(struct arena **a)
{
	if (!*a)
		return;
	for (struct block *b = (*a)->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(*a);
	*a = NULL;
}

static struct block *block_add(struct arena *a, size_t need)
{
	size_t size = need > a->next_size ? need : a->next_size;
	struct block *b;

	if (size > SIZE_MAX - sizeof(*b))
		return NULL;
	b = calloc(1, sizeof(*b) + size);
	if (!b)
		return NULL;
	b->size = size;
	b->next = a->blocks;
	a->blocks = b;
	if (a->next_size < BLOCK_LARGEST)
		a->next_size *= 2;
	return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
	struct block *b = a->blocks;
	size_t rounded;
	void *p;

	if (n > SIZE_MAX - ALIGNMENT)
		return NULL;
	rounded = n ? (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
	if (!b || b->size - b->used < rounded)
		b = block_add(a, rounded);
	if (!b)
		return NULL;
	p = b->bytes + b->used;
	b->used += rounded;
	a->used += rounded;
	return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return arena_alloc(a, bytes);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *copy;

	if (n == SIZE_MAX)
		return NULL;
	copy = arena_alloc(a, n + 1);
	if (copy && n)
		memcpy(copy, s, n);
	return copy;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *text = NULL;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n >= 0)
		text = arena_alloc(a, (size_t)n + 1);
	if (text)
		(void)vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return text;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}
