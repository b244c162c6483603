/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Requests without a socket that has a record: judged as the current task. */
#pragma once

#include "core/enforce.bpf.h"
#include "core/kind.bpf.h"

/* Judges what q->to asks for, and tells it; what the hook is to answer. */
static __always_inline int alone(struct inquiry *q)
{
	__u32 reason = inquiry_force(q);

	if (!reason)
		reason = q->reason;
	if (!reason)
		reason = enforce_who(q);
	else
		(void)party_now(&q->who);
	if (reason)
		enforce_lock_down(q, POSTERN_OPENER, reason);
	else
		judge_ask(q, &q->who, POSTERN_OPENER);
	return enforce_tell(q, NULL);
}

/* `create` of a kind that is no inet socket. */
static __always_inline int alone_create(__u32 hook, __u32 kind, __u32 family, __u32 type,
					__u32 protocol)
{
	struct inquiry *q = enforce_begin(hook, POSTERN_CREATE);
	int answer;

	if (!q)
		return enforce_nowhere();
	q->to.protocol = POSTERN_NO_PROTOCOL;
	q->to.port = kind;
	q->to.v4 = 1;
	q->local_v4 = 1;
	q->family = family;
	q->type = type;
	q->ip_protocol = protocol;
	answer = alone(q);
	inquiry_drop(q);
	return answer;
}
