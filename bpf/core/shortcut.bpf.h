/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What nearly every request is: the opener of a socket asks for what its subject was allowed before, under the same
 * word. That is answered from values on the stack. Whatever is else, or not known, goes the long way; nothing is denied here.
 */
#pragma once

#include "core/enforce.bpf.h"

struct shortcut {
	struct postern_destination to;
	__u64 known; /* known_subject.number */
	__u64 until; /* boot ns */
	__u32 word, epoch; /* that are now, read once */
	__u32 image_id, slot, mode;
	__u32 policy;
	__u32 facts; /* 1: the answer hangs on facts */
	__u32 pad;
};

static __always_inline void shortcut_begin(struct shortcut *s, __u32 action)
{
	s->to.action = action;
	s->word = record_generation();
	s->epoch = record_epoch();
	s->until = POSTERN_FOREVER;
}

/* Who that is to the image in force. 0 when it must be found out. */
static __always_inline int shortcut_subject(struct shortcut *s, const struct postern_party *p)
{
	struct known_subject *k = recall_at(p);
	__u32 before;

	if (!k || !s->word)
		return 0;
	before = known_before(&k->busy);
	if (k->word != s->word || !recall_is_of(k, p))
		return 0;
	s->known = k->number;
	s->image_id = k->image_id;
	s->slot = k->slot;
	s->mode = k->mode;
	if (k->proven) {
		s->facts = 1;
		s->until = k->until;
		if (k->epoch != s->epoch || !known_surely_lasts(s->until, &k->sure))
			return 0;
	}
	return known_stood(&k->busy, before);
}

/* Whether that subject is known to be allowed it. */
static __always_inline int shortcut_verdict(struct shortcut *s, __u32 door)
{
	struct known_verdict *k;
	__u32 before;
	__u64 until;

	if (s->mode == POSTERN_MODE_OBSERVE)
		door |= VERDICT_OBSERVED;
	k = verdict_find(&s->to, door, s->known, &before);
	if (!k || k->verdict != POSTERN_ALLOW || k->image_id != s->image_id)
		return 0;
	s->policy = k->policy;
	if (k->facts) {
		until = k->until;
		s->facts = 1;
		s->until = postern_sooner(s->until, until);
		if (k->epoch != s->epoch || !known_surely_lasts(until, &k->sure))
			return 0;
	}
	return known_stood(&k->busy, before);
}

/* Writes down what is allowed. 0 when somebody else is writing. */
static __always_inline int shortcut_admit(const struct shortcut *s, struct postern_socket *r,
					  __u32 ways)
{
	const struct postern_approval n = {
		.high = s->to.high,
		.low = s->to.low,
		.v4 = s->to.v4,
		.action = s->to.action,
		.port = s->to.port,
		.generation = s->word,
		.epoch = s->epoch,
		.facts = s->facts,
		.until = s->until,
		.policy = s->policy,
		.image_id = s->image_id,
		.verdict = POSTERN_ALLOW,
		.reason = POSTERN_R_PERMIT,
		.party = POSTERN_OPENER,
		.ways = ways,
	};
	__u32 word = known_begin(&r->busy);

	if (word & 1)
		return 0;
	record_write(&r->peer, &n);
	known_end(&r->busy, word);
	lapse_note(s->until);
	return 1;
}

static __always_inline void shortcut_count(void)
{
	count(POSTERN_C_ALLOW);
	count(POSTERN_C_REASON + POSTERN_R_PERMIT);
}

/* Whether the last thing that was admitted is just this. */
static __always_inline int shortcut_stands(const struct shortcut *s, struct postern_socket *r,
					   __u32 ways)
{
	struct postern_approval *a = &r->peer;
	__u32 before = known_before(&r->busy);

	return a->verdict == POSTERN_ALLOW && a->action == s->to.action &&
	       (a->ways & ways) == ways && record_is_of(a, &s->to) && a->generation == s->word &&
	       (!a->facts || a->epoch == s->epoch) && known_surely_lasts(a->until, &a->sure) &&
	       known_stood(&r->busy, before);
}

/* A connect or a send of the current task on a socket with that record. 1: allowed, and all is written down. */
static __always_inline int shortcut(struct shortcut *s, struct postern_socket *r)
{
	__u32 ways;

	if (!s || !r || !s->word || r->user || !party_is_current(&r->opener))
		return 0;
	ways = s->to.protocol == POSTERN_TCP ? POSTERN_WAY_OUT | POSTERN_WAY_IN : POSTERN_WAY_OUT;
	if (!shortcut_stands(s, r, ways) &&
	    (!shortcut_subject(s, &r->opener) ||
	     !shortcut_verdict(s, POSTERN_DOOR(s->to.action, s->to.protocol, s->to.port)) ||
	     !shortcut_admit(s, r, ways)))
		return 0;
	record_unflag(r, POSTERN_S_CUT);
	if (s->to.action == POSTERN_CONNECT)
		record_unflag(r, POSTERN_S_ACCEPTS);
	shortcut_count();
	return 1;
}

/* The protocols that have one; -1 for others. */
static __always_inline int shortcut_protocol(__u32 type, __u32 protocol)
{
	if (type == SOCK_STREAM_TYPE && protocol == IPPROTO_TCP)
		return POSTERN_TCP;
	return type == SOCK_DGRAM_TYPE && protocol == IPPROTO_UDP ? POSTERN_UDP : -1;
}

/* connect4 and sendmsg4; of addresses that mean themselves. */
__weak int shortcut4(struct bpf_sock_addr *ctx, __u32 action)
{
	int protocol = shortcut_protocol(ctx->type, ctx->protocol);
	struct bpf_sock *sk = ctx->sk;
	struct postern_socket *r;
	struct shortcut s = {};

	if (!sk || protocol < 0 || !ctx->user_ip4 || !ctx->user_port)
		return 0;
	r = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	if (!r)
		return 0;
	shortcut_begin(&s, action);
	s.to.high = 0;
	s.to.low = bpf_ntohl(ctx->user_ip4);
	s.to.v4 = 1;
	s.to.protocol = protocol;
	s.to.port = bpf_ntohs((__u16)ctx->user_port);
	return shortcut(&s, r);
}

/* connect6 and sendmsg6; mapped addresses go the long way. */
__weak int shortcut6(struct bpf_sock_addr *ctx, __u32 action)
{
	int protocol = shortcut_protocol(ctx->type, ctx->protocol);
	struct bpf_sock *sk = ctx->sk;
	struct postern_socket *r;
	struct shortcut s = {};

	if (!sk || protocol < 0 || !ctx->user_port)
		return 0;
	r = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	if (!r)
		return 0;
	shortcut_begin(&s, action);
	s.to.high = attempt_half(ctx->user_ip6[0], ctx->user_ip6[1]);
	s.to.low = attempt_half(ctx->user_ip6[2], ctx->user_ip6[3]);
	s.to.v4 = 0;
	s.to.protocol = protocol;
	s.to.port = bpf_ntohs((__u16)ctx->user_port);
	if (!s.to.high && s.to.low >> 32 == 0xffff)
		return 0;
	return s.to.high | s.to.low ? shortcut(&s, r) : 0;
}
