/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The life of a process: its identity is latched at exec, inherited at fork, forgotten at its end. Each of
 * the three is seen twice. From Linux 7.0 a task can be preempted within a program on a tracepoint, and
 * the kernel then leaves out other tasks' runs of that program on that CPU: the second does what the first
 * was not run for. Both are left out only where two tasks were preempted at once, one in each.
 */
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

/* 0, or why the process is nobody from now on. */
static __always_inline long exec_latch(struct task_struct *t, struct linux_binprm *bprm)
{
	struct scratch *s = scratch(SCRATCH_TRACE);
	struct postern_process_key key;
	long r;

	task_key(t, &key);
	opener_depart(&key);
	latch_drop_texts(&key);
	if (!s) {
		/* what it was it is no more */
		bpf_map_delete_elem(&processes, &key);
		return -1;
	}
	latch_begin(s, t, &key, 0);
	parent_latch(s, t, &key);
	latch_executable(s, bprm->file, &key);
	latch_script(s, t, bprm, &key);
	r = latch_store(&key, &s->record, BPF_ANY);
	if (r)
		return r;
	digest_ahead(&s->record);
	count(POSTERN_C_EXECS);
	return 0;
}

/* Whether it is written down already. What the latch of older processes wrote meanwhile is not as good. */
static __always_inline int exec_is_known(struct task_struct *t)
{
	const struct postern_process *p;
	struct postern_process_key key;

	task_key(t, &key);
	p = bpf_map_lookup_elem(&processes, &key);
	return p && p->exec_id == task_exec_id(t) && !(p->flags & POSTERN_P_PREEXISTING);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(postern_exec, struct task_struct *t, pid_t old, struct linux_binprm *bprm)
{
	compat_preemption_off();
	exec_latch(t, bprm);
	compat_preemption_on();
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(postern_exec2, struct task_struct *t, pid_t old, struct linux_binprm *bprm)
{
	if (exec_is_known(t))
		return 0;
	compat_preemption_off();
	if (exec_latch(t, bprm))
		count(POSTERN_C_PROCESSES_LOST);
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

/* A text that finds no room is missed at the decision. 0, or why the child is nobody although its parent is somebody. */
static __always_inline long fork_latch(struct task_struct *parent, struct task_struct *child)
{
	struct postern_process_key from, to;
	const struct postern_process *p;
	long r;

	task_key(parent, &from);
	task_key(child, &to);
	p = bpf_map_lookup_elem(&processes, &from);
	if (!p || task_is_kernel(child))
		return 0;
	if (p->flags & POSTERN_P_LONG_EXE)
		fork_text(&from, &to, POSTERN_LONG_EXE);
	if (p->flags & POSTERN_P_LONG_PARENT)
		fork_text(&from, &to, POSTERN_LONG_PARENT);
	if (p->flags & POSTERN_P_LONG_SCRIPT)
		fork_text(&from, &to, POSTERN_LONG_SCRIPT);
	r = latch_store(&to, p, BPF_ANY);
	fork_begin(&to);
	return r;
}

static __always_inline int fork_is_known(struct task_struct *child)
{
	struct postern_process_key key;

	task_key(child, &key);
	return bpf_map_lookup_elem(&processes, &key) != NULL;
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

SEC("tp_btf/sched_process_fork")
int BPF_PROG(postern_fork2, struct task_struct *parent, struct task_struct *child)
{
	if (child->pid != child->tgid || fork_is_known(child))
		return 0;
	compat_preemption_off();
	if (fork_latch(parent, child))
		count(POSTERN_C_PROCESSES_LOST);
	compat_preemption_on();
	return 0;
}

static __always_inline void exit_forget(struct task_struct *t)
{
	struct postern_process_key key;

	if (!task_group_is_dead(t))
		return;
	task_key(t, &key);
	opener_depart(&key);
	latch_drop_texts(&key);
	bpf_map_delete_elem(&processes, &key);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(postern_exit, struct task_struct *t)
{
	exit_forget(t);
	return 0;
}

/* Finds nothing where the first was run. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(postern_exit2, struct task_struct *t)
{
	exit_forget(t);
	return 0;
}
