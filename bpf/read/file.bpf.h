/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What a file is, apart from its names. */
#pragma once

#include "read/compat.bpf.h"

static __always_inline void file_content(struct file *f, struct postern_digest_key *ret)
{
	struct inode *inode = BPF_CORE_READ(f, f_inode);

	ret->file.dev = BPF_CORE_READ(inode, i_sb, s_dev);
	ret->file.ino = BPF_CORE_READ(inode, i_ino);
	ret->file.generation = BPF_CORE_READ(inode, i_generation);
	ret->file.pad = 0;
	ret->ctime_ns = compat_ctime_ns(inode);
	ret->size = BPF_CORE_READ(inode, i_size);
}

static __always_inline void file_identity(struct file *f, struct postern_process *ret)
{
	struct postern_digest_key now;

	file_content(f, &now);
	ret->file = now.file;
	ret->ctime_ns = now.ctime_ns;
	ret->size = now.size;
}

static __always_inline int file_is_deleted(struct file *f)
{
	return !BPF_CORE_READ(f, f_path.dentry, d_hash.pprev) ||
	       !BPF_CORE_READ(f, f_inode, i_nlink);
}

/* The mount that the file was opened on. */
static __always_inline struct mount *file_mount(struct file *f)
{
	__u64 mnt = (__u64)BPF_CORE_READ(f, f_path.mnt);

	return (struct mount *)(mnt - bpf_core_field_offset(struct mount, mnt));
}
