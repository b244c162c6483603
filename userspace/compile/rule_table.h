/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of one rule's residues. A rule sees of a class of addresses only which of its own address
 * predicates hold there (an outlook), and likewise of doors; the residue follows from
 * those two, so it is made once per pair however many classes there are.
 */
#pragma once

#include "compile/grid.h"

#define RESIDUE_UNKNOWN UINT32_MAX

/* Outlooks by number. Neighbouring classes mostly share one: the last is compared before any is looked up. */
struct outlooks {
	struct intern *seen; /* owned; bits of the predicates, packed */
	uint64_t last;
	uint32_t last_number; /* RESIDUE_UNKNOWN before there is one, or past 64 predicates */
};

/* From this piece of the doors' partition on, the rule's outlook on doors is this. */
struct turn {
	uint32_t piece, outlook;
};

struct rule_table {
	const struct rule *rule;
	VEC(uint32_t) ips, doors; /* predicates that the rule reads */
	struct outlooks ip_outlooks, door_outlooks;
	VEC(struct turn) turns; /* outlooks on doors, in the doors' order; the first is at 0 */
	VEC(bool) dead; /* by ip outlook: no residue of it has alternatives */
	VEC(uint32_t)
	residues; /* [ip outlook * number of door outlooks + door outlook]; RESIDUE_UNKNOWN */
	bool refused; /* too many alternatives: said once */
};

int rule_table_init(struct compilation *c, const struct grid *g, const struct rule *rule,
		    struct rule_table *ret);
void rule_table_deinit(struct rule_table *t);

/* The rule's outlook on a class of addresses, given as its set. 0 or -ENOMEM. */
int rule_table_look(struct rule_table *t, const uint64_t *ips, uint32_t *ret_outlook);

/* The residue for an outlook and one on doors; RESIDUE_UNKNOWN until it is set. */
uint32_t *rule_table_residue(struct rule_table *t, uint32_t ip_outlook, uint32_t door_outlook);

/*
 * Most rules are dead for most addresses: none of their residues has alternatives. Whether that is
 * known of an outlook, and to be told once its residues are all made.
 */
bool rule_table_is_dead(const struct rule_table *t, uint32_t ip_outlook);
void rule_table_learn(struct rule_table *t, uint32_t ip_outlook);
/* Whether the outlook last looked at is the one in which none of the rule's address predicates holds. */
bool rule_table_looked_away(const struct rule_table *t);
