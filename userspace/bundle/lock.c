/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose the state directory is. */
#include "bundle/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/cleanup.h"

/*
 * Open for reading only: a lock does not need more, and a file that is open for writing would keep the file
 * system from being made read-only. One that is read-only already is locked by the directory itself, where
 * nobody has locked it before: what was accepted has to be taken up from such a disk, too.
 */
static int open_lock(const char *dir, const char *path)
{
	int fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0 && errno == EROFS)
		fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd;
}

int trust_lock(const char *dir)
{
	_cleanup_close_ int fd = -1;
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, "%s/lock", dir) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open_lock(dir, path);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return -errno;
	return TAKE_FD(fd);
}
