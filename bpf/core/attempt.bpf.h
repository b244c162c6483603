/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What is asked for, as the kernel will carry it out: mapped addresses are IPv4, an address of all
 * zeros is this host, and a datagram on a connected socket goes to its peer.
 */
#pragma once

#include "maps/inquiries.bpf.h"

#define LOOPBACK 0x7f000001u
#define IS_MAPPED(w0, w1, w2) (!((w0) | (w1)) && (w2) == bpf_htonl(0xffff))

/* `be` as on the wire; `from` is what the socket is bound to and what routing takes 0.0.0.0 for. */
static __always_inline void attempt_v4(struct inquiry *q, __u32 be, __u32 from)
{
	__u32 addr = bpf_ntohl(be ? be : from);

	q->to.v4 = 1;
	q->to.high = 0;
	q->to.low = addr ? addr : LOOPBACK;
}

static __always_inline __u64 attempt_half(__u32 be_first, __u32 be_second)
{
	return (__u64)bpf_ntohl(be_first) << 32 | bpf_ntohl(be_second);
}

static __always_inline void attempt_v6(struct inquiry *q, const __u32 *be)
{
	q->to.v4 = 0;
	q->to.high = attempt_half(be[0], be[1]);
	q->to.low = attempt_half(be[2], be[3]);
	if (!(q->to.high | q->to.low))
		q->to.low = 1;
}

/* The number that policies have for a socket's protocol. */
static __always_inline __u32 attempt_protocol(__u32 type, __u32 ip_protocol)
{
	if (type == SOCK_RAW_TYPE)
		return POSTERN_RAW;
	switch (ip_protocol) {
	case IPPROTO_TCP:
	case IP_MPTCP:
		return POSTERN_TCP;
	case IPPROTO_UDP:
		return POSTERN_UDP;
	case IP_UDPLITE:
		return POSTERN_UDPLITE;
	case IP_SCTP:
		return POSTERN_SCTP;
	case IP_DCCP:
		return POSTERN_DCCP;
	case IPPROTO_ICMP:
		return POSTERN_ICMP;
	case IP_ICMP6:
		return POSTERN_ICMP6;
	default:
		return POSTERN_RAW;
	}
}

static __always_inline void attempt_socket(struct inquiry *q, struct bpf_sock_addr *ctx)
{
	q->family = ctx->family;
	q->type = ctx->type;
	q->ip_protocol = ctx->protocol;
	q->cookie = bpf_get_socket_cookie(ctx);
	q->to.protocol = attempt_protocol(q->type, q->ip_protocol);
}

/* This end, in the family of the other. */
static __always_inline void attempt_local(struct inquiry *q, struct bpf_sock *sk)
{
	q->local_v4 = q->to.v4;
	q->local_port = sk->src_port;
	if (q->to.v4) {
		q->local_low = bpf_ntohl(sk->src_ip4);
		return;
	}
	q->local_high = attempt_half(sk->src_ip6[0], sk->src_ip6[1]);
	q->local_low = attempt_half(sk->src_ip6[2], sk->src_ip6[3]);
}

/* A send without an address: no port is 0 on the wire, and family 0 alone may stand with one. */
static __always_inline int attempt_is_to_peer(struct inquiry *q, struct bpf_sock_addr *ctx)
{
	return q->to.action == POSTERN_SEND && !ctx->user_port;
}

static __always_inline int attempt_has_ports(const struct inquiry *q)
{
	return q->to.protocol < POSTERN_ICMP;
}

static __always_inline void attempt_port(struct inquiry *q, __u32 be)
{
	if (!attempt_has_ports(q))
		return;
	q->to.port = bpf_ntohs((__u16)be);
	if (!q->to.port && q->to.action == POSTERN_SEND)
		q->reason = POSTERN_R_ADDRESS;
}

/*
 * connect4 and sendmsg4. The hook says that it is IPv4: the family need not. Global, as is
 * attempt_read6(), so that the verifier follows each of its ways once and not through all that comes after.
 */
__weak int attempt_read4(struct bpf_sock_addr *ctx, struct inquiry *q)
{
	struct bpf_sock *sk = ctx->sk;

	if (!q)
		return 0;
	attempt_socket(q, ctx);
	if (!sk) {
		q->reason = POSTERN_R_ADDRESS;
		return 0;
	}
	if (attempt_is_to_peer(q, ctx)) {
		attempt_v4(q, sk->dst_ip4, 0);
		attempt_port(q, sk->dst_port);
	} else {
		attempt_v4(q, ctx->user_ip4, sk->src_ip4);
		attempt_port(q, ctx->user_port);
	}
	attempt_local(q, sk);
	return 0;
}

/* An IPv6 address that may be an IPv4 one, or nothing, in disguise. */
static __always_inline void attempt_any6(struct inquiry *q, const __u32 *be, struct bpf_sock *sk)
{
	__u32 none = !(be[0] | be[1] | be[2] | be[3]);

	/* "::" of a socket bound to a mapped address is 127.0.0.1 to the kernel */
	if (none && IS_MAPPED(sk->src_ip6[0], sk->src_ip6[1], sk->src_ip6[2]))
		attempt_v4(q, 0, 0);
	else if (IS_MAPPED(be[0], be[1], be[2]))
		attempt_v4(q, be[3], sk->src_ip4);
	else
		attempt_v6(q, be);
}

/* connect6 and sendmsg6. */
__weak int attempt_read6(struct bpf_sock_addr *ctx, struct inquiry *q)
{
	struct bpf_sock *sk = ctx->sk;
	__u32 be[4];

	if (!q)
		return 0;
	attempt_socket(q, ctx);
	if (!sk) {
		q->reason = POSTERN_R_ADDRESS;
		return 0;
	}
	if (attempt_is_to_peer(q, ctx)) {
		be[0] = sk->dst_ip6[0];
		be[1] = sk->dst_ip6[1];
		be[2] = sk->dst_ip6[2];
		be[3] = sk->dst_ip6[3];
		attempt_any6(q, be, sk);
		attempt_port(q, sk->dst_port);
	} else {
		be[0] = ctx->user_ip6[0];
		be[1] = ctx->user_ip6[1];
		be[2] = ctx->user_ip6[2];
		be[3] = ctx->user_ip6[3];
		attempt_any6(q, be, sk);
		attempt_port(q, ctx->user_port);
	}
	attempt_local(q, sk);
	return 0;
}
