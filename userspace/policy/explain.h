/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why a request got its verdict: which policies decided or came near, which of their conditions held, what the request
 * had instead, and what would satisfy it. Part of the door.
 */
#pragma once

#include "policy/policy.h"

/*
 * Text for people into `out`: the deciding policies with each condition (yes / NO and what the request has), or for a
 * default deny the nearest permits, at most `nearest`; then advice and the next thing to try. The set is checked.
 * 0 or -ENOMEM.
 */
int policy_explain(const struct policy_views *v, const struct request *req, unsigned nearest,
		   struct buf *out);

/* Value of an annotation, or NULL. Points into the policy. */
const struct text *policy_annotation(const struct policy *p, const char *name);
