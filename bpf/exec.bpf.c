/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The life of a process: its identity is latched at exec, inherited at fork, forgotten at its end. */
#include "core/digest.bpf.h"
#include "core/parent.bpf.h"
#include "maps/sockets.bpf.h"
#include "read/compat.bpf.h"

/* Room for one more: the oldest goes when there is none. */
static __always_inline void departures_note(const struct postern_departed_key *at)
{
	struct postern_departed_key oldest;

	if (bpf_map_push_elem(&departures, at, BPF_ANY) == 0)
		return;
	if (bpf_map_pop_elem(&departures, &oldest) == 0)
		bpf_map_delete_elem(&departed, &oldest);
	bpf_map_push_elem(&departures, at, BPF_ANY);
}

/* What the process was stays known while its sockets may live. */
static __always_inline void opener_depart(const struct postern_process_key *key)
{
	const struct postern_process *was = bpf_map_lookup_elem(&processes, key);
	struct postern_departed_key at;

	if (!was || !(was->flags & POSTERN_P_OPENER))
		return;
	at.process = *key;
	at.exec_boottime = was->exec_boottime;
	departures_note(&at);
	bpf_map_update_elem(&departed, &at, was, BPF_ANY);
}

static __always_inline void exec_latch(struct task_struct *t, struct linux_binprm *bprm)
{
	struct scratch *s = scratch(SCRATCH_TRACE);
	struct postern_process_key key;

	task_key(t, &key);
	opener_depart(&key);
	latch_drop_texts(&key);
	if (!s) {
		/* what it was it is no more */
		bpf_map_delete_elem(&processes, &key);
		return;
	}
	latch_begin(s, t, &key, 0);
	parent_latch(s, t, &key);
	latch_executable(s, bprm->file, &key);
	latch_script(s, t, bprm, &key);
	latch_store(&key, &s->record, BPF_ANY);
	digest_ahead(&s->record);
	count(POSTERN_C_EXECS);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(postern_exec, struct task_struct *t, pid_t old, struct linux_binprm *bprm)
{
	compat_preemption_off();
	exec_latch(t, bprm);
	compat_preemption_on();
	return 0;
}

static __always_inline void fork_text(const struct postern_process_key *from,
				      const struct postern_process_key *to, __u32 which)
{
	const void *text = long_find(from, which);

	if (text)
		long_store(to, which, text);
}

/* The child has opened nothing yet. */
static __always_inline void fork_begin(const struct postern_process_key *key)
{
	struct postern_process *p = bpf_map_lookup_elem(&processes, key);

	if (p)
		__sync_fetch_and_and(&p->flags, ~POSTERN_P_OPENER);
}

/* A text that finds no room is missed at the decision. */
static __always_inline void fork_latch(struct task_struct *parent, struct task_struct *child)
{
	struct postern_process_key from, to;
	const struct postern_process *p;

	task_key(parent, &from);
	task_key(child, &to);
	p = bpf_map_lookup_elem(&processes, &from);
	if (!p || task_is_kernel(child))
		return;
	if (p->flags & POSTERN_P_LONG_EXE)
		fork_text(&from, &to, POSTERN_LONG_EXE);
	if (p->flags & POSTERN_P_LONG_PARENT)
		fork_text(&from, &to, POSTERN_LONG_PARENT);
	if (p->flags & POSTERN_P_LONG_SCRIPT)
		fork_text(&from, &to, POSTERN_LONG_SCRIPT);
	latch_store(&to, p, BPF_ANY);
	fork_begin(&to);
}

/* Threads share their process's record. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(postern_fork, struct task_struct *parent, struct task_struct *child)
{
	if (child->pid != child->tgid)
		return 0;
	compat_preemption_off();
	fork_latch(parent, child);
	compat_preemption_on();
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(postern_exit, struct task_struct *t)
{
	struct postern_process_key key;

	if (!task_group_is_dead(t))
		return 0;
	task_key(t, &key);
	opener_depart(&key);
	latch_drop_texts(&key);
	bpf_map_delete_elem(&processes, &key);
	return 0;
}
