/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiling with a given seed, so that tests can have the same image twice. */
#pragma once

#include "compile/compile.h"

struct image_options {
	const struct binding *binding;
	uint64_t seed; /* of the table of strings */
	struct image_memory **memory; /* NULL: nothing is remembered */
};

/* As image_compile(). */
int image_compile_with(const struct policy_views *views, const struct image_options *o,
		       struct diags *d, struct image **ret);
