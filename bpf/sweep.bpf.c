/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The controller's sweep: every socket that has a record and that a process has open, judged now. Writes one
 * byte for each, and what there is to know of those that would no longer be allowed what they do. It goes by
 * descriptors, because there are kernels that refuse the iterator over socket storage.
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
	sweep_judge(q, r, bpf_sk_storage_get(&users, sk, NULL, 0), slot);
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

/* A socket that several descriptors name is looked at with the first of them. */
static __always_inline int sweep_is_due(struct postern_socket *r, const struct postern_sweeping *w)
{
	if (r->swept == w->run)
		return 0;
	r->swept = w->run;
	return 1;
}

static __always_inline void sweep_look(struct seq_file *seq, struct sock *sk,
				       struct postern_socket *r, const struct postern_sweeping *w,
				       struct postern_sighting *s)
{
	__u32 slot = w->slot;
	__u8 how = POSTERN_SWEPT_WELL;

	s->until = r->peer.generation ? r->peer.until : POSTERN_FOREVER;
	if (slot < POSTERN_SLOTS || !sweep_stands(r))
		how = sweep_is_well(sk, r, slot, s) ? POSTERN_SWEPT_WELL : POSTERN_SWEPT_SIGHTING;
	bpf_seq_write(seq, &how, sizeof(how));
	if (how == POSTERN_SWEPT_SIGHTING)
		bpf_seq_write(seq, s, sizeof(*s));
	else if (slot >= POSTERN_SLOTS)
		lapse_note(s->until);
}

SEC("iter/task_file")
int postern_sweep(struct bpf_iter__task_file *ctx)
{
	struct postern_sighting *s;
	struct postern_sweeping *w;
	struct file *f = ctx->file;
	struct postern_socket *r;
	struct socket *open;
	struct sock *sk;
	__u32 zero = 0;

	if (!ctx->task || !f)
		return 0;
	open = bpf_sock_from_file(f);
	if (!open)
		return 0;
	sk = open->sk;
	r = sk ? bpf_sk_storage_get(&sockets, sk, NULL, 0) : NULL;
	s = bpf_map_lookup_elem(&sighted, &zero);
	w = bpf_map_lookup_elem(&sweeping, &zero);
	if (r && s && w && sweep_is_due(r, w))
		sweep_look(ctx->meta->seq, sk, r, w, s);
	return 0;
}
