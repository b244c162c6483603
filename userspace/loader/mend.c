/* SPDX-License-Identifier: BSD-2-Clause */
/* Self-protection: what another root process undid is put right, and who else sits on our hooks is told. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "loader/object.h"

enum {
	QUERIED_MAX = 64
}; /* programs of one hook: the kernel allows as many to be attached at once */

/* A cgroup's id is its inode number, and never another one's. */
static bool cgroup_is_gone(const struct loader *l)
{
	struct stat st;

	return stat(l->cgroup, &st) < 0 ? errno == ENOENT : st.st_ino != l->cgroup_id;
}

void loader_mend(struct loader *l, struct loader_mended *ret)
{
	*ret = (struct loader_mended){ 0 };
	links_mend(l, ret);
	maps_mend(l, ret);
	ret->no_cgroup = cgroup_is_gone(l);
	ret->no_bpffs = ret->failed > 0 && !bpffs_is(l->pin);
}

/* Name of a program by its id; "" when it is gone or hidden. */
static void program_name(uint32_t id, char ret[BPF_OBJ_NAME_LEN])
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	_cleanup_close_ int fd = bpf_prog_get_fd_by_id(id);

	ret[0] = '\0';
	if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &len) == 0)
		memcpy(ret, info.name, BPF_OBJ_NAME_LEN);
	ret[BPF_OBJ_NAME_LEN - 1] = '\0';
}

/* The programs in effect on one hook: those of the cgroup and of all above it. */
static size_t foreign_on(const struct loader *l, size_t i, struct loader_foreign *ret, size_t max)
{
	uint32_t ids[QUERIED_MAX], count = QUERIED_MAX, ours = program_id(l->program_fd[i]);
	size_t n = 0;

	if (bpf_prog_query(l->cgroup_fd, l->attach_type[i], BPF_F_QUERY_EFFECTIVE, NULL, ids,
			   &count) < 0)
		return 0;
	for (uint32_t k = 0; k < count && n < max; k++) {
		if (ids[k] == ours)
			continue;
		ret[n].prog_id = ids[k];
		ret[n].attach = programs[i].attach;
		program_name(ids[k], ret[n].name);
		n++;
	}
	return n;
}

size_t loader_foreign(struct loader *l, struct loader_foreign *ret, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < PROGRAMS; i++)
		if (programs[i].kind == PROGRAM_DECIDES && !l->absent[i])
			n += foreign_on(l, i, ret + n, max - n);
	return n;
}
