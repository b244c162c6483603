/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A socket's flow judged once more outside any packet or call: by the image in force, or by one that
 * might come. What is remembered of the socket stays as it is, but for the mark that it was told of.
 */
#pragma once

#include "core/flow.bpf.h"
#include "read/sock.bpf.h"

#define SWEEP_TCP_CLOSE 7

/* Without another end there is no flow: whoever comes, or is sent to, is judged then. */
static __always_inline int sweep_has_flow(const struct postern_sighting *s)
{
	if (s->ip_protocol == IPPROTO_TCP)
		return s->state != SWEEP_TCP_CLOSE && s->state != FLOW_LISTEN;
	return s->peer_port != 0;
}

static __always_inline void sweep_end(const __u8 from[16], __u32 *v4, __u64 *high, __u64 *low)
{
	const __u32 *word = (const __u32 *)from;

	*v4 = !(word[0] | word[1]) && word[2] == bpf_htonl(0xffff);
	*high = *v4 ? 0 : (__u64)bpf_ntohl(word[0]) << 32 | bpf_ntohl(word[1]);
	*low = bpf_ntohl(word[3]);
	if (!*v4)
		*low |= (__u64)bpf_ntohl(word[2]) << 32;
}

/* Both ends as a request has them. */
static __always_inline void sweep_ends(struct inquiry *q, const struct postern_sighting *s)
{
	__u64 high, low;
	__u32 v4;

	sweep_end(s->peer, &v4, &high, &low);
	q->to.v4 = v4;
	q->to.high = high;
	q->to.low = low;
	q->to.port = s->peer_port;
	sweep_end(s->local, &v4, &high, &low);
	q->local_v4 = v4;
	q->local_high = high;
	q->local_low = low;
	q->local_port = s->local_port;
	q->to.protocol = attempt_protocol(s->type, s->ip_protocol);
}

/* A stream is what it began as; where nobody saw that, either will do. */
static __always_inline void sweep_stream(struct inquiry *q, const struct postern_socket *r)
{
	q->to.action = r->flags & POSTERN_S_ACCEPTS ? POSTERN_ACCEPT : POSTERN_CONNECT;
	if (r->flags & POSTERN_S_OLD && !(r->flags & POSTERN_S_ACCEPTS))
		q->also[0] = POSTERN_ACCEPT + 1;
}

/* As its packets are: a datagram may be a reply to what the other direction allows. */
static __always_inline void sweep_datagram(struct inquiry *q, const struct postern_socket *r)
{
	q->to.action = POSTERN_CONNECT;
	q->also[0] = POSTERN_ACCEPT + 1;
	if (r->peer.generation && record_is_of(&r->peer, &q->to) &&
	    r->peer.ways == POSTERN_WAY_IN) {
		q->to.action = POSTERN_ACCEPT;
		q->also[0] = POSTERN_SEND + 1;
		q->also[1] = POSTERN_CONNECT + 1;
	}
}

/* What the socket does. */
static __always_inline void sweep_question(struct inquiry *q, const struct postern_socket *r,
					   const struct postern_sighting *s)
{
	sweep_ends(q, s);
	if (s->ip_protocol == IPPROTO_TCP || s->ip_protocol == IP_MPTCP)
		sweep_stream(q, r);
	else
		sweep_datagram(q, r);
}

/* Under which image. 0, or the reason why there is none. */
POSTERN_FRAME __u32 sweep_force(struct inquiry *q, __u32 slot)
{
	struct force f = {};
	__u32 reason;

	if (slot >= POSTERN_SLOTS)
		return inquiry_force(q);
	reason = force_slot(&f, slot);
	q->mode = f.mode;
	q->slot = slot;
	q->image_id = f.image_id;
	q->until = POSTERN_FOREVER;
	q->deadline = POSTERN_FOREVER;
	q->outcome.policy = POSTERN_NONE;
	return reason;
}

static __always_inline void sweep_judge(struct inquiry *q, struct postern_socket *r,
					struct postern_party *user, __u32 slot)
{
	__u32 reason = sweep_force(q, slot);

	if (reason)
		q->outcome = postern_lock_down(q->mode, reason);
	else
		flow_parties(q, r, user);
}

static __always_inline void sweep_tell(const struct inquiry *q, const struct postern_socket *r,
				       struct postern_sighting *s)
{
	const struct postern_party *who = q->party == POSTERN_USER ? &q->who : &r->opener;

	s->verdict = q->outcome.verdict;
	s->reason = q->outcome.reason;
	s->action = q->to.action;
	s->party = q->party;
	s->policy = q->outcome.policy;
	s->image_id = q->image_id;
	s->until = postern_sooner(q->until, q->deadline);
	__builtin_memcpy(&s->who, who, sizeof(s->who));
}

/* Once for each withdrawal, whether a packet or a sweep comes first. */
static __always_inline void sweep_emit(struct inquiry *q, struct postern_socket *r)
{
	if (r->flags & POSTERN_S_CUT)
		return;
	record_flag(r, POSTERN_S_CUT);
	emit(q, q->party == POSTERN_USER ? &q->who : &r->opener);
}
