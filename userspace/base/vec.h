/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Growable typed array: VEC(struct foo) foos; vec_push(&foos, value). `items` is owned, released
 * with vec_free. A push answers 0 or -ENOMEM and leaves the array as it was on failure.
 */
#pragma once

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *items;                                                                       \
		size_t n;                                                                          \
		size_t cap;                                                                        \
	}

/* Makes room for `need` elements of `size` bytes in *items. 0 or -ENOMEM. */
static inline int vec_room(void **items, size_t *cap, size_t need, size_t size)
{
	size_t grown = *cap ? *cap : 8;
	void *moved;

	if (need <= *cap)
		return 0;
	if (need > (size_t)PTRDIFF_MAX / 2 / size) /* doubling must not wrap */
		return -ENOMEM;
	while (grown < need)
		grown *= 2;
	moved = reallocarray(*items, grown, size);
	if (!moved)
		return -ENOMEM;
	*items = moved;
	*cap = grown;
	return 0;
}

#define vec_reserve(v, need) vec_room((void **)&(v)->items, &(v)->cap, (need), sizeof(*(v)->items))

#define vec_push(v, value)                                                                         \
	({                                                                                         \
		int push_r_ = vec_reserve((v), (v)->n + 1);                                        \
		if (push_r_ == 0)                                                                  \
			(v)->items[(v)->n++] = (value);                                            \
		push_r_;                                                                           \
	})

#define vec_free(v)                                                                                \
	do {                                                                                       \
		free((v)->items);                                                                  \
		memset((v), 0, sizeof(*(v)));                                                      \
	} while (0)
