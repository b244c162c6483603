/* SPDX-License-Identifier: BSD-2-Clause */
/* One condition of a policy against one request: does it hold, and what does the request have instead? */
#pragma once

#include "base/vec.h"
#include "policy/evaluate.h"
#include "policy/explain.h"

struct check {
	char *text; /* owned: the condition, as the policy has it */
	char *has; /* owned: what the request has, "" when there is nothing to say */
	char *remedy; /* owned: what would take it out of the way; "" when nothing would, or it is in nobody's way */
	bool holds;
};

struct checks {
	VEC(struct check) list;
	size_t failed;
	size_t beyond; /* of those, the ones without a remedy */
	bool elsewhere; /* one of them is about where to */
};

/*
 * Takes a policy apart into its scope and the conjuncts of its conditions, each evaluated alone. What fails is in a
 * permit's way; of a forbid, what holds. `hint` may be NULL. 0 or -errno; what was added stays in *ret on failure.
 */
int checks_make(struct evaluation *ev, const struct policy *p, device_hint_fn *hint,
		struct checks *ret);
void checks_free(struct checks *c);

/* A value as a person would write it. */
void value_print(const struct value *v, struct buf *out);
/* Milliseconds as "9h02m", "3d". */
void duration_print(int64_t ms, struct buf *out);
