/* SPDX-License-Identifier: BSD-2-Clause */
/* Cedar's strict validation of one policy against the Postern schema. */
#pragma once

#include "policy/type_check.h"

/* An error is reported at most once a place. `ret_impossible`: no request can match the policy. */
struct validation {
	size_t errors;
	bool impossible;
	const struct expr *service_for_accept; /* see struct type_checker */
};

/*
 * Validates `p`, whose types go into `arena`. Errors become diags; that a policy is impossible is
 * only answered. 0 or -ENOMEM.
 */
int validate_policy(struct policy *p, struct arena *arena, struct diags *d, struct validation *ret);

/*
 * Types what validation never reached, because something constant stands before it, wherever one
 * environment accepts it. The first expression that none accepts in *ret, else NULL. 0 or -ENOMEM.
 */
int validate_unreached(struct policy *p, struct arena *arena, const struct expr **ret);

/* validate_names.c: types, actions and ids that the schema does not have. The number of errors. */
size_t validate_names(const struct policy *p, struct diags *d);

/* validate_scope.c: reports an empty list of actions. The number of errors. */
size_t validate_action_list(const struct policy *p, struct diags *d);

/* A policy's scope as a condition in the environment of one action: True, False, Bool. */
const struct type *validate_scope(const struct policy *p, const struct schema_action *action);
