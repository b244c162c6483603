/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arena: many small objects with one common lifetime (a syntax tree, a compiled set). Nothing in
 * an arena is freed alone. Memory is zeroed. Every function that can fail for lack of memory
 * returns NULL, and the caller answers -ENOMEM.
 */
#pragma once

#include <stddef.h>

struct arena;

/* A new empty arena in *ret, owned by the caller. 0 or -ENOMEM. */
int arena_new(struct arena **ret);

/* Releases the arena and all it holds; sets *a to NULL. A NULL *a is left alone. */
void arena_free(struct arena **a);

/* `n` zeroed bytes aligned for any type, or NULL. n == 0 gives a valid unique pointer. */
void *arena_alloc(struct arena *a, size_t n);

/* `n` zeroed elements of `size` bytes each, or NULL; also when the product overflows. */
void *arena_array(struct arena *a, size_t n, size_t size);

/* Copy of `n` bytes with a NUL after them, or NULL. */
char *arena_strndup(struct arena *a, const char *s, size_t n);

/* printf into the arena, or NULL. */
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Bytes handed out so far: what a memory limit is compared with. */
size_t arena_used(const struct arena *a);

#define arena_new_of(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array_of(a, type, n) ((type *)arena_array((a), (n), sizeof(type)))
