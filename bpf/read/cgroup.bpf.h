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

static __always_inline __u64 cgroup_id(struct cgroup *c)
{
	return c->kn->id;
}

static __always_inline __u32 cgroup_level(struct cgroup *c)
{
	return c->level;
}

/*
 * Address and length of the name of the ancestor at a level, 1 being the child of the root. They
 * never change: the default hierarchy has no rename. 0, or -1 when it cannot be read.
 */
POSTERN_FRAME int cgroup_name(struct cgroup *c, __u32 level, struct postern_text *ret)
{
	__u64 at =
		postern_address(c) + bpf_core_field_offset(c->ancestors) + level * sizeof(void *);
	char part[CGROUP_NAME_PART];
	struct cgroup *ancestor = NULL;
	const char *name;
	__u32 i, len = 0;
	long n;

	bpf_probe_read_kernel(&ancestor, sizeof(ancestor), (void *)at);
	name = BPF_CORE_READ(ancestor, kn, name);
	for (i = 0; i <= CGROUP_NAME_MAX / (CGROUP_NAME_PART - 1); i++) {
		n = bpf_probe_read_kernel_str(part, sizeof(part), name + len);
		if (n <= 0)
			return -1;
		len += n - 1;
		if (n < CGROUP_NAME_PART)
			break;
	}
	if (!len || len > CGROUP_NAME_MAX)
		return -1;
	ret->addr = (__u64)name;
	ret->len = len;
	ret->pad = 0;
	return 0;
}

static __always_inline int cgroup_name_is_slice(const struct postern_text *name)
{
	static const char end[8] = ".slice";
	char last[8] = {};

	if (name->len < 6)
		return 0;
	bpf_probe_read_kernel(last, 6, (void *)(name->addr + name->len - 6));
	return *(__u64 *)last == *(const __u64 *)end;
}
