/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replacing a file so that a crash leaves the old one or the new one, whole: write beside it,
 * fsync, rename over it, fsync the directory (the rename itself is an entry in the directory).
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/cleanup.h"

enum { NAME_TRIES = 16 };

int fd_write_all(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Opens the directory that holds `path`, and finds the last component in it. */
static int open_parent(int dirfd, const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	_cleanup_free_ char *dir = NULL;
	int fd;

	if (*name == '\0')
		return -EISDIR;
	dir = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
	if (!dir)
		return -ENOMEM;
	fd = openat(dirfd, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*ret_name = name;
	return fd;
}

/* A new file under a name nobody can guess; the name goes to `temp`. An fd or -errno. */
static int open_temporary(int dir, char *temp, size_t size)
{
	for (int i = 0; i < NAME_TRIES; i++) {
		uint64_t salt;
		int fd;

		if (getrandom(&salt, sizeof(salt), 0) != sizeof(salt))
			return -EIO;
		(void)snprintf(temp, size, ".%016llx.tmp", (unsigned long long)salt);
		fd = openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd >= 0)
			return fd;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

static int fill(int fd, const void *bytes, size_t len, mode_t mode)
{
	int r = fd_write_all(fd, bytes, len);

	if (r < 0)
		return r;
	if (fchmod(fd, mode) < 0)
		return -errno;
	return fsync(fd) < 0 ? -errno : 0;
}

int file_write_atomic(int dirfd, const char *path, const void *bytes, size_t len, mode_t mode)
{
	_cleanup_close_ int dir = -1, fd = -1;
	char temp[NAME_MAX + 1];
	const char *name = NULL;
	int r;

	dir = open_parent(dirfd, path, &name);
	if (dir < 0)
		return dir;
	fd = open_temporary(dir, temp, sizeof(temp));
	if (fd < 0)
		return fd;
	r = fill(fd, bytes, len, mode);
	if (r == 0 && renameat(dir, temp, dir, name) < 0)
		r = -errno;
	if (r < 0) {
		(void)unlinkat(dir, temp, 0);
		return r;
	}
	return fsync(dir) < 0 ? -errno : 0;
}

int file_move(int dirfd, const char *from, const char *to)
{
	const char *old = NULL, *name = NULL;
	_cleanup_close_ int there = open_parent(dirfd, from, &old);
	_cleanup_close_ int dir = open_parent(dirfd, to, &name);

	if (there < 0 || dir < 0)
		return there < 0 ? there : dir;
	if (renameat(there, old, dir, name) < 0)
		return -errno;
	return fsync(dir) < 0 ? -errno : 0;
}
