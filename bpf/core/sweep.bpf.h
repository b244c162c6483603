/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A socket's flow judged once more outside any packet or call: by the image in force, or by one that
 * might come. What is remembered of the socket stays as it is, but for the mark that it was told of.
 */
#pragma once

#include "core/emit.bpf.h"
#include "core/judge.bpf.h"
#include "core/record.bpf.h"
#include "read/sock.bpf.h"

#define SWEEP_TCP_CLOSE 7
#define SWEEP_TCP_LISTEN 10

/* Without another end there is no flow: whoever comes, or is sent to, is judged then. */
static __always_inline int sweep_has_flow(const struct postern_sighting *s)
{
	if (s->ip_protocol == IPPROTO_TCP)
		return s->state != SWEEP_TCP_CLOSE && s->state != SWEEP_TCP_LISTEN;
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
	q->to.protocol = s->ip_protocol == IPPROTO_UDP ? POSTERN_UDP : POSTERN_TCP;
}

/* What its last packet or call was admitted as; else what the socket is there for. */
static __always_inline __u32 sweep_action(const struct inquiry *q, const struct postern_socket *r)
{
	if (r->peer.generation && record_is_of(&r->peer, &q->to))
		return r->peer.action;
	return r->flags & POSTERN_S_ACCEPTS ? POSTERN_ACCEPT : POSTERN_CONNECT;
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

/* Everybody whose socket it is. */
static __always_inline void sweep_parties(struct inquiry *q, struct postern_socket *r)
{
	if (r->user.process.tgid) {
		q->flags |= INQUIRY_PASSED;
		judge_ask(q, &r->user, POSTERN_USER);
	}
	judge_ask(q, &r->opener, POSTERN_OPENER);
}

static __always_inline void sweep_judge(struct inquiry *q, struct postern_socket *r, __u32 slot)
{
	__u32 reason = sweep_force(q, slot);

	if (reason)
		q->outcome = postern_lock_down(q->mode, reason);
	else
		sweep_parties(q, r);
}

static __always_inline void sweep_tell(const struct inquiry *q, const struct postern_socket *r,
				       struct postern_sighting *s)
{
	const struct postern_party *who = q->party == POSTERN_USER ? &r->user : &r->opener;

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
	emit(q, q->party == POSTERN_USER ? &r->user : &r->opener);
}
