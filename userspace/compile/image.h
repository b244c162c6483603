/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiling with a given seed, so that tests can have the same image twice. */
#pragma once

#include "compile/compile.h"

struct image_options {
	enum policy_mode mode;
	const struct binding *binding;
	uint64_t seed; /* of the table of strings */
};

/* As image_compile(). */
int image_compile_with(const struct policy_set *set, const struct entity_set *entities,
		       const struct image_options *o, struct diags *d, struct image **ret);
