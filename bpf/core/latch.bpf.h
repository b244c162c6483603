/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Who a process is, written down when that is decided: at exec, or once for processes that are older
 * than the enforcer. Builds records in scratch memory, with preemption off.
 */
#pragma once

#include "core/counter.bpf.h"
#include "maps/processes.bpf.h"
#include "read/path.bpf.h"
#include "read/script.bpf.h"
#include "read/task.bpf.h"

#define LATCH_UNREADABLE (POSTERN_P_NO_PATH | POSTERN_P_LONG_PATH)

static __always_inline void long_key(struct postern_long_key *ret,
				     const struct postern_process_key *process, __u32 which)
{
	ret->process = *process;
	ret->which = which;
	ret->pad = 0;
}

/* The flag of a record whose text is in the map. */
static __always_inline __u32 long_flag(__u32 which)
{
	if (which == POSTERN_LONG_SCRIPT)
		return POSTERN_P_LONG_SCRIPT;
	return which == POSTERN_LONG_EXE ? POSTERN_P_LONG_EXE : POSTERN_P_LONG_PARENT;
}

static __always_inline void long_forget(const struct postern_process_key *process, __u32 which)
{
	struct postern_long_key key;

	long_key(&key, process, which);
	bpf_map_delete_elem(&long_paths, &key);
}

/* Stores a whole text; -1 when there is no room for it. */
static __always_inline long long_store(const struct postern_process_key *process, __u32 which,
				       const void *text)
{
	struct postern_long_key key;

	long_key(&key, process, which);
	return bpf_map_update_elem(&long_paths, &key, text, BPF_ANY);
}

static __always_inline void *long_find(const struct postern_process_key *process, __u32 which)
{
	struct postern_long_key key;

	long_key(&key, process, which);
	return bpf_map_lookup_elem(&long_paths, &key);
}

static __always_inline char *latch_place(struct scratch *s, __u32 which)
{
	if (which == POSTERN_LONG_SCRIPT)
		return s->record.script;
	return which == POSTERN_LONG_EXE ? s->record.exe : s->record.parent;
}

/*
 * Moves the text of the last walk into 256 bytes beside the process; a longer one whole into the
 * map, and its end beside the process. Answers its length, or 0 when the map has no room.
 */
static __noinline int latch_text(struct scratch *s, const struct postern_process_key *key,
				 __u32 which)
{
	__u32 at = s->at & (POSTERN_PATH_MAX - 1), len = SCRATCH_END - at;
	char *to = latch_place(s, which);

	if (s->at >= SCRATCH_END)
		return 0;
	if (len < POSTERN_PATH_SHORT) {
		bpf_probe_read_kernel(to, POSTERN_PATH_SHORT, &s->text[at]);
		return len;
	}
	if (long_store(key, which, &s->text[at]))
		return 0;
	bpf_probe_read_kernel(to, POSTERN_PATH_SHORT,
			      &s->text[SCRATCH_END - POSTERN_PATH_SHORT + 1]);
	s->record.flags |= long_flag(which);
	return len;
}

/* The executable that `f` is becomes the record's. */
static __always_inline void latch_executable(struct scratch *s, struct file *f,
					     const struct postern_process_key *key)
{
	path_read(s, f);
	s->record.flags |= s->flags;
	s->record.exe_len = 0;
	if (f)
		file_identity(f, &s->record);
	if (s->flags & LATCH_UNREADABLE)
		return;
	s->record.exe_len = latch_text(s, key, POSTERN_LONG_EXE);
	if (!s->record.exe_len)
		s->record.flags |= POSTERN_P_NO_PATH;
}

/*
 * What an interpreter was asked to run. A text that finds no room in the map is missed at the decision,
 * if a policy asks.
 */
static __always_inline void latch_script(struct scratch *s, struct task_struct *t,
					 struct linux_binprm *bprm,
					 const struct postern_process_key *key)
{
	__u32 len = script_read(s, t, bprm);

	if (!len)
		return;
	s->record.script_len = len;
	if (!latch_text(s, key, POSTERN_LONG_SCRIPT))
		s->record.flags |= POSTERN_P_LONG_SCRIPT;
}

/* Empties the scratch record; the classes of an earlier life go with it. */
static __always_inline void latch_begin(struct scratch *s, struct task_struct *t,
					const struct postern_process_key *key, __u32 flags)
{
	__builtin_memset(&s->record, 0, sizeof(s->record));
	s->record.flags = flags;
	s->record.tgid = key->tgid;
	s->record.exec_id = task_exec_id(t);
	s->record.exec_boottime = bpf_ktime_get_boot_ns();
}

/* Forgets the long texts of what the process was. */
static __always_inline void latch_drop_texts(const struct postern_process_key *key)
{
	const struct postern_process *old = bpf_map_lookup_elem(&processes, key);
	__u32 flags = old ? old->flags : 0;

	if (flags & POSTERN_P_LONG_EXE)
		long_forget(key, POSTERN_LONG_EXE);
	if (flags & POSTERN_P_LONG_PARENT)
		long_forget(key, POSTERN_LONG_PARENT);
	if (flags & POSTERN_P_LONG_SCRIPT)
		long_forget(key, POSTERN_LONG_SCRIPT);
}

/* What was known before is wrong now: where the record finds no place, nothing is known. */
static __always_inline long latch_store(const struct postern_process_key *key,
					const struct postern_process *record, __u64 how)
{
	long r = bpf_map_update_elem(&processes, key, record, how);

	if (r && r != -E_EXIST)
		bpf_map_delete_elem(&processes, key);
	return r;
}
