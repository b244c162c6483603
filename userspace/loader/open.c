/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening a loader: from the object in this binary to programs that follow and hooks that are ours. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "loader/object.h"

static struct loader *loader_new(void)
{
	struct loader *l = calloc(1, sizeof(*l));
	size_t i;

	if (!l)
		return NULL;
	l->cgroup_fd = -1;
	l->staged = POSTERN_SLOTS;
	kept_begin(l);
	slots_begin(l);
	for (i = 0; i < PROGRAMS; i++)
		l->link_fd[i] = -1;
	return l;
}

void loader_close(struct loader **lp)
{
	struct loader *l = *lp;
	size_t i;

	if (!l)
		return;
	ring_buffer__free(l->ring);
	slots_release(l);
	if (l->texts)
		(void)munmap(l->texts, (size_t)POSTERN_ASK_TEXTS * POSTERN_PATH_MAX);
	for (i = 0; i < PROGRAMS; i++)
		cleanup_close(&l->link_fd[i]);
	cleanup_close(&l->cgroup_fd);
	object_close(l);
	kept_close(l);
	free(l->pin);
	free(l->cgroup);
	free(l);
	*lp = NULL;
}

/* A cgroup's id is its inode number, for kernel and for us. */
static int open_cgroup(struct loader *l, const char *path, struct diags *d)
{
	struct statfs fs;
	struct stat st;

	l->cgroup_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->cgroup_fd < 0 || fstat(l->cgroup_fd, &st) < 0 || fstatfs(l->cgroup_fd, &fs) < 0) {
		int r = -errno;

		diag_error(d, "loader-cgroup", NOWHERE, "name an existing cgroup with --cgroup",
			   "cannot open the cgroup %s: %s", path, strerror(-r));
		return r;
	}
	if (fs.f_type != CGROUP2_SUPER_MAGIC) {
		diag_error(d, "loader-cgroup", NOWHERE,
			   "name a directory below the mount of type cgroup2 with --cgroup",
			   "%s is not a cgroup of version 2", path);
		return -EINVAL;
	}
	l->cgroup_id = st.st_ino;
	l->cgroup = strdup(path);
	return l->cgroup ? 0 : -ENOMEM;
}

/* Everything that outlives us: pins, followers, and the hooks if they were there. */
static int take_over(struct loader *l, struct diags *d)
{
	bool gap = false;
	int r = maps_pin(l, d);

	if (r == 0)
		r = links_follow(l, &gap, d);
	if (r == 0)
		r = latch_older(l, gap, d);
	if (r == 0)
		r = links_adopt(l, d);
	return r;
}

/* Where nothing was pinned, a failure leaves nothing behind. */
static int open_online(struct loader *l, const struct loader_config *cfg, struct diags *d)
{
	bool fresh = false;
	int r = open_cgroup(l, cfg->cgroup, d);

	if (r == 0)
		r = bpffs_ensure(cfg->pin, d);
	if (r == 0)
		fresh = !maps_are_pinned(l);
	if (r == 0)
		r = maps_adopt(l, d);
	if (r == 0)
		r = object_load(l, d);
	if (r == 0)
		r = take_over(l, d);
	if (r == 0)
		r = guard_arm(l, d);
	if (r < 0 && fresh)
		(void)loader_detach(cfg);
	return r;
}

int loader_open(const struct loader_config *cfg, struct diags *d, struct loader **ret)
{
	_cleanup_loader_ struct loader *l = loader_new();
	int r;

	if (!l)
		return -ENOMEM;
	l->guard = cfg->guard;
	l->programs = cfg->programs ? cfg->programs : POSTERN_PROGRAMS_VERSION;
	if (cfg->pin) {
		if (strlen(cfg->pin) + PIN_NAME_MAX > PIN_PATH_MAX) {
			diag_error(d, "loader-pin", NOWHERE, "name a shorter directory with --pin",
				   "the directory for pins has a name of more than %d bytes",
				   PIN_PATH_MAX - PIN_NAME_MAX);
			return -ENAMETOOLONG;
		}
		l->pin = strdup(cfg->pin);
		if (!l->pin)
			return -ENOMEM;
	}
	r = object_open(l, cfg, d);
	if (r == 0)
		r = l->pin ? open_online(l, cfg, d) : object_load(l, d);
	if (r < 0)
		return r;
	slots_adopt(l);
	*ret = TAKE_PTR(l);
	return 0;
}
