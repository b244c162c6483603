/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The executable of the parent, as the parent's own record has it. Another CPU can replace or free
 * that record while it is copied; the copy counts only if the record is still the same afterwards.
 */
#pragma once

#include "core/latch.bpf.h"

/* 1 when the parent is the kernel, whose executable is the empty text. */
static __always_inline int parent_key(struct task_struct *t, struct postern_process_key *ret)
{
	struct task_struct *parent = t->real_parent;

	task_key(parent, ret);
	return task_is_kernel(parent) || !ret->tgid;
}

static __always_inline int parent_copy(struct scratch *s, const struct postern_process_key *from,
				       const struct postern_process_key *to)
{
	const struct postern_process *p = bpf_map_lookup_elem(&processes, from), *again;
	const void *text;
	__u64 born;

	if (!p || p->flags & LATCH_UNREADABLE)
		return -1;
	born = p->exec_boottime;
	s->record.parent_len = p->exe_len;
	bpf_probe_read_kernel(s->record.parent, sizeof(s->record.parent), p->exe);
	if (p->flags & POSTERN_P_LONG_EXE) {
		text = long_find(from, POSTERN_LONG_EXE);
		if (!text || long_store(to, POSTERN_LONG_PARENT, text))
			return -1;
		s->record.flags |= POSTERN_P_LONG_PARENT;
	}
	again = bpf_map_lookup_elem(&processes, from);
	return again == p && again->exec_boottime == born ? 0 : -1;
}

static __noinline int parent_latch(struct scratch *s, struct task_struct *t,
				   const struct postern_process_key *key)
{
	struct postern_process_key parent;

	if (parent_key(t, &parent))
		return 0;
	if (parent_copy(s, &parent, key)) {
		s->record.parent_len = 0;
		s->record.flags |= POSTERN_P_NO_PARENT;
	}
	return 0;
}
