/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guard's other half: says what is ours, attaches the LSM programs and arms them. Their links are in
 * no pin: when the caller ends, so does the guard, and what it guarded can be taken away by root again.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "loader/object.h"

#define KERNEL_MINOR_BITS 20 /* of a dev_t in the kernel */

static int own_add(const struct loader *l, struct postern_own key)
{
	uint32_t one = 1;

	return bpf_map_update_elem(map_fd(l, MAP_OWN), &key, &one, BPF_ANY);
}

/* What an earlier controller's programs were is nobody's any more. */
static int own_clear(const struct loader *l)
{
	int fd = map_fd(l, MAP_OWN), r = 0;
	struct postern_own key;

	while (r == 0 && bpf_map_get_next_key(fd, NULL, &key) == 0)
		r = bpf_map_delete_elem(fd, &key);
	return r;
}

static int own_maps(const struct loader *l)
{
	int r = 0;

	for (size_t i = 0; i < l->maps && r == 0; i++) {
		struct bpf_map_info info = { 0 };
		uint32_t len = sizeof(info);

		r = bpf_obj_get_info_by_fd(l->map[i].fd, &info, &len);
		if (r == 0)
			r = own_add(l, (struct postern_own){ POSTERN_OWN_MAP, 0, info.id });
	}
	return r;
}

static int own_programs(const struct loader *l)
{
	int r = 0;

	for (size_t i = 0; i < PROGRAMS && r == 0; i++) {
		uint32_t id = l->absent[i] ? 0 : program_id(l->program_fd[i]);

		if (id)
			r = own_add(l, (struct postern_own){ POSTERN_OWN_PROGRAM, 0, id });
	}
	return r;
}

static int own_directory(const struct loader *l, const char *below)
{
	char path[PIN_PATH_MAX];
	struct stat st;
	uint32_t dev;

	(void)snprintf(path, sizeof(path), "%s%s", l->pin, below);
	if (stat(path, &st) < 0)
		return -errno;
	dev = major(st.st_dev) << KERNEL_MINOR_BITS | minor(st.st_dev);
	return own_add(l, (struct postern_own){ POSTERN_OWN_DIRECTORY, dev, st.st_ino });
}

static int own_all(const struct loader *l)
{
	int r = own_clear(l);

	if (r == 0)
		r = own_maps(l);
	if (r == 0)
		r = own_programs(l);
	if (r == 0)
		r = own_directory(l, "");
	if (r == 0)
		r = own_directory(l, "/links");
	return r < 0 ? r : own_directory(l, "/maps");
}

static int attach_all(struct loader *l)
{
	for (size_t i = 0; i < PROGRAMS; i++) {
		if (programs[i].kind != PROGRAM_GUARDS)
			continue;
		l->link_fd[i] = bpf_raw_tracepoint_open(NULL, l->program_fd[i]);
		if (l->link_fd[i] < 0)
			return l->link_fd[i];
	}
	return 0;
}

/* The kernel takes down itself who we are. */
static int arm(const struct loader *l)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int r = bpf_prog_test_run_opts(program_fd(l, "postern_arm"), &opts);

	return r == 0 && opts.retval ? -ENOENT : r;
}

static bool is_offered(const struct loader *l)
{
	for (size_t i = 0; i < PROGRAMS; i++)
		if (programs[i].kind == PROGRAM_GUARDS && l->absent[i])
			return false;
	return true;
}

/* Where LSM programs do not run there is none, which is said. 0 or -errno. */
int guard_arm(struct loader *l, struct diags *d)
{
	int r;

	if (!l->guard)
		return 0;
	if (!is_offered(l)) {
		diag_warning(d, "loader-guard", NOWHERE, "boot with bpf in lsm=",
			     "the guard is on, and LSM programs do not run here: there is none");
		return 0;
	}
	r = own_all(l);
	if (r == 0)
		r = attach_all(l);
	if (r == 0)
		r = arm(l);
	if (r < 0)
		diag_error(d, "loader-guard", NOWHERE, "write guard = off into posternd.conf",
			   "cannot arm the guard: %s", strerror(-r));
	return r;
}
