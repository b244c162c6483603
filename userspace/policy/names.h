/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of users, groups and programs that policies use: what a host is asked about. Part of the door. */
#pragma once

#include "policy/policy.h"

enum name_kind { NAME_USER, NAME_GROUP, NAME_PROGRAM, NAME_KINDS };

struct policy_names {
	const char **
		items[NAME_KINDS]; /* owned arrays; the texts are the policies'; sorted, each once */
	size_t n[NAME_KINDS];
};

#define POLICY_NAMES_INIT ((struct policy_names){ 0 })

/*
 * Collects from every scope and condition, and the accounts of the Identities (`entities` may be NULL). A name with a NUL in it is nobody's and is left out: no
 * account and no path can have one. 0 or -ENOMEM.
 */
int policy_names_collect(const struct policy_set *set, const struct entity_set *entities,
			 struct policy_names *ret);

void policy_names_free(struct policy_names *n);
#define _cleanup_policy_names_ _cleanup_(policy_names_free)
