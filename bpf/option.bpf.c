/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Socket options that part the address on the wire from the one that was approved, or let a socket use an
 * address that is not the host's: refused for everybody, since no policy could judge what follows. Their
 * forms as control messages are seen with the packet only.
 *
 * SO_MARK and SO_BINDTODEVICE pass: they choose a route or an interface, which takes privilege to make,
 * and the packet still names the approved address.
 */
#include "core/attempt.bpf.h"
#include "core/enforce.bpf.h"

#define LEVEL_IP 0
#define LEVEL_TCP 6
#define LEVEL_IPV6 41

#define OPTION_IP_OPTIONS 4
#define OPTION_IP_FREEBIND 15
#define OPTION_IP_TRANSPARENT 19
#define OPTION_IPV6_OLD_PACKET 6 /* IPV6_2292PKTOPTIONS: control messages for every packet */
#define OPTION_IPV6_ROUTE 57 /* IPV6_RTHDR */
#define OPTION_IPV6_TRANSPARENT 75
#define OPTION_IPV6_FREEBIND 78
#define OPTION_TCP_REPAIR 19

#define ROUTE_END 0
#define ROUTE_NOTHING 1
#define ROUTE_LOOSE 131 /* RFC 791: the packet visits others first */
#define ROUTE_STRICT 137
#define ROUTE_BYTES 40 /* more than that an IPv4 header has no room for */
#define CONTROL_STEPS 64 /* of eight bytes */
#define CONTROL_OLD_ROUTE 5 /* IPV6_2292RTHDR */

/* What was given: of a short value, the kernel shows more bytes than there are. */
struct option {
	const __u8 *at, *end;
	__u32 len;
};

#define OPTION_SEEN 4096 /* bytes of a value that a program gets to see, at least */

/* IPv4 options, and where in them the reader is. */
struct route {
	__u8 byte[ROUTE_BYTES + 8];
	__u32 skip;
	__u32 found;
};

POSTERN_BODY route_step(__u32 i, void *ctx)
{
	struct route *r = ctx;
	__u8 type;

	if (i >= ROUTE_BYTES)
		return 1;
	if (r->skip) {
		r->skip--;
		return 0;
	}
	type = r->byte[i];
	if (type == ROUTE_LOOSE || type == ROUTE_STRICT)
		r->found = 1;
	if (type == ROUTE_END || r->found)
		return 1;
	if (type != ROUTE_NOTHING && r->byte[i + 1] > 1)
		r->skip = r->byte[i + 1] - 1;
	return 0;
}

static __always_inline int option_has_route4(const struct option *o)
{
	struct route r = {};
	__u32 i;

#pragma unroll
	for (i = 0; i < ROUTE_BYTES; i++) {
		if (i >= o->len || o->at + i + 1 > o->end)
			break;
		r.byte[i] = o->at[i];
	}
	postern_unknown(&r.skip);
	bpf_loop(ROUTE_BYTES, route_step, &r, 0);
	return r.found;
}

/* Whether level and type of a control message are those of a routing header, wherever one could begin. */
static __always_inline int option_has_control6(const struct option *o)
{
	const __u8 *at = o->at;
	__u64 word;
	__u32 i;

	for (i = 0; i < CONTROL_STEPS; i++, at += sizeof(word)) {
		if ((i + 1) * sizeof(word) > o->len || at + sizeof(word) > o->end)
			return 0;
		word = *(const __u64 *)at;
		if (word == ((__u64)OPTION_IPV6_ROUTE << 32 | LEVEL_IPV6) ||
		    word == ((__u64)CONTROL_OLD_ROUTE << 32 | LEVEL_IPV6))
			return 1;
	}
	return 1; /* longer than anybody needs it */
}

/* Numbers can be given as one byte. */
static __always_inline __u32 option_number(const struct option *o)
{
	if (o->len >= sizeof(__u32) && o->at + sizeof(__u32) <= o->end)
		return *(const __u32 *)o->at;
	return o->len && o->at + 1 <= o->end ? o->at[0] : 0;
}

static __always_inline __u32 option_ip(__u32 name, const struct option *o)
{
	switch (name) {
	case OPTION_IP_OPTIONS:
		return option_has_route4(o) ? POSTERN_R_ROUTE : POSTERN_R_NONE;
	case OPTION_IP_FREEBIND:
	case OPTION_IP_TRANSPARENT:
		return option_number(o) ? POSTERN_R_OPTION : POSTERN_R_NONE;
	default:
		return POSTERN_R_NONE;
	}
}

static __always_inline __u32 option_ipv6(__u32 name, const struct option *o)
{
	switch (name) {
	case OPTION_IPV6_ROUTE:
		return o->len ? POSTERN_R_ROUTE : POSTERN_R_NONE;
	case OPTION_IPV6_OLD_PACKET:
		return option_has_control6(o) ? POSTERN_R_ROUTE : POSTERN_R_NONE;
	case OPTION_IPV6_FREEBIND:
	case OPTION_IPV6_TRANSPARENT:
		return option_number(o) ? POSTERN_R_OPTION : POSTERN_R_NONE;
	default:
		return POSTERN_R_NONE;
	}
}

/* Why the option is refused; 0 when it is not ours to refuse. Ending a repair is none. */
static __always_inline __u32 option_reason(struct bpf_sockopt *ctx)
{
	const struct option o = { ctx->optval, ctx->optval_end, ctx->optlen };

	switch (ctx->level) {
	case LEVEL_IP:
		return option_ip(ctx->optname, &o);
	case LEVEL_IPV6:
		return option_ipv6(ctx->optname, &o);
	case LEVEL_TCP:
		return ctx->optname == OPTION_TCP_REPAIR && option_number(&o) == 1
			       ? POSTERN_R_OPTION
			       : POSTERN_R_NONE;
	default:
		return POSTERN_R_NONE;
	}
}

/* The other end, if there is one yet. */
static __always_inline void option_peer(struct inquiry *q, struct bpf_sock *sk)
{
	q->family = sk->family;
	q->type = sk->type;
	q->ip_protocol = sk->protocol;
	q->to.protocol = attempt_protocol(q->type, q->ip_protocol);
	q->to.port = bpf_ntohs((__u16)sk->dst_port);
	q->to.v4 = q->family == AF_INET;
	q->local_v4 = q->to.v4;
	q->local_port = sk->src_port;
	if (q->to.v4) {
		q->to.low = bpf_ntohl(sk->dst_ip4);
		return;
	}
	q->to.high = attempt_half(sk->dst_ip6[0], sk->dst_ip6[1]);
	q->to.low = attempt_half(sk->dst_ip6[2], sk->dst_ip6[3]);
}

static __always_inline int option_refuse(struct bpf_sock *sk, __u32 reason)
{
	struct inquiry *q = enforce_begin(POSTERN_H_SETSOCKOPT, POSTERN_CONNECT);
	int answer;

	if (!q)
		return enforce_nowhere();
	option_peer(q, sk);
	q->reason = reason;
	(void)enforce_judge(q, NULL, NULL);
	answer = enforce_tell(q, NULL);
	inquiry_drop(q);
	return answer;
}

SEC("cgroup/setsockopt")
int postern_option(struct bpf_sockopt *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	__u32 reason = POSTERN_R_NONE;

	if (sk && (sk->family == AF_INET || sk->family == AF_INET6))
		reason = option_reason(ctx);
	/* of a longer value only the start is here: the kernel is to take the caller's own */
	if (ctx->optlen > OPTION_SEEN)
		ctx->optlen = 0;
	return reason ? option_refuse(sk, reason) : 1;
}
