/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The path of a file: walked up through dentries and mounts to the top of the mount tree that the
 * file was opened on, whatever root or namespace the task has. A rename while we walk can mix names
 * of two moments, but only of directories that the renamer may change: every step to a parent was
 * true at its moment, so nobody gets under a directory that he cannot write to.
 */
#pragma once

#include "maps/knobs.bpf.h"
#include "maps/scratch.bpf.h"
#include "read/file.bpf.h"

/* Puts bytes in front of the text. 0, or -1 when there is no room. */
static __always_inline int path_prepend(struct scratch *s, __u64 from, __u32 len)
{
	__u32 at = s->at;

	if (len > 255 || at <= len)
		return -1;
	at = (at - len) & (POSTERN_PATH_MAX - 1);
	s->at = at;
	return bpf_probe_read_kernel(&s->text[at], len, (void *)from) ? -1 : 0;
}

static __always_inline int path_prepend_name(struct scratch *s, struct dentry *d)
{
	__u32 len = BPF_CORE_READ(d, d_name.len);

	return path_prepend(s, (__u64)BPF_CORE_READ(d, d_name.name), len);
}

static __always_inline int path_prepend_char(struct scratch *s, char c)
{
	__u32 at = s->at;

	if (at <= 1)
		return -1;
	at = (at - 1) & (POSTERN_PATH_MAX - 1);
	s->text[at] = c;
	s->at = at;
	return 0;
}

/* From a mount's root to where it is mounted. 1 at the top. */
static __always_inline long path_leave_mount(struct scratch *s, struct mount *m)
{
	struct mount *up = BPF_CORE_READ(m, mnt_parent);

	if (up == m) {
		s->whole = 1;
		return 1;
	}
	s->dentry = (__u64)BPF_CORE_READ(m, mnt_mountpoint);
	s->mount = (__u64)up;
	return 0;
}

static long path_step(__u32 i, void *ctx)
{
	struct scratch *s = *(struct scratch **)ctx;
	struct dentry *d = (struct dentry *)s->dentry, *parent;
	struct mount *m = (struct mount *)s->mount;

	if (d == BPF_CORE_READ(m, mnt.mnt_root))
		return path_leave_mount(s, m);
	parent = BPF_CORE_READ(d, d_parent);
	if (parent == d)
		return 1; /* a tree that hangs nowhere */
	if (++s->components > POSTERN_PATH_COMPONENTS || path_prepend_name(s, d) ||
	    path_prepend_char(s, '/')) {
		s->flags |= POSTERN_P_LONG_PATH;
		return 1;
	}
	s->dentry = (__u64)parent;
	return 0;
}

/* Whose mount it is: the host's answers 0, no name in any tree POSTERN_P_MEMFD, else foreign. */
static __always_inline __u32 path_owner(struct mount *m)
{
	struct mnt_namespace *ns = BPF_CORE_READ(m, mnt_ns);

	/* MNT_NS_INTERNAL is ERR_PTR(-EINVAL): mounts of the kernel's own, such as that of memfds */
	if ((__u64)ns >= (__u64)-4095)
		return POSTERN_P_MEMFD;
	/* none at all: a mount that was taken out of its tree; anonymous ones have another number */
	if (!ns || BPF_CORE_READ(ns, ns.inum) != knobs.host_mount_ns)
		return POSTERN_P_FOREIGN;
	return 0;
}

#define path_prepend_text(s, literal)                                                              \
	path_prepend((s), postern_address(literal), sizeof(literal) - 1)

static const char path_container[] = "container:";
static const char path_deleted[] = "deleted:";
static const char path_memfd[] = "memfd:";

/* A memfd's dentry is called "memfd:" and the name that it was given. */
static __always_inline void path_of_nothing(struct scratch *s, struct dentry *d)
{
	char start[8] = {};

	if (path_prepend_name(s, d))
		s->flags |= POSTERN_P_NO_PATH;
	bpf_probe_read_kernel(start, sizeof(path_memfd) - 1, BPF_CORE_READ(d, d_name.name));
	if (*(__u64 *)start != 0x3a64666d656dull) /* "memfd:" */
		path_prepend_text(s, path_memfd);
}

static __always_inline void path_of_tree(struct scratch *s, struct file *f)
{
	bpf_loop(2 * POSTERN_PATH_COMPONENTS, path_step, &s, 0);
	if (!s->whole && !(s->flags & POSTERN_P_LONG_PATH))
		s->flags |= POSTERN_P_NO_PATH;
	if (s->flags & POSTERN_P_FOREIGN && path_prepend_text(s, path_container))
		s->flags |= POSTERN_P_LONG_PATH;
	if (s->flags & POSTERN_P_DELETED && path_prepend_text(s, path_deleted))
		s->flags |= POSTERN_P_LONG_PATH;
}

/* Fills s->text from s->at, and s->flags. */
static __noinline int path_read(struct scratch *s, struct file *f)
{
	struct mount *m = file_mount(f);

	s->at = SCRATCH_END;
	s->components = 0;
	s->whole = 0;
	s->dentry = (__u64)BPF_CORE_READ(f, f_path.dentry);
	s->mount = (__u64)m;
	if (!f || !s->dentry) {
		s->flags = POSTERN_P_NO_PATH;
		return 0;
	}
	s->flags = path_owner(m);
	if (s->flags & POSTERN_P_MEMFD) {
		path_of_nothing(s, (struct dentry *)s->dentry);
		return 0;
	}
	if (file_is_deleted(f))
		s->flags |= POSTERN_P_DELETED;
	path_of_tree(s, f);
	return 0;
}
