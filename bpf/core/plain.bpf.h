/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The packets that nearly all are: TCP and UDP behind IP headers without options, of a flow that was admitted. Read in
 * place and compared; whatever is else goes the longer way.
 */
#pragma once

#include "core/stand.bpf.h"

struct plain4 {
	struct iphdr ip;
	__be16 port[2];
};

struct plain6 {
	struct ipv6hdr ip;
	__be16 port[2];
};

/* Without options, that protocol, and not a later part of it. */
static __always_inline int plain_is_whole4(const struct plain4 *h, __u32 protocol)
{
	return h->ip.ihl == 5 && !(h->ip.frag_off & bpf_htons(PACKET_FRAGMENT)) &&
	       h->ip.protocol == protocol;
}

static __always_inline int plain_is_of4(const struct postern_approval *a, const struct plain4 *h,
					int out)
{
	return a->v4 && a->low == bpf_ntohl(out ? h->ip.daddr : h->ip.saddr) &&
	       a->port == bpf_ntohs(out ? h->port[1] : h->port[0]);
}

static __always_inline int plain_is_of6(const struct postern_approval *a, const struct plain6 *h,
					int out)
{
	const __be32 *end = out ? h->ip.daddr.in6_u.u6_addr32 : h->ip.saddr.in6_u.u6_addr32;

	return !a->v4 && a->high == packet_half(end) && a->low == packet_half(end + 2) &&
	       a->port == bpf_ntohs(out ? h->port[1] : h->port[0]);
}

/* Whether the packet has the approved other end. 0 also where that cannot be read here. */
static __always_inline int plain_is_of(struct __sk_buff *skb, const struct postern_approval *a,
				       __u32 protocol, int out)
{
	const void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	const struct plain4 *v4 = data;
	const struct plain6 *v6 = data;

	if (skb->protocol == bpf_htons(ETH_P_IP_TYPE))
		return (const void *)(v4 + 1) <= end && plain_is_whole4(v4, protocol) &&
		       plain_is_of4(a, v4, out);
	return (const void *)(v6 + 1) <= end && v6->ip.nexthdr == protocol &&
	       plain_is_of6(a, v6, out);
}

/* 1: admitted. -1: to be looked at more closely. */
static __always_inline int plain_stands(struct __sk_buff *skb, struct postern_socket *r,
					const struct bpf_sock *sk, int out)
{
	struct postern_approval *a = &r->peer;
	const volatile __u32 *busy = &r->busy;
	__u32 protocol = sk->protocol, before = *busy;

	if (before & 1 || (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP) ||
	    sk->type == SOCK_RAW_TYPE)
		return -1;
	asm volatile("" ::: "memory");
	if (a->verdict == POSTERN_DENY || !(a->ways & flow_bit(out)) ||
	    !record_is_current(a, record_generation()) || !known_surely_lasts(a->until, &a->sure) ||
	    !plain_is_of(skb, a, protocol, out))
		return -1;
	asm volatile("" ::: "memory");
	return *busy == before ? 1 : -1;
}

static __always_inline int plain_of(struct __sk_buff *skb, int out)
{
	struct bpf_sock *sk = skb->sk;
	struct postern_socket *r;

	if (!sk)
		return -1;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return -1;
	r = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	return r ? plain_stands(skb, r, sk, out) : -1;
}

/* Global, so that the verifier walks them once and not with all that comes after. */
__weak int plain_out(struct __sk_buff *skb)
{
	return plain_of(skb, FLOW_OUT);
}

__weak int plain_in(struct __sk_buff *skb)
{
	return plain_of(skb, FLOW_IN);
}
