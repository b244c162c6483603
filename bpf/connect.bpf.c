/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* connect(2), and whatever else connects: the first packet has not left yet. */
#include "core/enforce.bpf.h"

SEC("cgroup/connect4")
int postern_conn4(struct bpf_sock_addr *ctx)
{
	struct attempt a = { .hook = POSTERN_H_CONNECT4, .to.action = POSTERN_CONNECT };

	attempt_read4(ctx, &a);
	return enforce(&a);
}

SEC("cgroup/connect6")
int postern_conn6(struct bpf_sock_addr *ctx)
{
	struct attempt a = { .hook = POSTERN_H_CONNECT6, .to.action = POSTERN_CONNECT };

	attempt_read6(ctx, &a);
	return enforce(&a);
}
