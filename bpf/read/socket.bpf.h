/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the view of a socket that programs get does not show. */
#pragma once

#include "world.bpf.h"

/* The socket behind the verifier's view of one: only for reading by address. */
static __always_inline struct sock *socket_of(const void *sk)
{
	return (struct sock *)postern_address(sk);
}

/* Made by the kernel for itself: no process asked for it. */
static __always_inline int socket_is_of_kernel(const void *sk)
{
	return BPF_CORE_READ_BITFIELD_PROBED(socket_of(sk), sk_kern_sock) != 0;
}

static __always_inline int socket_is_v6only(const void *sk)
{
	return BPF_CORE_READ_BITFIELD_PROBED(socket_of(sk), __sk_common.skc_ipv6only) != 0;
}

/* Address of the cgroup that the socket was made in, which it keeps. */
static __always_inline struct cgroup *socket_cgroup(const void *sk)
{
	return BPF_CORE_READ(socket_of(sk), sk_cgrp_data.cgroup);
}
