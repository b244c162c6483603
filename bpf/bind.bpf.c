/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * bind(2) with a port, before it is done, and what was bound, after: another program can have rewritten
 * the address in between. A port that the kernel chooses is nobody's name; who listens on one is asked
 * with the first packet.
 */
#include "core/bind.bpf.h"

static __always_inline void bind_socket(struct inquiry *q, struct bpf_sock_addr *ctx)
{
	attempt_socket(q, ctx);
	if (!attempt_has_ports(q))
		q->reason = POSTERN_R_KIND;
}

/* `any6`: "::" means all of IPv6, and of IPv4 unless the socket says otherwise. */
static __always_inline int bind_named(struct bpf_sock_addr *ctx, struct inquiry *q, const __u32 *be)
{
	struct bpf_sock *sk = ctx->sk;
	struct postern_socket *r;

	if (!sk)
		return 0;
	q->cgroup[1] = (__u64)socket_cgroup(sk);
	r = enforce_record(sk);
	bind_socket(q, ctx);
	bind_address(q, be, bpf_ntohs((__u16)ctx->user_port));
	return bind_all(q, r, sk, bind_is_any6(q) && !socket_is_v6only(sk));
}

static __always_inline int bind_unnamed(struct bpf_sock_addr *ctx)
{
	struct postern_socket *r = NULL;
	struct bpf_sock *sk = ctx->sk;

	if (sk)
		r = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	if (r)
		record_unflag(r, POSTERN_S_NAMED | POSTERN_S_LISTEN);
	return 1;
}

SEC("cgroup/bind4")
int postern_bind4(struct bpf_sock_addr *ctx)
{
	__u32 be[4] = { 0, 0, bpf_htonl(0xffff) };
	struct inquiry *q;
	int answer;

	if (!ctx->user_port)
		return bind_unnamed(ctx);
	q = enforce_begin(POSTERN_H_BIND4, POSTERN_LISTEN);
	if (!q)
		return enforce_nowhere();
	be[3] = ctx->user_ip4;
	answer = bind_named(ctx, q, be);
	inquiry_drop(q);
	return answer;
}

SEC("cgroup/bind6")
int postern_bind6(struct bpf_sock_addr *ctx)
{
	struct inquiry *q;
	__u32 be[4];
	int answer;

	if (!ctx->user_port)
		return bind_unnamed(ctx);
	q = enforce_begin(POSTERN_H_BIND6, POSTERN_LISTEN);
	if (!q)
		return enforce_nowhere();
	be[0] = ctx->user_ip6[0];
	be[1] = ctx->user_ip6[1];
	be[2] = ctx->user_ip6[2];
	be[3] = ctx->user_ip6[3];
	answer = bind_named(ctx, q, be);
	inquiry_drop(q);
	return answer;
}

static __always_inline void bound_socket(struct inquiry *q, struct bpf_sock *sk)
{
	q->family = sk->family;
	q->type = sk->type;
	q->ip_protocol = sk->protocol;
	q->cookie = bpf_get_socket_cookie(sk);
	q->to.protocol = attempt_protocol(q->type, q->ip_protocol);
	q->cgroup[1] = (__u64)socket_cgroup(sk);
}

/* What was bound: 1 when it is what was asked for. */
static __always_inline int bound(struct bpf_sock *sk, __u32 hook, const __u32 *be)
{
	struct postern_socket *r = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	struct inquiry *q;
	int answer = 1, both;

	if (!r || !(r->flags & POSTERN_S_NAMED))
		return 1;
	q = enforce_begin(hook, POSTERN_LISTEN);
	if (!q)
		return enforce_nowhere();
	bind_address(q, be, sk->src_port);
	both = bind_is_any6(q) && !socket_is_v6only(sk);
	if (!bind_stands(r, q, both)) {
		bound_socket(q, sk);
		answer = bind_all(q, r, sk, both);
	}
	inquiry_drop(q);
	return answer;
}

SEC("cgroup/post_bind4")
int postern_bound4(struct bpf_sock *sk)
{
	__u32 be[4] = { 0, 0, bpf_htonl(0xffff) };

	be[3] = sk->src_ip4;
	return bound(sk, POSTERN_H_POST_BIND4, be);
}

SEC("cgroup/post_bind6")
int postern_bound6(struct bpf_sock *sk)
{
	__u32 be[4];

	be[0] = sk->src_ip6[0];
	be[1] = sk->src_ip6[1];
	be[2] = sk->src_ip6[2];
	be[3] = sk->src_ip6[3];
	return bound(sk, POSTERN_H_POST_BIND6, be);
}
