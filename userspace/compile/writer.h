/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The image being written: lines are appended, never moved by number. Failures are sticky in
 * `err`, so that a section is written without a check per line.
 */
#pragma once

#include "compile/classes.h"
#include "compile/grid.h"

struct string_entry {
	uint32_t kind, node, len, line, value;
};

struct writer {
	VEC(struct postern_line) lines;
	struct intern *texts; /* owned; bytes that have lines already */
	VEC(uint32_t) line_of_text; /* by number in texts */
	VEC(struct string_entry) strings;
	uint64_t seed;
	int err; /* 0, -ENOMEM, or -E2BIG past POSTERN_IMAGE_LINES_MAX */
};

int writer_init(struct writer *w, uint64_t seed);
void writer_deinit(struct writer *w);

/* The first of `n` zeroed lines at the end; 0 after a failure. */
uint32_t writer_reserve(struct writer *w, size_t n);
/* A line that was reserved; valid until the next reservation. After a failure, a line of no use. */
void *writer_at(struct writer *w, uint32_t line);
/* Appends bytes, padded with zeroes to whole lines (at least one); the first line. */
uint32_t writer_bytes(struct writer *w, const void *bytes, size_t n);
/* The same, but equal bytes are stored once. */
uint32_t writer_text(struct writer *w, struct text text);

/* A function of a number, constant from each key to the next; the keys ascend from 0. */
struct step_function {
	const uint64_t *keys;
	const uint32_t *values;
	size_t n;
	bool wide; /* keys of 64 bits */
	bool front; /* the tree may have one */
};

/*
 * Into the line at `at`, as a front with runs. Whether that pays, and can be: else nothing was written.
 */
bool write_front(struct writer *w, uint32_t at, const struct step_function *f);
/* Appends it as a tree; the line of its struct postern_tree. */
uint32_t writer_tree(struct writer *w, const struct step_function *f);
/* The same for a tree whose line is reserved already. */
void writer_tree_at(struct writer *w, uint32_t at, const struct step_function *f);

/* An entry for the table of strings. Texts that no lookup can ask for are left out. */
void writer_string(struct writer *w, uint32_t kind, uint32_t node, struct text text,
		   uint32_t value);
/* The table of all entries, and what the header says of it. */
void writer_strings(struct writer *w);

/* Sections. */
void write_destinations(struct writer *w, const struct grid *g);
void write_principals(struct writer *w, const struct compilation *c, const struct classes *k,
		      const struct grid *g);
void write_units(struct writer *w, const struct compilation *c);
void write_facts(struct writer *w, const struct compilation *c);
void write_names(struct writer *w, const struct policy_views *views);
