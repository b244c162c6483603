/* SPDX-License-Identifier: BSD-2-Clause */
/* The request that a kept decision was about, as the policy language sees it. */
#pragma once

#include "base/arena.h"
#include "daemon/controller.h"

struct rebuilt {
	struct request request;
	const char *gone; /* static: what the decision had and nobody knows any more, or NULL */
};

/*
 * Rebuilds it from the record and from what the host still knows; where something is gone,
 * explaining may come to another verdict. Memory from `arena`. 0 or -ENOMEM.
 */
int rebuilt_of(const struct controller *c, const struct deployment *dep, const struct event *e,
	       struct arena *arena, struct rebuilt *ret);
