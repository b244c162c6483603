/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Packets that begin a connection at a listener whose port was admitted, from where its opener's subject is known to
 * accept: the same shortcut as a request's.
 */
#pragma once

#include "core/admit.bpf.h"
#include "core/plain.bpf.h"
#include "core/shortcut.bpf.h"

/* Where a TCP packet without IP options comes from. 0 where that cannot be read here. */
static __always_inline int arrival_from(struct __sk_buff *skb, struct postern_destination *to)
{
	const void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	const struct plain4 *v4 = data;
	const struct plain6 *v6 = data;

	if (skb->protocol == bpf_htons(ETH_P_IP_TYPE)) {
		if ((const void *)(v4 + 1) > end || !plain_is_whole4(v4, IPPROTO_TCP))
			return 0;
		to->v4 = 1;
		to->low = bpf_ntohl(v4->ip.saddr);
		to->port = bpf_ntohs(v4->port[0]);
		return 1;
	}
	if ((const void *)(v6 + 1) > end || v6->ip.nexthdr != IPPROTO_TCP)
		return 0;
	to->high = packet_half(v6->ip.saddr.in6_u.u6_addr32);
	to->low = packet_half(v6->ip.saddr.in6_u.u6_addr32 + 2);
	to->port = bpf_ntohs(v6->port[0]);
	return 1;
}

/* The class of the door that it comes through; POSTERN_NONE: it cannot be told. */
static __always_inline __u32 arrival_door(const struct shortcut *s)
{
	return verdict_class(s->slot, POSTERN_DOOR(s->to.action, s->to.protocol, s->to.port));
}

/* Whether nobody but the opener has it, and its port stands. */
static __always_inline int arrival_is_due(const struct postern_socket *r, const struct shortcut *s,
					  __u32 port)
{
	__u32 before = known_before(&r->busy);

	return !r->user && flow_port_stands(&r->port, s->to.v4, port) &&
	       known_stood(&r->busy, before);
}

/* 1: admitted, and all is written down. -1: to be looked at more closely. */
__weak int arrival(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;
	struct shortcut s = {};
	struct postern_socket *r;
	__u32 door;

	if (!sk)
		return -1;
	sk = bpf_sk_fullsock(sk);
	if (!sk || sk->state != FLOW_LISTEN || !flow_is_tcp(sk))
		return -1;
	r = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	if (!r || !arrival_from(skb, &s.to))
		return -1;
	shortcut_begin(&s, POSTERN_ACCEPT);
	s.to.protocol = POSTERN_TCP;
	if (!arrival_is_due(r, &s, sk->src_port) || !shortcut_subject(&s, &r->opener))
		return -1;
	door = arrival_door(&s);
	if (door == POSTERN_NONE || !shortcut_verdict(&s, door) ||
	    !shortcut_admit(&s, r, POSTERN_WAY_OUT | POSTERN_WAY_IN))
		return -1;
	record_unflag(r, POSTERN_S_CUT);
	record_flag(r, POSTERN_S_ACCEPTS);
	shortcut_count();
	return 1;
}
