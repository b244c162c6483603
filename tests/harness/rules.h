/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rule sets of any size, as firewalls and access lists have them: a prefix, a door, whose it is, and whether it is
 * forbidden. In the manner of ClassBench (Taylor and Turner, 2007): prefix lengths, ports and sharing are skewed as in
 * that paper's three families; and a uniform one. All is a function of the seed.
 *
 * Rules of one door and one program are a group: a Zone whose prefixes are a file of the bundle, and one policy on it.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum rules_style {
	RULES_UNIFORM, /* prefixes that do not overlap, spread evenly; exact ports */
	RULES_ACCESS, /* access list: long prefixes that share beginnings, exact ports */
	RULES_FIREWALL, /* short prefixes, nested; ranges and any port; forbids */
	RULES_CHAIN, /* IP chains: some of both */
	RULES_STYLES,
};

struct rule {
	uint32_t addr; /* host order, no bits after its length */
	uint8_t bits;
	uint32_t group;
};

struct rule_group {
	uint16_t first, last; /* ports */
	uint8_t protocols; /* bit 0: tcp, bit 1: udp */
	uint8_t forbid;
	uint32_t program; /* /usr/bin/p<number>; RULES_ANYBODY: whoever */
};

#define RULES_ANYBODY 0xffffffffu

struct rules {
	struct rule *items; /* owned */
	size_t n;
	struct rule_group *groups; /* owned */
	size_t n_groups;
};

struct rules_wish {
	enum rules_style style;
	uint64_t seed;
	size_t n; /* prefixes, up to 2 million */
	size_t groups; /* at most; 1…n */
};

/* Ends the program when there is no memory. */
void rules_make(const struct rules_wish *wish, struct rules *ret);
void rules_free(struct rules *r);

/* The parts of a bundle, appended. A group's file is called "g<number>.txt", its policy "g<number>". */
void rules_policies(const struct rules *r, struct buf *out);
void rules_entities(const struct rules *r, struct buf *out);
/* A text for each group; `ret` has that many empty buffers, to be freed by the caller. */
void rules_files(const struct rules *r, struct buf *ret);
/* The same with bundle.json, in a directory that is there. */
void rules_write(const struct rules *r, const char *dir);

/* One request at an edge of a rule, as one line of JSON without the line's end. */
void rules_request(const struct rules *r, uint64_t request, struct buf *out);
