/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel offers no way from a namespace's number to the namespace; so whoever lives in it is
 * looked for. A number can pass to another namespace once nobody holds the first: then the cookie of
 * the socket decides, which is unique for as long as the machine runs.
 */
#include "revoke/namespace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "revoke/revoke.h"

#define NAMED "/run/netns"

/* A descriptor of what `path` leads to if that has the number, else -ENOENT. */
static int open_if(int dir, const char *path, uint32_t inode)
{
	_cleanup_close_ int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_ino != inode)
		return -ENOENT;
	return TAKE_FD(fd);
}

/* The first entry of `dir` that leads to it; `suffix` follows each name. */
static int find_below(const char *path, const char *suffix, uint32_t inode)
{
	_cleanup_closedir_ DIR *dir = opendir(path);
	const struct dirent *e;
	char name[300];
	int fd = -ENOENT;

	while (dir && fd < 0 && (e = readdir(dir))) {
		if (e->d_name[0] == '.' || (*suffix && (e->d_name[0] < '0' || e->d_name[0] > '9')))
			continue;
		(void)snprintf(name, sizeof(name), "%s%s", e->d_name, suffix);
		fd = open_if(dirfd(dir), name, inode);
	}
	return fd;
}

int namespace_open(uint32_t inode, pid_t first)
{
	char path[64];
	int fd = -ENOENT;

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)first);
	if (first > 0)
		fd = open_if(AT_FDCWD, path, inode);
	if (fd < 0)
		fd = find_below("/proc", "/ns/net", inode);
	if (fd < 0)
		fd = find_below(NAMED, "", inode);
	return fd;
}

uint32_t revoke_own_netns(void)
{
	struct stat st;

	return stat("/proc/self/ns/net", &st) < 0 ? 0 : (uint32_t)st.st_ino;
}
