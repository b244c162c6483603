/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What becomes of a flow that was judged: admitted and written down, or cut and told. */
#pragma once

#include "core/owner.bpf.h"

/* What is known of the same end's other direction stays known, as long as it is good for. */
static __always_inline void flow_extend(struct inquiry *q, const struct postern_approval *was,
					__u32 *ways)
{
	if (!record_is_of(was, &q->to) || !record_stands(was, q->generation) ||
	    was->verdict == POSTERN_DENY || was->ways & *ways)
		return;
	*ways |= was->ways;
	q->until = postern_sooner(q->until, was->until);
	if (was->facts)
		q->flags |= INQUIRY_FACTS;
	if (was->ways & POSTERN_WAY_OUT)
		q->to.action = was->action;
}

static __always_inline void flow_admit(struct inquiry *q, struct postern_socket *r, int tcp,
				       int out)
{
	__u32 ways = POSTERN_WAY_OUT | POSTERN_WAY_IN;

	record_unflag(r, POSTERN_S_CUT);
	if (!tcp) {
		ways = flow_bit(out);
		flow_extend(q, &r->peer, &ways);
	}
	(void)record_peer(r, q, ways);
}

/*
 * Refused. A flow that had begun is told about once and from then on only dropped; attempts to begin one
 * are told each time. 1 when there is something to tell.
 */
static __always_inline int flow_cut(struct inquiry *q, struct postern_socket *r, int begun, int out)
{
	__u32 told = r->flags & POSTERN_S_CUT;

	if (!begun && !(record_is_of(&r->peer, &q->to) && r->peer.generation))
		return 1;
	count(POSTERN_C_PACKETS_CUT);
	record_flag(r, POSTERN_S_CUT);
	(void)record_peer(r, q, begun ? POSTERN_WAY_OUT | POSTERN_WAY_IN : flow_bit(out));
	/* nobody had it open when the controller last looked, or it has not looked yet */
	if (!told)
		lapse_note(LAPSE_AT_ONCE);
	return !told;
}

static __always_inline void flow_tell(struct inquiry *q, struct postern_socket *r)
{
	enforce_count(&q->outcome);
	if (q->outcome.verdict == POSTERN_ALLOW)
		return;
	if (r && q->party == POSTERN_OPENER) {
		emit(q, &r->opener);
		return;
	}
	if (!r)
		party_unknown(&q->who);
	emit(q, &q->who);
}

/* This end of a listener, in the family of the packet. */
static __always_inline void flow_listener(struct inquiry *q, const struct bpf_sock *sk)
{
	q->to.action = POSTERN_LISTEN;
	q->to.port = sk->src_port;
	q->to.high = 0;
	q->to.low = bpf_ntohl(sk->src_ip4);
	if (!q->to.v4) {
		q->to.high = attempt_half(sk->src_ip6[0], sk->src_ip6[1]);
		q->to.low = attempt_half(sk->src_ip6[2], sk->src_ip6[3]);
	}
	q->local_high = q->to.high;
	q->local_low = q->to.low;
}

/* Bit of a family among those that a port was admitted for. */
static __always_inline __u32 flow_family(__u32 v4)
{
	return v4 ? 1 : 2;
}

/* Whether the port was admitted under the words that are now in force. */
static __always_inline int flow_port_stands(const struct postern_approval *a, __u32 v4, __u32 port)
{
	return a->port == port && a->ways & flow_family(v4) && a->verdict != POSTERN_DENY &&
	       record_stands(a, record_generation());
}

/* `listen`, for a port that nobody was asked about: by bind(2), or since the policy changed. 1: admitted. */
static __always_inline int flow_may_listen(struct inquiry *q, struct postern_socket *r,
					   struct postern_party *user, struct bpf_sock *sk)
{
	__u32 ways = flow_family(q->to.v4);

	if (flow_port_stands(&r->port, q->to.v4, sk->src_port))
		return 1;
	flow_listener(q, sk);
	flow_judge(q, r, user);
	if (!enforce_answer(&q->outcome)) {
		flow_tell(q, r);
		return 0;
	}
	if (q->outcome.verdict != POSTERN_ALLOW)
		flow_tell(q, r);
	if (flow_port_stands(&r->port, !q->to.v4, sk->src_port))
		ways = 3;
	(void)record_port(r, q, ways);
	enforce_again(q);
	return 1;
}
