/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The decision of a hook: who asks, under which image, with what verdict; counted, reported, and
 * turned into what the kernel understands in one place.
 */
#pragma once

#include "core/emit.bpf.h"
#include "core/program.bpf.h"
#include "core/subject.bpf.h"

struct asker {
	struct postern_cgroup cgroup;
	struct postern_bits groups;
	struct program program;
	__u32 user, gid; /* classes */
	__u32 preexisting;
	__u32 pad;
};

/* As postern_unknown(): how the asker became known no longer matters. */
__weak int asker_forget(struct asker *a)
{
	postern_opaque(a);
	return 0;
}

/* 0, or the reason why the process cannot be judged. */
static __always_inline __u32 enforce_program(const struct force *f, struct task_struct *t,
					     struct asker *ret)
{
	struct postern_process_key key;
	struct postern_process *p;

	if (task_is_kernel(t))
		return program_of_nobody(f, &ret->program);
	task_key(t, &key);
	p = bpf_map_lookup_elem(&processes, &key);
	if (!p)
		return POSTERN_R_NO_PROCESS;
	ret->preexisting = !!(p->flags & POSTERN_P_PREEXISTING);
	return program_of(f, p, &key, &ret->program);
}

/* Accounts and groups of the thread: they can change with every call, so nothing of them is kept. */
POSTERN_FRAME __u32 enforce_account(postern_image_t image, struct asker *ret)
{
	struct credentials who;

	task_credentials(bpf_get_current_task_btf(), &who);
	ret->user = postern_classify_user(image, who.uid);
	ret->gid = postern_classify_gid(image, who.gid);
	if (ret->user == POSTERN_NONE || ret->gid == POSTERN_NONE)
		return POSTERN_R_IMAGE_BROKEN;
	if (!subject_needs_groups(image))
		return POSTERN_R_NONE;
	if (who.groups >= POSTERN_PROCESS_GROUPS_MAX)
		return POSTERN_R_TOO_MANY_GROUPS;
	if (postern_add_group(image, who.gid, &ret->groups))
		return POSTERN_R_IMAGE_BROKEN;
	return subject_groups(image, who.group, who.groups, &ret->groups);
}

/* The verdict over a subject that is known; 0, or the reason why there is none. */
POSTERN_FRAME __u32 enforce_match(const struct force *f, const struct asker *asker,
				  const struct postern_lines *cell, struct postern_outcome *ret)
{
	struct postern_walk w = { .image = f->image, .cell = *cell };
	__u32 reason = subject_empty(f->image, &w.subject);

	if (reason)
		return reason;
	w.subject.cls[POSTERN_DIM_USER] = asker->user;
	w.subject.cls[POSTERN_DIM_GID] = asker->gid;
	w.subject.cls[POSTERN_DIM_EXE] = asker->program.exe;
	w.subject.cls[POSTERN_DIM_PARENT] = asker->program.parent;
	w.subject.cls[POSTERN_DIM_SCRIPT] = asker->program.script;
	w.subject.cls[POSTERN_DIM_SHA256] = asker->program.sha256;
	w.subject.cls[POSTERN_DIM_CONTAINER] = asker->cgroup.container;
	w.subject.cls[POSTERN_DIM_PREEXISTING] = asker->preexisting;
	w.subject.groups = asker->groups;
	w.subject.units = asker->cgroup.units;
	if (postern_match_cell(&w))
		return POSTERN_R_IMAGE_BROKEN;
	*ret = postern_decide(f->mode, w.match);
	return POSTERN_R_NONE;
}

static __always_inline __u32 enforce_judge(const struct force *f, const struct attempt *a,
					   struct postern_outcome *ret)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct postern_lines cell;
	struct asker asker = {};
	__u32 reason = a->reason;

	if (reason)
		return reason;
	reason = enforce_program(f, t, &asker);
	if (reason)
		return reason;
	unit_of(f, t, &asker.cgroup);
	if (asker.cgroup.reason)
		return asker.cgroup.reason;
	asker_forget(&asker);
	reason = enforce_account(f->image, &asker);
	if (reason)
		return reason;
	if (postern_cell(f->image, &a->to, &cell))
		return POSTERN_R_IMAGE_BROKEN;
	return enforce_match(f, &asker, &cell, ret);
}

/* What a cgroup hook answers: the only place where a verdict becomes one. */
static __always_inline int enforce_answer(const struct postern_outcome *o)
{
	return o->verdict == POSTERN_ALLOW || o->verdict == POSTERN_WOULD_DENY;
}

static __always_inline __u32 enforce_counter(__u32 verdict)
{
	if (verdict == POSTERN_ALLOW)
		return POSTERN_C_ALLOW;
	return verdict == POSTERN_WOULD_DENY ? POSTERN_C_WOULD_DENY : POSTERN_C_DENY;
}

static __always_inline int enforce(const struct attempt *a)
{
	struct postern_outcome o = {};
	struct force f = {};
	__u32 reason;

	reason = force_now(&f);
	if (!reason)
		reason = enforce_judge(&f, a, &o);
	if (reason)
		o = postern_lock_down(f.mode, reason);
	count(enforce_counter(o.verdict));
	count(POSTERN_C_REASON + o.reason);
	if (o.verdict != POSTERN_ALLOW)
		emit(a, f.image_id, &o);
	return enforce_answer(&o);
}
