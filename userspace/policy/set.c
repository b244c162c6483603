/* SPDX-License-Identifier: BSD-2-Clause */
/* A set of policies: an arena for their trees and the list of them. */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "policy/policy.h"

int policy_set_new(struct policy_set **ret)
{
	_cleanup_free_ struct policy_set *set = calloc(1, sizeof(*set));
	int r;

	if (!set)
		return -ENOMEM;
	r = arena_new(&set->arena);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(set);
	return 0;
}

void policy_set_free(struct policy_set **set)
{
	if (!*set)
		return;
	arena_free(&(*set)->arena);
	free((*set)->policies);
	free(*set);
	*set = NULL;
}
