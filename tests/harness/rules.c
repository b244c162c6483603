/* SPDX-License-Identifier: BSD-2-Clause */
/* See rules.h. */
#include "rules.h"

#include <stdio.h>
#include <stdlib.h>

#include "generate_world.h"

enum { FIRST_ADDRESS = 1 << 24, PARENTS = 64 };

#define LAST_ADDRESS 0xdfffffffu /* below multicast */

/* Per cent of prefixes that are at most so long, from the families' published figures. */
struct lengths {
	uint8_t bits[8];
	uint8_t up_to[8];
};

static const struct family {
	struct lengths lengths;
	uint8_t nested; /* per cent that begin as an earlier one does */
	uint8_t exact, range; /* per cent of ports; the rest is any */
	uint8_t forbid; /* per cent of groups */
	uint8_t anybody; /* per cent of groups */
} families[RULES_STYLES] = {
	[RULES_UNIFORM] = { { { 24, 26, 28, 30, 32 }, { 20, 35, 50, 65, 100 } }, 0, 100, 0, 0, 0 },
	[RULES_ACCESS] = { { { 16, 20, 23, 24, 27, 28, 30, 32 },
			     { 2, 5, 12, 37, 45, 55, 65, 100 } },
			   70,
			   85,
			   10,
			   10,
			   15 },
	[RULES_FIREWALL] = { { { 8, 12, 16, 20, 24, 28, 32 }, { 3, 7, 22, 32, 62, 72, 100 } },
			     50,
			     40,
			     35,
			     40,
			     40 },
	[RULES_CHAIN] = { { { 8, 16, 21, 24, 26, 29, 32 }, { 1, 8, 15, 45, 55, 68, 100 } },
			  60,
			  65,
			  20,
			  20,
			  25 },
};

static uint32_t mask_of(uint8_t bits)
{
	return bits ? ~0u << (32 - bits) : 0;
}

static uint8_t length_of(const struct lengths *l, struct rng *r)
{
	uint32_t x = rng_below(r, 100);
	size_t i = 0;

	while (i < 7 && x >= l->up_to[i])
		i++;
	return l->bits[i];
}

/* Few ports are asked for often, as the first powers of a number are. */
static uint16_t port_of(struct rng *r)
{
	static const uint16_t known[] = { 443,	80,   22,   53,	  25,	5432, 3306, 8080,
					  6379, 1521, 8443, 9092, 1433, 5672, 389,  123 };
	uint32_t i = 0;

	while (i < 15 && rng_chance(r, 60))
		i++;
	return rng_chance(r, 70) ? known[i] : (uint16_t)(1024 + rng_below(r, 40000));
}

static struct rule_group group_of(const struct family *f, struct rng *r, uint32_t number)
{
	struct rule_group g = { .last = 65535, .protocols = 3 };
	uint32_t kind = rng_below(r, 100);

	if (kind < f->exact) {
		g.first = g.last = port_of(r);
	} else if (kind < (uint32_t)f->exact + f->range) {
		g.first = rng_chance(r, 60) ? 1024 : port_of(r);
		if (rng_chance(r, 50) && g.first < 60000)
			g.last = (uint16_t)(g.first + rng_below(r, 5000));
	}
	if (rng_chance(r, 80))
		g.protocols = rng_chance(r, 75) ? 1 : 2;
	g.forbid = rng_chance(r, f->forbid);
	g.program = rng_chance(r, f->anybody) ? RULES_ANYBODY : number;
	return g;
}

/* One prefix in each of n equal parts of the addresses. */
static void spread(struct rules *r, struct rng *rng)
{
	uint64_t stride = (LAST_ADDRESS - FIRST_ADDRESS) / (uint64_t)r->n;

	for (size_t i = 0; i < r->n; i++) {
		struct rule *to = &r->items[i];
		uint32_t size;

		do {
			to->bits = length_of(&families[RULES_UNIFORM].lengths, rng);
			size = to->bits == 32 ? 1 : 1u << (32 - to->bits);
		} while (2ull * size > stride && size > 1);
		to->addr = (uint32_t)(FIRST_ADDRESS + i * stride + size - 1 +
				      rng_below(rng, (uint32_t)(stride - 2 * (uint64_t)size + 2)));
		to->addr &= mask_of(to->bits);
	}
}

/* Beginnings are kept of some earlier ones, so that prefixes come to lie in and beside each other. */
static void skew(struct rules *r, const struct family *f, struct rng *rng)
{
	uint32_t parents[PARENTS] = { 0 };

	for (size_t i = 0; i < r->n; i++) {
		struct rule *to = &r->items[i];
		uint8_t keep = (uint8_t)(8 + rng_below(rng, 17));

		to->bits = length_of(&f->lengths, rng);
		to->addr = FIRST_ADDRESS + rng_below(rng, LAST_ADDRESS - FIRST_ADDRESS);
		if (rng_chance(rng, f->nested))
			to->addr = (parents[rng_below(rng, PARENTS)] & mask_of(keep)) |
				   (to->addr & ~mask_of(keep));
		to->addr &= mask_of(to->bits);
		parents[rng_below(rng, PARENTS)] = to->addr;
	}
}

/* Few groups have most of the rules: half of them, half of the rest, and so on, down to a tenth for all alike. */
static uint32_t group_for(const struct rules_wish *w, size_t groups, struct rng *r)
{
	uint32_t n = (uint32_t)groups, i;

	if (w->style == RULES_UNIFORM || rng_chance(r, 10))
		return rng_below(r, n);
	for (i = 0; i + 1 < n && rng_chance(r, 90); i++)
		;
	return i;
}

void rules_make(const struct rules_wish *w, struct rules *ret)
{
	struct rng rng = { w->seed * 0x9e3779b97f4a7c15ull + w->style };
	struct rules r = { .n = w->n, .n_groups = w->groups < w->n ? w->groups : w->n };

	r.items = calloc(r.n, sizeof(*r.items));
	r.groups = calloc(r.n_groups, sizeof(*r.groups));
	if (!r.items || !r.groups) {
		(void)fputs("no memory for a set of rules\n", stderr);
		exit(EXIT_FAILURE);
	}
	for (size_t i = 0; i < r.n_groups; i++)
		r.groups[i] = group_of(&families[w->style], &rng, (uint32_t)i);
	if (w->style == RULES_UNIFORM)
		spread(&r, &rng);
	else
		skew(&r, &families[w->style], &rng);
	/* each group has one at least: a Zone without prefixes is refused */
	for (size_t i = 0; i < r.n; i++)
		r.items[i].group = i < r.n_groups ? (uint32_t)i : group_for(w, r.n_groups, &rng);
	*ret = r;
}

void rules_free(struct rules *r)
{
	free(r->items);
	free(r->groups);
	*r = (struct rules){ 0 };
}
