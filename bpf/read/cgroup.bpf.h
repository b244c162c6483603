/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Cgroups of the default hierarchy and the names on the way to them. */
#pragma once

#include "world.bpf.h"

#define CGROUP_NAME_MAX 255 /* as kernfs has it */
#define CGROUP_NAME_PART 32

static __always_inline struct cgroup *cgroup_of(struct task_struct *t)
{
	return t->cgroups->dfl_cgrp;
}

/* By address, here and below: a socket's cgroup is no typed pointer. */
static __always_inline __u64 cgroup_id(struct cgroup *c)
{
	return BPF_CORE_READ(c, kn, id);
}

static __always_inline __u32 cgroup_level(struct cgroup *c)
{
	return BPF_CORE_READ(c, level);
}

static __always_inline struct cgroup *cgroup_ancestor(struct cgroup *c, __u32 level)
{
	__u64 at =
		postern_address(c) + bpf_core_field_offset(c->ancestors) + level * sizeof(void *);
	struct cgroup *ancestor = NULL;

	bpf_probe_read_kernel(&ancestor, sizeof(ancestor), (void *)at);
	return ancestor;
}

#define CGROUP_OTHERS_WRITE 0022 /* S_IWGRP | S_IWOTH */

/*
 * Whether only root may make and name children of the ancestor at a level, 0 being the root. Directories
 * that nobody was given have no attributes of their own, and are root's.
 */
static __always_inline int cgroup_is_of_system(struct cgroup *c, __u32 level)
{
	struct cgroup *ancestor = cgroup_ancestor(c, level);
	struct kernfs_iattrs *given;

	if (!ancestor || BPF_CORE_READ(ancestor, kn, mode) & CGROUP_OTHERS_WRITE)
		return 0;
	given = BPF_CORE_READ(ancestor, kn, iattr);
	return !given || !BPF_CORE_READ(given, ia_uid.val);
}

/* Length of the name at an address; 0 when it cannot be read or is too long. Walked through by the verifier once. */
__weak int cgroup_name_length(__u64 addr)
{
	char part[CGROUP_NAME_PART];
	__u32 i, len = 0;
	long n;

	for (i = 0; i <= CGROUP_NAME_MAX / (CGROUP_NAME_PART - 1); i++) {
		n = bpf_probe_read_kernel_str(part, sizeof(part), (void *)(addr + len));
		if (n <= 0)
			return 0;
		len += n - 1;
		if (n < CGROUP_NAME_PART)
			break;
	}
	return len > CGROUP_NAME_MAX ? 0 : (int)len;
}

/*
 * Address and length of the name of the ancestor at a level, 1 being the child of the root. They
 * never change: the default hierarchy has no rename. 0, or -1 when it cannot be read.
 */
POSTERN_FRAME int cgroup_name(struct cgroup *c, __u32 level, struct postern_text *ret)
{
	struct cgroup *ancestor = cgroup_ancestor(c, level);

	ret->addr = (__u64)BPF_CORE_READ(ancestor, kn, name);
	ret->len = (__u32)cgroup_name_length(ret->addr);
	ret->pad = 0;
	if (!ret->len)
		return -1;
	return 0;
}

#define CGROUP_SUFFIX 6 /* bytes of ".slice" and of ".scope" */

/* `suffix` is followed by two NULs. */
static __always_inline int cgroup_name_ends(const struct postern_text *name, const char *suffix)
{
	char last[8] = {};

	if (name->len < CGROUP_SUFFIX)
		return 0;
	bpf_probe_read_kernel(last, CGROUP_SUFFIX,
			      (void *)(name->addr + name->len - CGROUP_SUFFIX));
	return *(__u64 *)last == *(const __u64 *)suffix;
}

static const char cgroup_slice[8] = ".slice";
static const char cgroup_scope[8] = ".scope";

static __always_inline int cgroup_name_is_slice(const struct postern_text *name)
{
	return cgroup_name_ends(name, cgroup_slice);
}

static __always_inline int cgroup_name_is_scope(const struct postern_text *name)
{
	return cgroup_name_ends(name, cgroup_scope);
}
