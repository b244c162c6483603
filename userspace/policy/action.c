/* SPDX-License-Identifier: BSD-2-Clause */
/* The five actions by name. */
#include <errno.h>

#include <postern/abi.h>

#include "policy/policy.h"

static const char *const names[] = {
	[ACTION_CONNECT] = "connect", [ACTION_SEND] = "send",	  [ACTION_LISTEN] = "listen",
	[ACTION_ACCEPT] = "accept",   [ACTION_CREATE] = "create",
};

_Static_assert(sizeof(names) / sizeof(names[0]) == ACTIONS, "a name for each action");
_Static_assert((int)ACTIONS == (int)POSTERN_ACTIONS && (int)ACTION_CREATE == (int)POSTERN_CREATE,
	       "the numbers of the kernel");

const char *action_name(enum action a)
{
	return names[a];
}

int action_from_name(struct text name, enum action *ret)
{
	for (int a = 0; a < ACTIONS; a++) {
		if (!text_is(name, names[a]))
			continue;
		*ret = (enum action)a;
		return 0;
	}
	return -EINVAL;
}
