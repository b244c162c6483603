/* SPDX-License-Identifier: BSD-2-Clause */
/* The image under check, and the checks of its parts. Each answers NULL or what is wrong. */
#pragma once

#include "compile/compile.h"

struct checked {
	const struct postern_line *lines;
	uint32_t n;
	const struct postern_header *header;
	const struct postern_directory *dir;
};

/* Whether `n` things, `per_line` to a line, lie inside the image from `line` on. */
bool check_span(const struct checked *i, uint32_t line, uint64_t n, uint32_t per_line);

/*
 * A tree: levels inside the image, keys ascending from 0, each level a thinning of the next, and
 * every value below `values` (or a subtree below `subtrees`, where those are allowed).
 */
struct tree_bounds {
	bool wide;
	uint32_t values, subtrees;
	bool front; /* the tree may have one */
};
const char *check_front(const struct checked *i, const struct postern_tree *t,
			const struct tree_bounds *b);
const char *check_tree(const struct checked *i, uint32_t tree, const struct tree_bounds *b);

const char *check_facts(const struct checked *i);
const char *check_destinations(const struct checked *i);
const char *check_cells(const struct checked *i);
const char *check_principals(const struct checked *i);
const char *check_strings(const struct checked *i);
const char *check_names(const struct checked *i);
