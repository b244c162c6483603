/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Links by the descriptors of the current process. */
#pragma once

#include "world.bpf.h"

/* Id of the program that the link runs; 0 or nonsense where the descriptor is none of a link. */
static __always_inline __u32 link_program(struct task_struct *t, __u32 fd)
{
	struct fdtable *table = BPF_CORE_READ(t, files, fdt);
	struct file **files = BPF_CORE_READ(table, fd);
	struct file *f = NULL;
	struct bpf_link *link;

	if (fd >= BPF_CORE_READ(table, max_fds))
		return 0;
	bpf_probe_read_kernel(&f, sizeof(f), files + fd);
	link = BPF_CORE_READ(f, private_data);
	return BPF_CORE_READ(link, prog, aux, id);
}
