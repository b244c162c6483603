/* SPDX-License-Identifier: BSD-2-Clause */
/* Making lists of prefixes: filled by whoever reads them, then put in order. */
#pragma once

#include "policy/policy.h"

/* An empty one with room for so many, held once. 0 or -ENOMEM. */
int prefix_list_new(size_t most, struct prefix_list **ret);
/* Gives it to the set, also on failure (-ENOMEM). */
int prefix_list_add(struct entity_set *set, struct prefix_list *l);
/* Sorts and drops what lies inside another: sorted, a prefix comes right before what it covers. */
void prefix_list_normalise(struct prefix_list *l);
/* Whether an address is in one of a list in order. */
bool prefix_list_has(const struct prefix_list *l, const struct prefix *address);
