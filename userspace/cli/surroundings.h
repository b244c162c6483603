/* SPDX-License-Identifier: BSD-2-Clause */
/* What a machine has around the kernel that Postern uses: files, mounts, accounts, the clock. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "bundle/bundle.h"

/* Something that is there or not, and what to do about it. */
struct finding {
	const char *name;
	bool required, good;
	const char *remedy;
};

enum { SURROUNDINGS_MAX = 8 };

/* Looks around; `t` is what the host trusts, or NULL when it trusts nobody. The number of findings. */
size_t surroundings_look(const struct trust *t, struct finding ret[SURROUNDINGS_MAX]);
