/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why a request got its verdict: which policies decided or came near, which of their conditions held, what the request
 * had instead, and what would satisfy it. Part of the door.
 */
#pragma once

#include "policy/policy.h"

/* What to do about a device fact, by its attribute ("secureBoot"); NULL where nothing is known. Static text. */
typedef const char *device_hint_fn(const char *attribute);

/*
 * Text for people into `out`: the deciding policy with each condition (yes / NO, what the request has, and what would
 * mend it), or for a default deny the nearest permits, at most `nearest`; then advice and the next thing to try. The
 * policies are those of the reported view. `hint` may be NULL. 0 or -ENOMEM.
 */
int policy_explain(const struct policy_views *v, const struct request *req, unsigned nearest,
		   device_hint_fn *hint, struct buf *out);

/*
 * The same in one phrase, for a line of its own: what would take the denial away, where somebody can do something about
 * it ("proof is 9h02m old, limit 8h: run postern login"); and the @advice of the permit that it is about; nothing for
 * what is allowed, or simply not permitted. 0 or -ENOMEM.
 */
int policy_remedy(const struct policy_views *v, const struct request *req, device_hint_fn *hint,
		  struct buf *out);

/* Value of an annotation, or NULL. Points into the policy. */
const struct text *policy_annotation(const struct policy *p, const char *name);
