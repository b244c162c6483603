/* SPDX-License-Identifier: BSD-2-Clause */
/* Destinations. */
#include "compare.h"

#include "generate_world.h"

uint32_t pool[POOL_WIDE];

void pool_make(const struct rules *inside)
{
	struct rng rng = { 20 };

	for (size_t i = 0; i < POOL_WIDE; i++) {
		const struct rule *r = &inside->items[rng_below(&rng, (uint32_t)inside->n)];

		/* 127/8 stays out: it has a meaning of its own */
		do
			pool[i] = i % 2 ? r->addr : (1u << 24) + rng_below(&rng, 0xdeffffffu);
		while (pool[i] >> 24 == 127 && i % 2 == 0);
		if (pool[i] >> 24 == 127)
			pool[i] = 0x01020304;
	}
}
