/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Whether a packet's flow was admitted and still is: a few comparisons for each packet. */
#pragma once

#include "core/attempt.bpf.h"
#include "core/enforce.bpf.h"
#include "core/packet.bpf.h"

#define FLOW_ESTABLISHED 1 /* states of sockets, as TCP has them */
#define FLOW_SYN_SENT 2
#define FLOW_LISTEN 10

enum flow_way { FLOW_IN = 0, FLOW_OUT = 1 };

static __always_inline __u32 flow_bit(int out)
{
	return out ? POSTERN_WAY_OUT : POSTERN_WAY_IN;
}

/* A stream: what was admitted counts for both directions, and its first packet tells who began. */
static __always_inline int flow_is_tcp(const struct bpf_sock *sk)
{
	return sk->protocol == IPPROTO_TCP && sk->type == SOCK_STREAM_TYPE;
}

/* The other end's port as far as the socket's protocol has ports. */
static __always_inline __u32 flow_port(const struct bpf_sock *sk, const struct packet *p)
{
	if (sk->type == SOCK_RAW_TYPE || !packet_has_ports(sk->protocol))
		return 0;
	/* packed into another protocol (IPsec): the port that the socket is connected to */
	return p->protocol == sk->protocol ? p->port : bpf_ntohs(sk->dst_port);
}

/* 1: admitted. 0: refused, and told. -1: to be judged. */
static __always_inline int flow_stands(const struct postern_socket *r, const struct bpf_sock *sk,
				       const struct packet *p, int out)
{
	const struct postern_approval *a = &r->peer;
	const volatile __u32 *busy = &r->busy;
	__u32 before = *busy, verdict;

	if (before & 1 || p->routed || p->bad)
		return -1;
	asm volatile("" ::: "memory");
	if (a->high != p->high || a->low != p->low || a->v4 != p->v4 ||
	    a->port != flow_port(sk, p) || !(a->ways & flow_bit(out)))
		return -1;
	if (!record_stands(a, record_generation()))
		return -1;
	verdict = a->verdict;
	asm volatile("" ::: "memory");
	if (*busy != before)
		return -1;
	return verdict != POSTERN_DENY;
}
