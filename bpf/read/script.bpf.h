/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The path that an interpreter was started for. Whoever calls exec chooses how to write it, so it counts
 * only as the one text that names a file without detours: absolute, no empty or dotted component, not
 * through /proc or /dev/fd, and looked up from the host's root in the host's mount namespace.
 */
#pragma once

#include "maps/knobs.bpf.h"
#include "maps/scratch.bpf.h"

/* The machine's first process, whatever the task sees as pid 1. */
static __always_inline struct task_struct *script_first(struct task_struct *t)
{
	return BPF_CORE_READ(t, thread_pid, numbers[0].ns, child_reaper);
}

/*
 * Without a user namespace of its own a task can neither have a root of its own nor register an
 * interpreter of its own (binfmt_misc), unless it is root.
 */
static __always_inline int script_is_of_host(struct task_struct *t)
{
	struct task_struct *first = script_first(t);

	if (BPF_CORE_READ(t, nsproxy, mnt_ns, ns.inum) != knobs.host_mount_ns)
		return 0;
	if (BPF_CORE_READ(t, real_cred, user_ns, level))
		return 0;
	return BPF_CORE_READ(t, fs, root.mnt) == BPF_CORE_READ(first, fs, root.mnt) &&
	       BPF_CORE_READ(t, fs, root.dentry) == BPF_CORE_READ(first, fs, root.dentry);
}

/*
 * Whether `#!` had an interpreter run: what is run is not what was asked for. Handlers of binfmt_misc that
 * take the file open (flag O) leave it in `executable`.
 */
static __always_inline int script_is_interpreted(struct linux_binprm *bprm)
{
	return bprm->interp != bprm->filename && !bprm->executable;
}

/* One byte; the text's end counts as a slash. 1 when the text is not normal. */
static long script_step(__u32 i, void *ctx)
{
	struct scratch *s = *(struct scratch **)ctx;
	char c = s->text[(s->at + 1 + i) & (2 * POSTERN_PATH_MAX - 1)];

	if (c && c != '/') {
		s->part++;
		s->dots += c == '.';
		return 0;
	}
	if (!s->part || (s->part == s->dots && s->dots < 3)) {
		s->whole = 0;
		return 1;
	}
	s->part = 0;
	s->dots = 0;
	return 0;
}

#define SCRIPT_PROC 0x2f636f72702full /* "/proc/" */
#define SCRIPT_DEV_FD 0x2f64662f7665642full /* "/dev/fd/" */

static __always_inline int script_is_normal(struct scratch *s, __u32 len)
{
	__u64 start = 0;

	bpf_probe_read_kernel(&start, sizeof(start), &s->text[s->at & (2 * POSTERN_PATH_MAX - 1)]);
	if ((start & 0xff) != '/' || (start & 0xffffffffffffull) == SCRIPT_PROC ||
	    start == SCRIPT_DEV_FD)
		return 0;
	s->part = 0;
	s->dots = 0;
	s->whole = 1;
	bpf_loop(len, script_step, &s, 0);
	return s->whole;
}

/* Fills s->text from s->at; the text's length, 0 when there is no script. */
static __noinline __u32 script_read(struct scratch *s, struct task_struct *t,
				    struct linux_binprm *bprm)
{
	const char *asked = bprm->filename;
	long n;

	if (!script_is_interpreted(bprm) || !script_is_of_host(t))
		return 0;
	n = bpf_probe_read_kernel_str(s->text, POSTERN_PATH_MAX, asked);
	if (n < 2 || n > POSTERN_PATH_MAX)
		return 0;
	n--;
	s->at = SCRATCH_END - n;
	bpf_probe_read_kernel(&s->text[(SCRATCH_END - n) & (POSTERN_PATH_MAX - 1)],
			      n & (POSTERN_PATH_MAX - 1), asked);
	return script_is_normal(s, n) ? n : 0;
}
