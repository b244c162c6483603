/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Datagrams that name their destination, each of them. */
#include "core/enforce.bpf.h"

SEC("cgroup/sendmsg4")
int postern_send4(struct bpf_sock_addr *ctx)
{
	struct attempt a = { .hook = POSTERN_H_SENDMSG4, .to.action = POSTERN_SEND };

	attempt_read4(ctx, &a);
	return enforce(&a);
}

SEC("cgroup/sendmsg6")
int postern_send6(struct bpf_sock_addr *ctx)
{
	struct attempt a = { .hook = POSTERN_H_SENDMSG6, .to.action = POSTERN_SEND };

	attempt_read6(ctx, &a);
	return enforce(&a);
}
