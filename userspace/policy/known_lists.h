/* SPDX-License-Identifier: BSD-2-Clause */
/* The lists of a set by what they were made of. */
#pragma once

#include "policy/policy.h"

struct known_lists {
	struct prefix_list **items; /* owned; the lists are borrowed from the set */
	size_t n;
};

/* Those of a set that have a recipe; the set may be NULL. Without memory for that none is known. */
void known_lists_of(const struct entity_set *set, struct known_lists *ret);
void known_lists_free(struct known_lists *k);
/* One of that recipe, or NULL. */
struct prefix_list *known_lists_find(const struct known_lists *k, const void *recipe, size_t len);
