/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Somebody else's program on the same hooks: it undoes refusals and rewrites addresses. */
#include "world.bpf.h"

SEC("cgroup/connect4")
int other_connect(struct bpf_sock_addr *ctx)
{
	bpf_set_retval(0);
	return 1;
}

SEC("cgroup/sendmsg4")
int other_send(struct bpf_sock_addr *ctx)
{
	bpf_set_retval(0);
	return 1;
}

SEC("cgroup/connect4")
int other_rewrite(struct bpf_sock_addr *ctx)
{
	ctx->user_ip4 = bpf_htonl(0x7f000003);
	return 1;
}

SEC("cgroup/bind4")
int other_port(struct bpf_sock_addr *ctx)
{
	ctx->user_port = bpf_htons(47923);
	return 1;
}
