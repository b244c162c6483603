/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Datagrams that name their destination, each of them. */
#include "core/attempt.bpf.h"
#include "core/shortcut.bpf.h"

SEC("cgroup/sendmsg4")
int postern_send4(struct bpf_sock_addr *ctx)
{
	struct inquiry *q;
	int answer;

	if (shortcut4(ctx, POSTERN_SEND))
		return 1;
	q = enforce_begin(POSTERN_H_SENDMSG4, POSTERN_SEND);
	if (!q)
		return enforce_nowhere();
	attempt_read4(ctx, q);
	q->also[0] = POSTERN_ACCEPT + 1; /* it may be a reply */
	answer = enforce(q, ctx->sk);
	inquiry_drop(q);
	return answer;
}

SEC("cgroup/sendmsg6")
int postern_send6(struct bpf_sock_addr *ctx)
{
	struct inquiry *q;
	int answer;

	if (shortcut6(ctx, POSTERN_SEND))
		return 1;
	q = enforce_begin(POSTERN_H_SENDMSG6, POSTERN_SEND);
	if (!q)
		return enforce_nowhere();
	attempt_read6(ctx, q);
	q->also[0] = POSTERN_ACCEPT + 1;
	answer = enforce(q, ctx->sk);
	inquiry_drop(q);
	return answer;
}
