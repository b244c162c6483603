/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From raw values of a principal to classes: what the image's tables will say. Made once the walk
 * has found every predicate.
 */
#pragma once

#include "compile/compilation.h"

struct exact_string {
	struct text text;
	uint32_t cls;
};

/* A string dimension: a table of every string that is named, and a rule for all others. */
struct strings {
	VEC(struct exact_string) exact;
	struct intern *known; /* owned; texts in `exact`, numbered alike */
	VEC(struct text) prefixes, suffixes; /* longest first; id: index + 1 */
	VEC(uint32_t)
	combos; /* class by longest prefix and suffix: [prefix * (suffixes + 1) + suffix] */
	uint32_t empty_class;
};

/* A function of a number: constant from each key to the next. */
struct number_step {
	uint32_t key, value;
};
typedef VEC(struct number_step) number_steps;

/* A file by what it is, with the set of Program predicates that its names on the host satisfy. */
struct aliased_file {
	struct postern_file_key file;
	uint32_t alias_set;
};

struct aliased_class {
	struct postern_aliased key;
	uint32_t cls;
};

struct classes {
	struct strings strings[POSTERN_DIMS]; /* unused for dimensions of numbers */
	number_steps users, gids; /* to class */
	number_steps groups; /* to number in group_sets */
	struct intern *group_sets; /* owned; struct postern_bits; 0 is the empty set */
	struct intern *alias_sets; /* owned */
	VEC(struct aliased_file) files;
	VEC(struct aliased_class) aliased;
};

/* All classes of all dimensions; seals the dimensions. 0, -ENOMEM, or -E2BIG with diags. */
int classes_make(struct compilation *c, struct classes *k);
void classes_deinit(struct classes *k);

/* Parts of it. */
int strings_make(struct compilation *c, uint32_t dim, struct strings *s);
void strings_deinit(struct strings *s);
/* The class of a string, as the kernel side will find it. */
uint32_t strings_classify(const struct strings *s, struct text text);
int numbers_make(struct compilation *c, struct classes *k);
int files_make(struct compilation *c, struct classes *k);
