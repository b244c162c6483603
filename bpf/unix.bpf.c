/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Named Unix sockets, from Linux 6.7: proxies, resolvers and service managers act for whoever talks to
 * them. The policy language has no word for them, so they are counted and never refused.
 */
#include "core/counter.bpf.h"

SEC("cgroup/connect_unix")
int postern_conn_un(struct bpf_sock_addr *ctx)
{
	count(POSTERN_C_UNIX);
	return 1;
}

SEC("cgroup/sendmsg_unix")
int postern_send_un(struct bpf_sock_addr *ctx)
{
	count(POSTERN_C_UNIX);
	return 1;
}
