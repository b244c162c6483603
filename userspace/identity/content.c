/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files whose content is to be verified once and believed for as long as inode, ctime and size stay. That
 * needs a file system that changes the ctime with every change of content, whoever makes it:
 *
 *  - ext4, xfs, btrfs, f2fs, as mounted on the host; not on a loop device, whose backing file somebody may
 *    write to, and not overlayfs, FUSE or network file systems, which do not see all changes.
 *  - tmpfs only for files that nobody but root may write: what is written there through a shared mapping
 *    changes no time.
 *  - nobody has the file open for writing (a read lease is given only then), since a mapping made before
 *    could still be written through; and the ctime is not of this moment, since two changes within one tick
 *    of the clock have the same.
 *
 * Nothing here waits for a file server: a file is opened to be read only after its device was compared.
 */
#include "identity/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/clock.h"

#define LOOP_MAJOR 7
#define NS_PER_SEC 1000000000ll
#define SETTLED_NS 100000000ll /* longer than any tick of the kernel's clock */

static bool is_known_type(const char *type)
{
	static const char *const known[] = {
		"ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "tmpfs"
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(type, known[i]) == 0)
			return true;
	return false;
}

/* Whether a line of mountinfo is of that device; its file system's type. */
static bool mount_line(const char *line, uint64_t dev, char type[32])
{
	const char *rest = strstr(line, " - ");
	unsigned int major, minor;

	/* NOLINTNEXTLINE(cert-err34-c): the kernel prints numbers that fit */
	return rest && sscanf(line, "%*s %*s %u:%u", &major, &minor) == 2 &&
	       ((uint64_t)major << 20 | minor) == dev && sscanf(rest, " - %31s", type) == 1;
}

static int check_device(uint64_t dev)
{
	_cleanup_fclose_ FILE *f = NULL;
	_cleanup_free_ char *line = NULL;
	char type[32];
	size_t size = 0;

	if (dev >> 20 == LOOP_MAJOR)
		return -EOPNOTSUPP;
	f = fopen("/proc/self/mountinfo", "re");
	if (!f)
		return -errno;
	while (getline(&line, &size, f) >= 0)
		if (mount_line(line, dev, type))
			return is_known_type(type) ? 0 : -EOPNOTSUPP;
	return -EOPNOTSUPP;
}

/* What the process runs: /proc/PID/exe leads there without a name. */
static int find_by_process(const struct postern_process *record)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "/proc/%" PRIu32 "/exe", record->tgid);
	return open(path, O_PATH | O_CLOEXEC);
}

/* Only names that the kernel has at hand: nothing is asked of a disk or of a server. */
static int find_by_path(const struct postern_process *record)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC | O_NOFOLLOW,
				.resolve = RESOLVE_CACHED | RESOLVE_NO_MAGICLINKS };
	char path[POSTERN_PATH_SHORT + 1] = { 0 };

	if (record->exe_len >= POSTERN_PATH_SHORT || record->exe[0] != '/')
		return -1;
	memcpy(path, record->exe, record->exe_len);
	return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

static bool is_file(int fd, const struct postern_digest_key *key)
{
	uint64_t dev, ino;

	return fd >= 0 && file_device(fd, &dev, &ino) == 0 && dev == key->file.dev &&
	       ino == key->file.ino;
}

static int find(const struct postern_digest_key *key, const struct postern_process *record)
{
	_cleanup_close_ int fd = find_by_process(record);

	if (!is_file(fd, key)) {
		cleanup_close(&fd);
		fd = find_by_path(record);
	}
	return is_file(fd, key) ? TAKE_FD(fd) : -ESTALE;
}

static uint64_t ctime_of(const struct stat *st)
{
	return (uint64_t)st->st_ctim.tv_sec * NS_PER_SEC + (uint64_t)st->st_ctim.tv_nsec;
}

static int check_content(int fd, const struct postern_digest_key *key, struct stat *ret)
{
	struct postern_file_key file;
	int r = identity_file_key(fd, &file);

	if (r < 0)
		return r;
	if (fstat(fd, ret) < 0)
		return -errno;
	return memcmp(&file, &key->file, sizeof(file)) == 0 && ctime_of(ret) == key->ctime_ns &&
			       (uint64_t)ret->st_size == key->size
		       ? 0
		       : -ESTALE;
}

static int check_settled(const struct postern_digest_key *key)
{
	int64_t age = clock_real_ms() * 1000000 - (int64_t)key->ctime_ns;

	return llabs(age) > SETTLED_NS ? 0 : -EAGAIN;
}

/* On tmpfs, writing through a mapping changes no time. */
static int check_writers(int fd, const struct stat *st)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return -errno;
	if (fs.f_type == TMPFS_MAGIC && (st->st_uid != 0 || st->st_mode & (S_IWGRP | S_IWOTH)))
		return -EOPNOTSUPP;
	if (fcntl(fd, F_SETLEASE, F_RDLCK) == 0)
		return 0;
	return errno == EAGAIN ? -EAGAIN : -EOPNOTSUPP;
}

static int reopen(int found)
{
	char path[40];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", found);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOATIME);
	return fd < 0 ? -errno : fd;
}

int identity_content_open(const struct postern_digest_key *key,
			  const struct postern_process *record, int *ret_fd)
{
	_cleanup_close_ int found = -1, fd = -1;
	struct stat st;
	int r = check_device(key->file.dev);

	if (r == 0)
		r = check_settled(key);
	if (r < 0)
		return r;
	found = find(key, record);
	if (found < 0)
		return found;
	fd = reopen(found);
	if (fd < 0)
		return fd;
	r = check_content(fd, key, &st);
	if (r == 0)
		r = check_writers(fd, &st);
	/* once more: now nobody writes, and what was written before the lease shows */
	if (r == 0)
		r = check_content(fd, key, &st);
	if (r == 0)
		*ret_fd = TAKE_FD(fd);
	return r;
}

bool identity_content_holds(int fd, const struct postern_digest_key *key)
{
	struct stat st;

	return check_content(fd, key, &st) == 0 && fcntl(fd, F_GETLEASE) == F_RDLCK;
}
