/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Processes that are older than the enforcer, each latched once, after exec, fork and exit are
 * followed and before any hook decides. Only here is mm->exe_file believed: a process can forge its
 * own, so such processes are marked. Writes one byte for each process that it added.
 */
#include "core/latch.bpf.h"

static __always_inline struct file *latch_file(struct task_struct *t)
{
	return BPF_CORE_READ(t, mm, exe_file);
}

static __always_inline void latch_parent(struct scratch *s, struct task_struct *t,
					 const struct postern_process_key *key)
{
	struct task_struct *parent = t->real_parent;

	if (task_is_kernel(parent) || !parent->tgid)
		return;
	path_read(s, latch_file(parent));
	if (!(s->flags & LATCH_UNREADABLE))
		s->record.parent_len = latch_text(s, key, POSTERN_LONG_PARENT);
	if (!s->record.parent_len)
		s->record.flags |= POSTERN_P_NO_PARENT;
}

SEC("iter/task")
int postern_latch(struct bpf_iter__task *ctx)
{
	struct scratch *s = scratch(SCRATCH_LATCH);
	struct task_struct *t = ctx->task;
	struct postern_process_key key;
	char added = 1;
	long r;

	if (!t || !s || task_is_kernel(t) || !BPF_CORE_READ(t, mm))
		return 0;
	task_key(t, &key);
	if (bpf_map_lookup_elem(&processes, &key))
		return 0;
	latch_begin(s, t, &key, POSTERN_P_PREEXISTING);
	latch_parent(s, t, &key);
	latch_executable(s, latch_file(t), &key);
	r = latch_store(&key, &s->record, BPF_NOEXIST);
	if (r && r != -E_EXIST)
		count(POSTERN_C_PROCESSES_LOST);
	if (r)
		return 0;
	/* it may have ended meanwhile, and its end already been seen */
	if (task_group_is_dead(t))
		bpf_map_delete_elem(&processes, &key);
	bpf_seq_write(ctx->meta->seq, &added, sizeof(added));
	return 0;
}
