/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Who is refused and what is ours. The executable that armed the guard is obeyed, whoever started it:
 * so `posternd --detach` is the way out, also from another mount namespace than the one that the service
 * manager gives to the service: it is one file. The kernel's own threads are never refused.
 */
#pragma once

#include "maps/own.bpf.h"
#include "maps/processes.bpf.h"
#include "read/task.bpf.h"

#define GUARD_REFUSED (-1) /* EPERM */

static __always_inline int guard_same_file(const struct postern_file_key *a,
					   const struct postern_file_key *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->generation == b->generation;
}

/* Whether the caller is somebody else; a process that nobody knows is. */
static __always_inline int guard_is_other(void)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct postern_process_key key;
	const struct postern_process *r;

	if (!guard.armed || task_is_kernel(t))
		return 0;
	task_key(t, &key);
	r = bpf_map_lookup_elem(&processes, &key);
	return !r || r->exec_id != task_exec_id(t) || !guard_same_file(&r->file, &guard.exe);
}

static __always_inline int guard_owns(__u32 kind, __u32 dev, __u64 id)
{
	struct postern_own key = { .kind = kind, .dev = dev, .id = id };

	return guard.armed && bpf_map_lookup_elem(&own, &key);
}

static __always_inline int guard_is_controller(struct task_struct *t)
{
	struct postern_process_key key;

	task_key(t, &key);
	return guard.armed && key.tgid == guard.controller.tgid &&
	       key.start_boottime == guard.controller.start_boottime;
}
