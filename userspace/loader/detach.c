/* SPDX-License-Identifier: BSD-2-Clause */
/* Taking everything away: hooks first, so that none decides without its maps. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "loader/object.h"

static int directory_clear(const char *path)
{
	_cleanup_closedir_ DIR *dir = opendir(path);
	const struct dirent *e;
	int r = 0;

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while ((e = readdir(dir))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd(dir), e->d_name, 0) < 0)
			r = -errno;
	}
	if (r == 0 && rmdir(path) < 0)
		r = -errno;
	return r;
}

int loader_detach(const struct loader_config *cfg)
{
	char path[PIN_PATH_MAX];
	int r;

	if (!cfg->pin)
		return -EINVAL;
	(void)snprintf(path, sizeof(path), "%s/links", cfg->pin);
	r = directory_clear(path);
	if (r < 0)
		return r;
	(void)snprintf(path, sizeof(path), "%s/maps", cfg->pin);
	r = directory_clear(path);
	/* the directory itself can be a mount of its own, or shared */
	if (r == 0)
		(void)rmdir(cfg->pin);
	return r;
}
