/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* connect(2), and whatever else connects: the first packet has not left yet. */
#include "core/attempt.bpf.h"
#include "core/shortcut.bpf.h"

SEC("cgroup/connect4")
int postern_conn4(struct bpf_sock_addr *ctx)
{
	struct inquiry *q;
	int answer;

	if (shortcut4(ctx, POSTERN_CONNECT))
		return 1;
	q = enforce_begin(POSTERN_H_CONNECT4, POSTERN_CONNECT);
	if (!q)
		return enforce_nowhere();
	attempt_read4(ctx, q);
	answer = enforce(q, ctx->sk);
	inquiry_drop(q);
	return answer;
}

SEC("cgroup/connect6")
int postern_conn6(struct bpf_sock_addr *ctx)
{
	struct inquiry *q;
	int answer;

	if (shortcut6(ctx, POSTERN_CONNECT))
		return 1;
	q = enforce_begin(POSTERN_H_CONNECT6, POSTERN_CONNECT);
	if (!q)
		return enforce_nowhere();
	attempt_read6(ctx, q);
	answer = enforce(q, ctx->sk);
	inquiry_drop(q);
	return answer;
}
