/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Tasks and their credentials. */
#pragma once

#include "world.bpf.h"

static __always_inline int task_is_kernel(struct task_struct *t)
{
	return BPF_CORE_READ(t, flags) & PF_KTHREAD;
}

static __always_inline void task_key(struct task_struct *t, struct postern_process_key *ret)
{
	ret->tgid = BPF_CORE_READ(t, tgid);
	ret->pad = 0;
	ret->start_boottime = BPF_CORE_READ(t, group_leader, start_boottime);
}

/* Whether the last thread of the group is on its way out. */
static __always_inline int task_group_is_dead(struct task_struct *t)
{
	return BPF_CORE_READ(t, signal, live.counter) == 0;
}

struct credentials {
	__u32 uid, gid; /* effective, of the thread itself */
	__u32 groups; /* supplementary */
	__u32 pad;
	__u64 group; /* address of the first of them */
};

/*
 * The thread's real credential structure, never one that it borrows for the length of a request as
 * an io_uring personality does. Kernel threads are nobody's.
 */
static __always_inline void task_credentials(struct task_struct *t, struct credentials *ret)
{
	const struct cred *c = BPF_CORE_READ(t, real_cred);
	struct group_info *g = BPF_CORE_READ(c, group_info);

	ret->uid = BPF_CORE_READ(c, euid.val);
	ret->gid = BPF_CORE_READ(c, egid.val);
	ret->groups = BPF_CORE_READ(g, ngroups);
	ret->group = (__u64)g + bpf_core_field_offset(g->gid);
	ret->pad = 0;
	if (task_is_kernel(t)) {
		ret->uid = POSTERN_UID_KERNEL;
		ret->gid = POSTERN_UID_KERNEL;
		ret->groups = 0;
	}
}
