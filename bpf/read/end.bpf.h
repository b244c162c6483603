/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* This end of an inet socket, of which the kernel gives its own structure. */
#pragma once

#include "read/socket.bpf.h"

struct end {
	__u64 high, low; /* as struct postern_destination has an address */
	__u32 v4, port;
	__u16 family, type, ip_protocol;
	__u16 both; /* a wildcard of both families */
};

static __always_inline __u64 end_half(const __u32 *be)
{
	return (__u64)bpf_ntohl(be[0]) << 32 | bpf_ntohl(be[1]);
}

static __always_inline void end_of(const struct sock *sk, struct end *ret)
{
	struct in6_addr a = BPF_CORE_READ(sk, __sk_common.skc_v6_rcv_saddr);

	ret->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	ret->type = BPF_CORE_READ(sk, sk_type);
	ret->ip_protocol = BPF_CORE_READ(sk, sk_protocol);
	ret->port = BPF_CORE_READ(sk, __sk_common.skc_num);
	ret->v4 = ret->family == AF_INET;
	ret->high = ret->v4 ? 0 : end_half(a.in6_u.u6_addr32);
	ret->low = ret->v4 ? bpf_ntohl(BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr))
			   : end_half(a.in6_u.u6_addr32 + 2);
	ret->both = !ret->v4 && !(ret->high | ret->low) && !socket_is_v6only(sk);
}
