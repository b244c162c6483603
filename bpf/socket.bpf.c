/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Which kinds of inet socket there are at all: those whose every path an address hook sees. */
#include "core/enforce.bpf.h"

#define KIND_TYPE_STREAM 1
#define KIND_TYPE_DGRAM 2

static __always_inline int kind_is_judged_later(const struct bpf_sock *sk)
{
	return (sk->type == KIND_TYPE_STREAM && sk->protocol == IPPROTO_TCP) ||
	       (sk->type == KIND_TYPE_DGRAM && sk->protocol == IPPROTO_UDP);
}

SEC("cgroup/sock_create")
int postern_create(struct bpf_sock *sk)
{
	struct attempt a = { .hook = POSTERN_H_SOCK_CREATE, .reason = POSTERN_R_KIND };

	if (kind_is_judged_later(sk))
		return 1;
	a.to.action = POSTERN_CREATE;
	a.to.protocol = POSTERN_NO_PROTOCOL;
	a.family = sk->family;
	a.type = sk->type;
	a.ip_protocol = sk->protocol;
	a.cookie = bpf_get_socket_cookie(sk);
	return enforce(&a);
}
