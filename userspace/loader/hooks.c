/* SPDX-License-Identifier: BSD-2-Clause */
/* What is attached, asked of the kernel and not of our own memory. */
#include <string.h>

#include "loader/object.h"

uint32_t program_id(int fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &len) == 0 ? info.id : 0;
}

/* Whether our link is there, hangs where it must and runs that program. */
bool link_runs(const struct loader *l, size_t i, uint32_t prog_id)
{
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);

	if (l->absent[i] || l->link_fd[i] < 0 || bpf_obj_get_info_by_fd(l->link_fd[i], &info, &len))
		return false;
	if (programs[i].kind == PROGRAM_DECIDES && info.cgroup.cgroup_id != l->cgroup_id)
		return false;
	return info.prog_id == prog_id;
}

size_t loader_hooks(struct loader *l, struct loader_hook *ret, size_t max)
{
	size_t i, n = 0;

	for (i = 0; i < PROGRAMS && n < max; i++) {
		if (programs[i].kind == PROGRAM_RUNS ||
		    (programs[i].kind == PROGRAM_GUARDS && !l->guard))
			continue;
		ret[n].name = programs[i].name;
		ret[n].attach = programs[i].attach;
		ret[n].required = !programs[i].offered;
		ret[n].prog_id = l->absent[i] ? 0 : program_id(l->program_fd[i]);
		ret[n].attached = link_runs(l, i, ret[n].prog_id);
		n++;
	}
	return n;
}
