/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The two ends of a socket and where it lives, read from the kernel's own structure. */
#pragma once

#include "world.bpf.h"

#include <postern/socket.h>

static __always_inline void sock_v4(__u8 to[16], __u32 be)
{
	__u32 *word = (__u32 *)to;

	word[0] = 0;
	word[1] = 0;
	word[2] = bpf_htonl(0xffff);
	word[3] = be;
}

static __always_inline void sock_v6(__u8 to[16], const struct in6_addr *from)
{
	__u32 *word = (__u32 *)to;

	word[0] = from->in6_u.u6_addr32[0];
	word[1] = from->in6_u.u6_addr32[1];
	word[2] = from->in6_u.u6_addr32[2];
	word[3] = from->in6_u.u6_addr32[3];
}

/* Fills the members of a sighting that need nobody's judgement. */
static __always_inline void sock_sight(struct sock *sk, struct postern_sighting *ret)
{
	ret->cookie = bpf_get_socket_cookie(sk);
	ret->netns = sk->__sk_common.skc_net.net->ns.inum;
	ret->family = sk->__sk_common.skc_family;
	ret->ip_protocol = sk->sk_protocol;
	ret->type = sk->sk_type;
	ret->state = sk->__sk_common.skc_state;
	ret->local_port = sk->__sk_common.skc_num;
	ret->peer_port = bpf_ntohs(sk->__sk_common.skc_dport);
	ret->ifindex = sk->__sk_common.skc_bound_dev_if;
	if (ret->family == AF_INET6) {
		sock_v6(ret->local, &sk->__sk_common.skc_v6_rcv_saddr);
		sock_v6(ret->peer, &sk->__sk_common.skc_v6_daddr);
	} else {
		sock_v4(ret->local, sk->__sk_common.skc_rcv_saddr);
		sock_v4(ret->peer, sk->__sk_common.skc_daddr);
	}
}
