/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of rules as bits, and who reads which predicate. */
#include "compile/candidates.h"

static void add(uint64_t *set, uint32_t rule)
{
	set[rule / 64] |= 1ull << (rule % 64);
}

/* Counts first, so that each predicate's readers lie together. */
static void list_readers(struct candidates *c, const struct rule_table *tables, size_t rules)
{
	for (size_t i = 0; i < rules; i++)
		for (size_t k = 0; k < tables[i].ips.n; k++)
			c->first[tables[i].ips.items[k] + 1]++;
	for (size_t p = 0; p < c->predicates; p++)
		c->first[p + 1] += c->first[p];
	for (size_t i = rules; i-- > 0;)
		for (size_t k = 0; k < tables[i].ips.n; k++)
			c->readers[--c->first[tables[i].ips.items[k] + 1]] = (uint32_t)i;
	/* each beginning has been moved down into the place before its own */
	memmove(c->first, c->first + 1, c->predicates * sizeof(*c->first));
}

int candidates_init(struct candidates *c, const struct rule_table *tables, size_t rules,
		    size_t predicates)
{
	size_t readers = 0;

	for (size_t i = 0; i < rules; i++)
		readers += tables[i].ips.n;
	*c = (struct candidates){ .words = rules / 64 + 1, .predicates = predicates };
	c->awake = calloc(c->words, sizeof(*c->awake));
	c->now = calloc(c->words, sizeof(*c->now));
	c->first = calloc(predicates + 2, sizeof(*c->first));
	c->readers = calloc(readers + 1, sizeof(*c->readers));
	if (!c->awake || !c->now || !c->first || !c->readers)
		return -ENOMEM;
	for (uint32_t i = 0; i < rules; i++)
		add(c->awake, i);
	list_readers(c, tables, rules);
	c->first[predicates] = readers;
	return 0;
}

void candidates_deinit(struct candidates *c)
{
	free(c->awake);
	free(c->now);
	free(c->first);
	free(c->readers);
}

void candidates_find(struct candidates *c, const uint64_t *ips)
{
	memcpy(c->now, c->awake, c->words * sizeof(*c->now));
	for (size_t w = 0; w * 64 < c->predicates; w++) {
		for (uint64_t left = ips[w]; left; left &= left - 1) {
			size_t p = w * 64 + (size_t)__builtin_ctzll(left);

			for (size_t i = c->first[p]; i < c->first[p + 1]; i++)
				add(c->now, c->readers[i]);
		}
	}
}

uint32_t candidates_next(const struct candidates *c, uint32_t from)
{
	size_t w = from / 64;
	uint64_t left = w < c->words ? c->now[w] & ~0ull << (from % 64) : 0;

	while (!left && ++w < c->words)
		left = c->now[w];
	return left ? (uint32_t)(w * 64 + (size_t)__builtin_ctzll(left)) : UINT32_MAX;
}

void candidates_sleep(struct candidates *c, uint32_t rule)
{
	c->awake[rule / 64] &= ~(1ull << (rule % 64));
}
