/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Tasks and their credentials. Pointers come from the kernel as such, so their fields are read like
 * any: the verifier makes a faulting load answer 0.
 */
#pragma once

#include "world.bpf.h"

static __always_inline int task_is_kernel(struct task_struct *t)
{
	return t->flags & PF_KTHREAD;
}

static __always_inline void task_key(struct task_struct *t, struct postern_process_key *ret)
{
	ret->tgid = t->tgid;
	ret->pad = 0;
	ret->start_boottime = t->group_leader->start_boottime;
}

/* Whether the current task is of that process. */
static __always_inline int task_is_of(const struct postern_process_key *key)
{
	struct postern_process_key now;

	task_key(bpf_get_current_task_btf(), &now);
	return now.tgid == key->tgid && now.start_boottime == key->start_boottime;
}

/* How often it and those that it was forked from have executed: with its key, which program it runs. */
static __always_inline __u64 task_execs(struct task_struct *t)
{
	return t->self_exec_id;
}

/* The same in 16 bits; all threads of a process agree. */
static __always_inline __u16 task_exec_id(struct task_struct *t)
{
	return (__u16)task_execs(t);
}

/* Id of its cgroup. */
static __always_inline __u64 task_cgroup_id(struct task_struct *t)
{
	return t->cgroups->dfl_cgrp->kn->id;
}

/* Whether the last thread of the group is on its way out. */
static __always_inline int task_group_is_dead(struct task_struct *t)
{
	return t->signal->live.counter == 0;
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
	const struct cred *c = t->real_cred;
	struct group_info *g = c->group_info;

	ret->uid = c->euid.val;
	ret->gid = c->egid.val;
	ret->groups = g->ngroups;
	ret->group = postern_address(g) + bpf_core_field_offset(g->gid);
	ret->pad = 0;
	if (task_is_kernel(t)) {
		ret->uid = POSTERN_UID_KERNEL;
		ret->gid = POSTERN_UID_KERNEL;
		ret->groups = 0;
	}
}

/* Audit session; that of nobody where the kernel keeps none. */
static __always_inline __u32 task_session(struct task_struct *t)
{
	if (task_is_kernel(t) || !bpf_core_field_exists(t->sessionid))
		return ~0u;
	return t->sessionid;
}
