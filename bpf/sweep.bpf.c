/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The controller's sweep: every socket that has a record, judged now. Writes one byte for each, and what
 * there is to know of those that would no longer be allowed what they do.
 */
#include "core/sweep.bpf.h"

/* Whether the socket may go on; a sighting of it is in `s` if not. */
static __always_inline int sweep_is_well(struct sock *sk, struct postern_socket *r, __u32 slot,
					 struct postern_sighting *s)
{
	struct inquiry *q;

	sock_sight(sk, s);
	if (!sweep_has_flow(s))
		return 1;
	q = inquiry_take();
	if (!q)
		return 1; /* its next packet is judged all the same */
	q->hook = POSTERN_H_SWEEP;
	q->cgroup[1] = (__u64)socket_cgroup(sk);
	sweep_question(q, r, s);
	sweep_judge(q, r, slot);
	sweep_tell(q, r, s);
	if (slot >= POSTERN_SLOTS && s->verdict == POSTERN_DENY)
		sweep_emit(q, r);
	inquiry_drop(q);
	return s->verdict != POSTERN_DENY;
}

/* What was admitted under the words that are now in force needs no second look. */
static __always_inline int sweep_stands(const struct postern_socket *r)
{
	return r->peer.verdict != POSTERN_DENY && record_stands(&r->peer, record_generation());
}

SEC("iter/bpf_sk_storage_map")
int postern_sweep(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct postern_sighting *s;
	struct postern_sweeping *w;
	struct sock *sk = ctx->sk;
	struct postern_socket *r;
	__u32 zero = 0;
	__u8 how;

	if (!sk)
		return 0;
	r = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	s = bpf_map_lookup_elem(&sighted, &zero);
	w = bpf_map_lookup_elem(&sweeping, &zero);
	if (!r || !s || !w)
		return 0;
	s->until = r->peer.generation ? r->peer.until : POSTERN_FOREVER;
	how = POSTERN_SWEPT_WELL;
	if (w->slot < POSTERN_SLOTS || !sweep_stands(r))
		how = sweep_is_well(sk, r, w->slot, s) ? POSTERN_SWEPT_WELL
						       : POSTERN_SWEPT_SIGHTING;
	bpf_seq_write(ctx->meta->seq, &how, sizeof(how));
	if (how == POSTERN_SWEPT_SIGHTING)
		bpf_seq_write(ctx->meta->seq, s, sizeof(*s));
	else if (w->slot >= POSTERN_SLOTS)
		lapse_note(s->until);
	return 0;
}
