/* SPDX-License-Identifier: BSD-2-Clause */
/* Taking everything away: hooks first, so that none decides without its maps. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "loader/object.h"

/*
 * Takes the hook of a pinned link off at once: the kernel lets go of a link that nobody has later, in its own time. Links
 * of other kinds cannot be, and need not.
 */
static void link_off(const char *directory, const char *name)
{
	_cleanup_close_ int fd = -1;
	char path[PIN_PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = bpf_obj_get(path);
	if (fd >= 0)
		(void)bpf_link_detach(fd);
}

/* A posternd that runs makes pins anew, one after the other: who removes them is faster, if not at the first try. */
enum { DETACH_TRIES = 50 };

/* 0, -ENOTEMPTY when something was put there meanwhile, -errno. */
static int directory_clear(const char *path, bool links)
{
	_cleanup_closedir_ DIR *dir = opendir(path);
	const struct dirent *e;
	int r = 0;

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while ((e = readdir(dir))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (links)
			link_off(path, e->d_name);
		if (unlinkat(dirfd(dir), e->d_name, 0) < 0 && errno != ENOENT)
			r = -errno;
	}
	if (r == 0 && rmdir(path) < 0 && errno != ENOENT)
		r = -errno;
	return r;
}

static int directory_remove(const char *path, bool links)
{
	int r = -ENOTEMPTY;

	for (int i = 0; i < DETACH_TRIES && r == -ENOTEMPTY; i++)
		r = directory_clear(path, links);
	return r;
}

int loader_detach(const struct loader_config *cfg)
{
	char path[PIN_PATH_MAX];
	int r;

	if (!cfg->pin)
		return -EINVAL;
	(void)snprintf(path, sizeof(path), "%s/links", cfg->pin);
	r = directory_remove(path, true);
	if (r < 0)
		return r;
	(void)snprintf(path, sizeof(path), "%s/maps", cfg->pin);
	r = directory_remove(path, false);
	/* the directory itself can be a mount of its own, or shared */
	if (r == 0)
		(void)rmdir(cfg->pin);
	return r;
}
