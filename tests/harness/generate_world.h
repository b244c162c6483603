/* SPDX-License-Identifier: BSD-2-Clause */
/* The names and numbers that a generated set and its requests share. */
#pragma once

#include "generate.h"

struct rng {
	uint64_t state;
};

uint32_t rng_below(struct rng *r, uint32_t n); /* 0…n-1 */
bool rng_chance(struct rng *r, uint32_t percent);
const char *rng_pick(struct rng *r, const char *const *words, uint32_t n);
#define RNG_PICK(r, words) rng_pick((r), (words), sizeof(words) / sizeof((words)[0]))

enum {
	WORLD_PREFIXES = 14,
	WORLD_ZONES = 5,
	WORLD_SERVICES = 4,
	WORLD_PORTS = 5,
	WORLD_ENDPOINTS = 3, /* of one service */
	WORLD_AFFIXES = 4,
};

struct world_prefix {
	bool v4;
	uint8_t addr[16]; /* IPv4 in the last four bytes */
	uint8_t bits;
};

struct world_endpoint {
	const char *protocol;
	uint32_t prefix;
	uint16_t first, last;
};

struct world {
	struct world_prefix prefixes[WORLD_PREFIXES];
	uint16_t ports[WORLD_PORTS];
	uint32_t zone_prefixes[WORLD_ZONES][3];
	int zone_parent[WORLD_ZONES]; /* an earlier one, or -1 */
	struct world_endpoint endpoints[WORLD_SERVICES][WORLD_ENDPOINTS];
	int service_parent[WORLD_SERVICES];
	char affixes[WORLD_AFFIXES][8]; /* of patterns: over a and b, some empty */
};

void world_make(uint64_t set_seed, struct world *ret);
/* An address as text; with its prefix length where `bits` is not negative. */
void world_address(const uint8_t addr[16], bool v4, int bits, struct buf *out);

extern const char *const world_users[6],
	*const world_groups[6], *const world_programs[6], *const world_units[7],
								  *const world_people[3];
