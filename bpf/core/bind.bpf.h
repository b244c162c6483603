/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * `listen`: a port that somebody names as his own. "::" of a socket that takes IPv4 as well is two
 * requests, and both must be allowed.
 */
#pragma once

#include "core/attempt.bpf.h"
#include "core/enforce.bpf.h"

#define BIND_V4 1u /* bits of families, as in postern_approval.ways of a port */
#define BIND_V6 2u

/* Asks for this end; an IPv4 address may come as an IPv6 one. */
static __always_inline void bind_address(struct inquiry *q, const __u32 *be, __u32 port)
{
	q->to.v4 = IS_MAPPED(be[0], be[1], be[2]);
	q->to.high = q->to.v4 ? 0 : attempt_half(be[0], be[1]);
	q->to.low = q->to.v4 ? bpf_ntohl(be[3]) : attempt_half(be[2], be[3]);
	q->to.port = port;
}

static __always_inline void bind_local(struct inquiry *q)
{
	q->local_high = q->to.high;
	q->local_low = q->to.low;
	q->local_v4 = q->to.v4;
	q->local_port = q->to.port;
}

static __always_inline int bind_is_any6(const struct inquiry *q)
{
	return !q->to.v4 && !(q->to.high | q->to.low);
}

/* One request. 1 when somebody else than the opener binds. */
static __always_inline int bind_judge(struct inquiry *q, struct postern_socket *r,
				      struct bpf_sock *sk)
{
	bind_local(q);
	return enforce_judge(q, r, record_party(r, sk));
}

/* IPv4 as well, where IPv6 is allowed; the answer is good for as long as both are. */
static __always_inline int bind_both(struct inquiry *q, struct postern_socket *r,
				     struct bpf_sock *sk)
{
	__u32 facts = q->flags & INQUIRY_FACTS;
	__u64 until = q->until;
	int other;

	if (q->outcome.verdict != POSTERN_ALLOW)
		enforce_tell(q, r);
	enforce_again(q);
	q->flags = INQUIRY_OF_CURRENT;
	q->to.v4 = 1;
	other = bind_judge(q, r, sk);
	q->until = postern_sooner(q->until, until);
	q->flags |= facts;
	/* what is written down is that of "::" */
	if (enforce_answer(&q->outcome))
		q->to.v4 = 0;
	return other;
}

/* Asks, tells, and writes down what was admitted. */
static __always_inline int bind_all(struct inquiry *q, struct postern_socket *r,
				    struct bpf_sock *sk, int both)
{
	__u32 ways = q->to.v4 ? BIND_V4 : BIND_V6;
	int other = bind_judge(q, r, sk);

	if (both && enforce_answer(&q->outcome)) {
		other = bind_both(q, r, sk);
		ways = BIND_V4 | BIND_V6;
	}
	enforce_user(q, r, sk, other);
	if (r && enforce_answer(&q->outcome)) {
		record_flag(r, POSTERN_S_NAMED | POSTERN_S_LISTEN);
		(void)record_port(r, q, ways);
	}
	return enforce_tell(q, r);
}

/* Whether just this was asked for and admitted. */
static __always_inline int bind_stands(const struct postern_socket *r, const struct inquiry *q,
				       int both)
{
	__u32 ways = both ? BIND_V4 | BIND_V6 : q->to.v4 ? BIND_V4 : BIND_V6;

	return record_is_of(&r->port, &q->to) && (r->port.ways & ways) == ways &&
	       r->port.verdict != POSTERN_DENY && r->port.generation;
}
