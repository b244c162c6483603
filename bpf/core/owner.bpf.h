/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Whose flow a packet is of: asked of everybody whose socket it is, wherever the packet is looked at. */
#pragma once

#include "core/stand.bpf.h"

#define FLOW_TRIES 64

struct flow_copy {
	struct postern_socket *record;
	struct postern_party *user; /* in `users`, or NULL */
	struct inquiry *q;
	__u32 known; /* 1: nobody but the opener, 2: q->who */
	__u32 pad;
};

/* The record's user as one whole: a system call can be writing it. */
POSTERN_BODY flow_copy_user(__u32 i, void *ctx)
{
	struct flow_copy *c = ctx;
	const volatile __u32 *busy = &c->record->busy;
	__u32 before = *busy, some;

	if (before & 1)
		return 0;
	asm volatile("" ::: "memory");
	some = c->record->user;
	if (some && !c->user)
		return 1;
	if (some)
		__builtin_memcpy(&c->q->who, c->user, sizeof(c->q->who));
	asm volatile("" ::: "memory");
	if (*busy != before)
		return 0;
	c->known = some ? 2 : 1;
	return 1;
}

/* Who uses the socket besides its opener, into q->who. 1 when nobody does, 2 when he is known, 0 else. */
__weak int flow_user(struct inquiry *q, struct postern_socket *r, struct postern_party *user)
{
	struct flow_copy c = { .record = r, .user = user, .q = q };

	if (!q || !r)
		return 0;
	bpf_loop(FLOW_TRIES, flow_copy_user, &c, 0);
	return c.known;
}

/* Everybody whose socket it is. */
static __always_inline void flow_parties(struct inquiry *q, struct postern_socket *r,
					 struct postern_party *user)
{
	int known = flow_user(q, r, user);

	if (!known) {
		enforce_lock_down(q, POSTERN_USER, POSTERN_R_CONTESTED);
		return;
	}
	if (known == 2) {
		q->flags |= INQUIRY_PASSED;
		judge_ask(q, &q->who, POSTERN_USER);
	}
	judge_ask(q, &r->opener, POSTERN_OPENER);
}

static __always_inline void flow_judge(struct inquiry *q, struct postern_socket *r,
				       struct postern_party *user)
{
	__u32 reason = inquiry_force(q);

	if (!reason)
		reason = q->reason;
	if (!reason && !r)
		reason = POSTERN_R_NO_OPENER;
	if (!reason && r) {
		flow_parties(q, r, user);
		return;
	}
	enforce_lock_down(q, POSTERN_OPENER, reason);
}
