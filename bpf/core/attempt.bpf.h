/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What is asked for, as the kernel will carry it out: mapped addresses are IPv4, an address of all
 * zeros is this host, and a datagram on a connected socket goes to its peer.
 */
#pragma once

#include "world.bpf.h"

#include <postern/event.h>

struct attempt {
	struct postern_destination to;
	__u64 cookie;
	__u16 family, type, ip_protocol;
	__u8 hook; /* enum postern_event_hook */
	__u8 reason; /* why it cannot be judged; 0 when it can */
};

#define LOOPBACK 0x7f000001u
#define IS_MAPPED(w0, w1, w2) (!((w0) | (w1)) && (w2) == bpf_htonl(0xffff))

/* `be` as on the wire; `from` is what the socket is bound to and what routing takes 0.0.0.0 for. */
static __always_inline void attempt_v4(struct attempt *a, __u32 be, __u32 from)
{
	__u32 addr = bpf_ntohl(be ? be : from);

	a->to.v4 = 1;
	a->to.high = 0;
	a->to.low = addr ? addr : LOOPBACK;
}

static __always_inline void attempt_v6(struct attempt *a, const __u32 *be)
{
	a->to.v4 = 0;
	a->to.high = (__u64)bpf_ntohl(be[0]) << 32 | bpf_ntohl(be[1]);
	a->to.low = (__u64)bpf_ntohl(be[2]) << 32 | bpf_ntohl(be[3]);
	if (!(a->to.high | a->to.low))
		a->to.low = 1;
}

/* TCP and UDP are judged by address; anything else must not have come this far. */
static __always_inline void attempt_socket(struct attempt *a, struct bpf_sock_addr *ctx)
{
	a->family = ctx->family;
	a->type = ctx->type;
	a->ip_protocol = ctx->protocol;
	a->cookie = bpf_get_socket_cookie(ctx);
	if (a->ip_protocol == IPPROTO_TCP)
		a->to.protocol = POSTERN_TCP;
	else if (a->ip_protocol == IPPROTO_UDP)
		a->to.protocol = POSTERN_UDP;
	else
		a->reason = POSTERN_R_KIND;
}

/* A send without an address: no port is 0 on the wire, and family 0 alone may stand with one. */
static __always_inline int attempt_is_to_peer(struct attempt *a, struct bpf_sock_addr *ctx)
{
	return a->to.action == POSTERN_SEND && !ctx->user_port;
}

static __always_inline void attempt_port(struct attempt *a, __u32 be)
{
	a->to.port = bpf_ntohs((__u16)be);
	if (!a->to.port && a->to.action == POSTERN_SEND)
		a->reason = POSTERN_R_ADDRESS;
}

/*
 * connect4 and sendmsg4. The hook says that it is IPv4: the family need not. Global, as is
 * attempt_read6(), so that the verifier follows each of its ways once and not through all that comes after.
 */
__weak int attempt_read4(struct bpf_sock_addr *ctx, struct attempt *a)
{
	struct bpf_sock *sk = ctx->sk;

	if (!a)
		return 0;
	attempt_socket(a, ctx);
	if (!sk) {
		a->reason = POSTERN_R_ADDRESS;
		return 0;
	}
	if (attempt_is_to_peer(a, ctx)) {
		attempt_v4(a, sk->dst_ip4, 0);
		attempt_port(a, sk->dst_port);
		return 0;
	}
	attempt_v4(a, ctx->user_ip4, sk->src_ip4);
	attempt_port(a, ctx->user_port);
	return 0;
}

/* An IPv6 address that may be an IPv4 one, or nothing, in disguise. */
static __always_inline void attempt_any6(struct attempt *a, const __u32 *be, struct bpf_sock *sk)
{
	__u32 none = !(be[0] | be[1] | be[2] | be[3]);

	/* "::" of a socket bound to a mapped address is 127.0.0.1 to the kernel */
	if (none && IS_MAPPED(sk->src_ip6[0], sk->src_ip6[1], sk->src_ip6[2]))
		attempt_v4(a, 0, 0);
	else if (IS_MAPPED(be[0], be[1], be[2]))
		attempt_v4(a, be[3], sk->src_ip4);
	else
		attempt_v6(a, be);
}

/* connect6 and sendmsg6. */
__weak int attempt_read6(struct bpf_sock_addr *ctx, struct attempt *a)
{
	struct bpf_sock *sk = ctx->sk;
	__u32 be[4];

	if (!a)
		return 0;
	attempt_socket(a, ctx);
	if (!sk) {
		a->reason = POSTERN_R_ADDRESS;
		return 0;
	}
	if (attempt_is_to_peer(a, ctx)) {
		be[0] = sk->dst_ip6[0];
		be[1] = sk->dst_ip6[1];
		be[2] = sk->dst_ip6[2];
		be[3] = sk->dst_ip6[3];
		attempt_any6(a, be, sk);
		attempt_port(a, sk->dst_port);
		return 0;
	}
	be[0] = ctx->user_ip6[0];
	be[1] = ctx->user_ip6[1];
	be[2] = ctx->user_ip6[2];
	be[3] = ctx->user_ip6[3];
	attempt_any6(a, be, sk);
	attempt_port(a, ctx->user_port);
	return 0;
}
