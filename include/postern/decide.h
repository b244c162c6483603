/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The decision: values in, values out, the same code in the eBPF programs, the controller, the
 * command line and the tests. No pointer into a map crosses into it.
 */
#pragma once

#include <postern/image.h>

/* The first alternatives that held in a cell: policy numbers, POSTERN_NONE where none did. */
struct postern_match {
	__u32 forbid_enforced;
	__u32 permit_enforced;
	__u32 forbid_reported;
	__u32 permit_reported;
};

#define POSTERN_MATCH_NONE                                                                         \
	((struct postern_match){ POSTERN_NONE, POSTERN_NONE, POSTERN_NONE, POSTERN_NONE })

struct postern_outcome {
	__u32 verdict; /* enum postern_verdict */
	__u32 reason; /* enum postern_reason */
	__u32 policy; /* number; POSTERN_NONE for a default deny or a lock-down */
};

/* Whether a permit held; POSTERN_CLOSED and POSTERN_NONE are no policies. */
static __always_inline int postern_permits(__u32 permit)
{
	return permit < POSTERN_CLOSED;
}

/* Cedar's rule over one set: forbid overrides permit, and nothing means deny. */
static __always_inline int postern_allows(__u32 forbid, __u32 permit)
{
	return forbid == POSTERN_NONE && postern_permits(permit);
}

/*
 * Both sets together. What is named is the reported set's policy, also where the enforced set lets
 * the request through: that difference is a would-deny.
 */
static __always_inline struct postern_outcome postern_decide(__u32 mode, struct postern_match m)
{
	struct postern_outcome o = { POSTERN_DENY, POSTERN_R_DEFAULT_DENY, POSTERN_NONE };
	int enforced = mode == POSTERN_MODE_OBSERVE ||
		       postern_allows(m.forbid_enforced, m.permit_enforced);

	if (m.forbid_reported != POSTERN_NONE) {
		o.reason = POSTERN_R_FORBID;
		o.policy = m.forbid_reported;
	} else if (postern_permits(m.permit_reported)) {
		o.reason = POSTERN_R_PERMIT;
		o.policy = m.permit_reported;
	}
	if (!enforced)
		o.verdict = POSTERN_DENY;
	else if (o.reason == POSTERN_R_PERMIT)
		o.verdict = POSTERN_ALLOW;
	else
		o.verdict = POSTERN_WOULD_DENY;
	return o;
}

/* A fact could not be had: the mode's verdict, with its own reason, outside the policy. */
static __always_inline struct postern_outcome postern_lock_down(__u32 mode, __u32 reason)
{
	struct postern_outcome o = { POSTERN_DENY, reason, POSTERN_NONE };

	if (mode == POSTERN_MODE_OBSERVE)
		o.verdict = POSTERN_WOULD_DENY;
	return o;
}
