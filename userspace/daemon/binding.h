/* SPDX-License-Identifier: BSD-2-Clause */
/* What this host knows of the names in a set of policies, as the compiler wants it. */
#pragma once

#include "compile/compile.h"
#include "policy/policy.h"

struct host_binding {
	struct arena *arena; /* owned: all that `binding` points to */
	struct binding binding;
	char seen[65]; /* policy_names_look() right before the host was asked */
	char digest[65]; /* of all of it: two bindings of one set are the same when this is */
};

/*
 * Asks the host about every User, Group and Program of a set of policies. Names that nobody has, and
 * programs that are scripts, become warnings (codes "host-…"). 0, -ENOMEM, or -errno with a diag
 * when the account database does not answer.
 */
int host_binding_new(const struct policy_names *n, struct diags *d, struct host_binding **ret);
void host_binding_free(struct host_binding **b);
#define _cleanup_host_binding_ _cleanup_(host_binding_free)
