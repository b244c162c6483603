/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Packets of a socket's flows: what was admitted passes at the price of a few comparisons; the rest is
 * judged here, by what is on the wire. Runs in softirq or on any task, which is not asked who it is.
 */
#pragma once

#include "core/admit.bpf.h"
#include "core/arrival.bpf.h"
#include "core/plain.bpf.h"

/* What the socket is connected to is the other end of the packet. */
static __always_inline int flow_is_connected(const struct bpf_sock *sk, const struct packet *p)
{
	if (sk->state != FLOW_ESTABLISHED)
		return 0;
	if (packet_has_ports(sk->protocol) && bpf_ntohs(sk->dst_port) != p->port)
		return 0;
	if (p->v4)
		return bpf_ntohl(sk->dst_ip4) == p->low;
	return attempt_half(sk->dst_ip6[0], sk->dst_ip6[1]) == p->high &&
	       attempt_half(sk->dst_ip6[2], sk->dst_ip6[3]) == p->low;
}

/* A stream is what it began as. Where nobody saw that, either will do. */
static __always_inline void flow_stream(struct inquiry *q, const struct bpf_sock *sk, __u32 flags)
{
	q->to.action = POSTERN_CONNECT;
	if (sk->state == FLOW_LISTEN || flags & POSTERN_S_ACCEPTS)
		q->to.action = POSTERN_ACCEPT;
	else if (flags & POSTERN_S_OLD)
		q->also[0] = POSTERN_ACCEPT + 1;
}

/* A datagram may be a reply to what the other direction allows, unless somebody forbids it. */
static __always_inline void flow_datagram(struct inquiry *q, const struct bpf_sock *sk,
					  const struct packet *p, int out)
{
	if (!out) {
		q->to.action = POSTERN_ACCEPT;
		q->also[0] = POSTERN_SEND + 1;
		q->also[1] = POSTERN_CONNECT + 1;
		return;
	}
	q->to.action = POSTERN_SEND;
	if (sk->protocol == IP_SCTP || sk->protocol == IP_DCCP || flow_is_connected(sk, p))
		q->to.action = POSTERN_CONNECT;
	q->also[0] = POSTERN_ACCEPT + 1;
}

static __always_inline void flow_question(struct inquiry *q, struct bpf_sock *sk,
					  const struct packet *p)
{
	q->to.high = p->high;
	q->to.low = p->low;
	q->to.v4 = p->v4;
	q->to.port = flow_port(sk, p);
	q->local_high = p->own_high;
	q->local_low = p->own_low;
	q->local_v4 = p->v4;
	q->local_port = sk->src_port;
	if (p->bad)
		q->reason = POSTERN_R_ADDRESS;
	else if (p->routed)
		q->reason = POSTERN_R_ROUTE;
}

static __always_inline void flow_socket(struct inquiry *q, struct __sk_buff *skb,
					struct bpf_sock *sk)
{
	q->family = sk->family;
	q->type = sk->type;
	q->ip_protocol = sk->protocol;
	q->to.protocol = attempt_protocol(sk->type, sk->protocol);
	q->cookie = bpf_get_socket_cookie(skb);
	q->cgroup[1] = (__u64)socket_cgroup(sk);
}

/* The kernel's own sockets for resets, ICMP and neighbours: a class of their own. */
static __always_inline int flow_is_control(const struct bpf_sock *sk)
{
	return sk->type == SOCK_RAW_TYPE && socket_is_of_kernel(sk);
}

/* What the kernel made for itself is User "#kernel". */
static __always_inline struct postern_socket *flow_record(struct bpf_sock *sk)
{
	struct postern_socket *r = bpf_sk_storage_get(&sockets, sk, NULL, 0);

	if (!r)
		r = enforce_subflow(sk);
	if (r || !socket_is_of_kernel(sk))
		return r;
	r = bpf_sk_storage_get(&sockets, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (r)
		party_kernel(&r->opener);
	else
		count(POSTERN_C_SOCKETS_LOST);
	return r;
}

/* Judges a packet and writes down what came of it. 1: it passes. */
static __always_inline int flow_decide(struct inquiry *q, struct postern_socket *r,
				       struct bpf_sock *sk, const struct packet *p, int out)
{
	int tcp = flow_is_tcp(sk), listens = tcp && sk->state == FLOW_LISTEN;
	struct postern_party *user = record_party(r, sk);

	flow_question(q, sk, p);
	if (r && listens && !out && !q->reason) {
		if (!flow_may_listen(q, r, user, sk))
			return 0;
		flow_question(q, sk, p);
	}
	if (r && tcp)
		flow_stream(q, sk, r->flags);
	else
		flow_datagram(q, sk, p, out);
	flow_judge(q, r, user);
	if (enforce_answer(&q->outcome)) {
		flow_tell(q, r);
		if (r && listens)
			record_flag(r, POSTERN_S_ACCEPTS);
		if (r)
			flow_admit(q, r, tcp, out);
		return 1;
	}
	/* whoever gives up is not worth a word */
	if (listens && p->reset)
		return 0;
	if (!r || flow_cut(q, r, tcp && !listens && sk->state != FLOW_SYN_SENT, out))
		flow_tell(q, r);
	return 0;
}

/* Off the fast path. 1: the packet passes. */
static __always_inline int flow_slow(struct __sk_buff *skb, struct bpf_sock *sk, int out)
{
	struct postern_socket *r = flow_record(sk);
	struct inquiry *q;
	int passes;

	if (flow_is_control(sk)) {
		count(POSTERN_C_CONTROL);
		return 1;
	}
	q = inquiry_take();
	if (!q)
		return enforce_nowhere();
	q->hook = out ? POSTERN_H_EGRESS : POSTERN_H_INGRESS;
	flow_socket(q, skb, sk);
	packet_read(skb, &q->packet, out);
	q->packet.reset = packet_is_reset(skb, &q->packet);
	passes = flow_decide(q, r, sk, &q->packet, out);
	inquiry_drop(q);
	return passes;
}

/* As flow_stands(), of the packet. A frame of its own leaves what it has read there. */
POSTERN_FRAME int flow_closely(struct __sk_buff *skb, struct bpf_sock *sk, int out)
{
	const struct postern_socket *r = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	struct packet p = {};

	if (!r)
		return -1;
	packet_read(skb, &p, out);
	return flow_stands(r, sk, &p, out);
}

static __always_inline int flow(struct __sk_buff *skb, int out)
{
	struct bpf_sock *sk = skb->sk;
	int stands;

	if ((out ? plain_out(skb) : plain_in(skb)) > 0)
		return 1;
	if (!out && arrival(skb) > 0)
		return 1;
	/* the kernel asks for whole sockets only */
	if (!sk)
		return 0;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return 0;
	stands = flow_closely(skb, sk, out);
	if (stands < 0)
		return flow_slow(skb, sk, out);
	if (!stands)
		count(POSTERN_C_PACKETS_CUT);
	return stands;
}
