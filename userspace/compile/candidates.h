/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which rules have to be looked at for a class of addresses: those that read one of the predicates that hold there, and
 * those that are not known to be dead where none of theirs does. Of ten thousand rules that is a handful.
 */
#pragma once

#include "compile/rule_table.h"

struct candidates {
	size_t words; /* of one set of rules */
	uint64_t *awake; /* owned; rules that may live where none of their predicates holds */
	uint64_t *now; /* owned; those of the present class */
	size_t predicates;
	size_t *first; /* owned; by predicate, and one more: where its readers begin */
	uint32_t *readers; /* owned; rules, ascending for each predicate */
};

/* 0 or -ENOMEM; deinit is valid after either. */
int candidates_init(struct candidates *c, const struct rule_table *tables, size_t rules,
		    size_t predicates);
void candidates_deinit(struct candidates *c);

/* Finds those for a class, given as its set of predicates. */
void candidates_find(struct candidates *c, const uint64_t *ips);
/* The first one that is not below `from`, or UINT32_MAX. */
uint32_t candidates_next(const struct candidates *c, uint32_t from);
/* A rule is dead where none of its predicates holds. */
void candidates_sleep(struct candidates *c, uint32_t rule);
