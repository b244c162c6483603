/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One run of the compiler: what goes in, the atoms found in the policies, and the classes made of
 * them. Each file of this folder fills its own part; nothing outlives image_compile().
 */
#pragma once

#include "base/vec.h"
#include "compile/compile.h"
#include "compile/dimension.h"
#include "compile/formula.h"
#include "compile/partition.h"

enum atom_kind {
	ATOM_IP, /* index: predicate on the address; false for create, which has none */
	ATOM_DOOR, /* index: predicate on action, protocol and port */
	ATOM_CLASS, /* dim, index: predicate of that dimension */
	ATOM_GROUP, /* index: group bit */
	ATOM_UNIT, /* index: number of the unit */
	ATOM_FACT, /* index: fact bit */
};

struct atom {
	enum atom_kind kind;
	uint32_t dim;
	uint32_t index;
};

/*
 * A predicate on the address: the same in both families. That of a Zone is also known by the lists that it was made of;
 * one that the run before had has no ranges then, as all that comes of them is there already.
 */
struct ip_predicate {
	struct range_set v4, v6;
	VEC(struct prefix_list *) lists; /* each held */
	uint32_t atom; /* its number among the keys */
	uint32_t before; /* the same predicate of the run before, or NO_PREDICATE */
};

#define NO_PREDICATE UINT32_MAX

/* A policy that can decide something. */
struct rule {
	uint32_t policy; /* its number */
	uint16_t flags; /* POSTERN_ALT_… */
	bool closes; /* ends the walk for what the policy mentions: POSTERN_CLOSED stands for its number */
	const struct formula *body;
};

struct compilation {
	const struct policy_views *views;
	const struct entity_set *entities; /* the views' */
	const struct binding *binding;
	const struct image_memory *memory; /* of the run before, or NULL */
	struct diags *d;
	struct arena *arena; /* owned */
	int err; /* sticky, see compilation_fail */

	/* atoms; equal ones are found by their key, a short text */
	struct intern *atom_keys; /* owned */
	VEC(struct atom) atoms; /* by key number */
	VEC(struct ip_predicate) ips;
	VEC(struct range_set) doors; /* the first one is DOOR_CREATE */
	struct dimension dims[POSTERN_DIMS];
	struct intern *groups, *units; /* owned; names, numbered as their bits */
	struct image_facts facts;

	VEC(struct rule) rules; /* forbids, permits, what closes, what is open; by policy number */
};

#define DOOR_CREATE 0 /* predicate that holds for action create alone: there are no addresses */

int compilation_init(struct compilation *c);
void compilation_deinit(struct compilation *c);
void ip_predicate_free(struct ip_predicate *p);

/* Keeps the first failure, though -ENOMEM over any other, and answers what is kept. */
int compilation_fail(struct compilation *c, int r);
