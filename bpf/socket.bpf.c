/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Every inet socket that a process makes: who opened it is written down, and kinds with paths that no
 * address hook sees are decided here.
 */
#include "core/enforce.bpf.h"
#include "core/kind.bpf.h"

static __always_inline int kind_is_judged_later(const struct bpf_sock *sk)
{
	return (sk->type == SOCK_STREAM_TYPE && sk->protocol == IPPROTO_TCP) ||
	       (sk->type == SOCK_DGRAM_TYPE && sk->protocol == IPPROTO_UDP);
}

static __always_inline __u32 kind_of(const struct bpf_sock *sk)
{
	if (sk->type == SOCK_RAW_TYPE)
		return KIND_RAW;
	switch (sk->protocol) {
	case IPPROTO_ICMP:
	case IP_ICMP6:
		return KIND_PING;
	case IP_UDPLITE:
		return KIND_UDPLITE;
	case IP_SCTP:
		return KIND_SCTP;
	case IP_DCCP:
		return KIND_DCCP;
	case IP_L2TP:
		return KIND_L2TP;
	case IP_MPTCP:
		return KIND_MPTCP;
	default:
		return KIND_OTHER;
	}
}

/* With more groups than a record keeps, those that the image in force names are kept. */
static __always_inline void opener_many(struct postern_party *p)
{
	struct force f = {};

	if (!(p->flags & POSTERN_PARTY_MANY_GROUPS) || force_now(&f))
		return;
	if (subject_needs_groups(f.image))
		(void)party_many(&f, p);
}

/* A socket without a record is refused at its first use. */
static __always_inline struct postern_socket *opener_record(struct bpf_sock *sk)
{
	struct postern_socket *r =
		bpf_sk_storage_get(&sockets, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);

	if (!r) {
		count(POSTERN_C_SOCKETS_LOST);
		return NULL;
	}
	if (!party_opens(&r->opener))
		opener_many(&r->opener);
	return r;
}

static __always_inline void create_read(struct inquiry *q, struct bpf_sock *sk)
{
	q->to.protocol = POSTERN_NO_PROTOCOL;
	q->to.port = kind_of(sk);
	q->to.v4 = 1;
	q->local_v4 = 1;
	q->family = sk->family;
	q->type = sk->type;
	q->ip_protocol = sk->protocol;
	q->cookie = bpf_get_socket_cookie(sk);
}

SEC("cgroup/sock_create")
int postern_create(struct bpf_sock *sk)
{
	struct postern_socket *r = opener_record(sk);
	struct inquiry *q;
	int answer;

	if (kind_is_judged_later(sk))
		return 1;
	q = enforce_begin(POSTERN_H_SOCK_CREATE, POSTERN_CREATE);
	if (!q)
		return enforce_nowhere();
	create_read(q, sk);
	(void)enforce_judge(q, r, NULL);
	answer = enforce_tell(q, r);
	inquiry_drop(q);
	return answer;
}
