/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One principal dimension: its predicates, and the classes that they make of all its values. Two
 * values are in one class when exactly the same predicates hold for them (their signature).
 */
#pragma once

#include <postern/image.h>

#include "base/vec.h"
#include "compile/classset.h"
#include "compile/predicate.h"

struct mention {
	uint32_t predicate;
	uint32_t next; /* index in items + 1; 0 ends */
};

/* Predicates by a text they name: "which are true of this very string". */
struct mentions {
	struct intern *texts; /* owned */
	VEC(uint32_t) head; /* per text: index in items + 1; 0 none */
	VEC(struct mention) items;
};

struct dimension {
	VEC(struct predicate) predicates;
	struct mentions texts; /* PREDICATE_TEXT */
	struct mentions parents; /* PREDICATE_PARENT */
	struct intern *signatures; /* owned; number: class; bytes: predicates that hold, ascending */
	VEC(uint32_t) signature; /* the one being made */
	struct classsets sets;
	uint32_t *set_of; /* owned; per predicate its set of classes */
};

int dimension_init(struct dimension *dim);
void dimension_deinit(struct dimension *dim);

/* Adds a predicate; takes over its range. *ret is its number. 0 or -ENOMEM. */
int dimension_add(struct dimension *dim, const struct predicate *p, uint32_t *ret);

/* Making a signature: start, add whatever holds in any order, end with the class's number. 0 or -ENOMEM. */
void signature_start(struct dimension *dim);
int signature_add(struct dimension *dim, uint32_t predicate);
int signature_add_mentions(struct dimension *dim, const struct mentions *m, struct text text);
int signature_add_numbers(struct dimension *dim, uint32_t number);
int signature_add_class(struct dimension *dim, uint32_t cls);
int signature_end(struct dimension *dim, uint32_t *ret_class);

/* Once all classes are known: the set of classes of each predicate. 0, -ENOMEM or -E2BIG. */
int dimension_seal(struct dimension *dim);
