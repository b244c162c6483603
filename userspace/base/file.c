/* SPDX-License-Identifier: BSD-2-Clause */
/* Bounded reads of whole files, and mkdir -p. Writes that replace a file are in file_write.c. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

enum { READ_FIRST = 16384 };

/* What may be read: a device could block for ever or have effects. */
static int check_kind(int fd, size_t *ret_size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return -EINVAL;
	*ret_size = S_ISREG(st.st_mode) && st.st_size > 0 ? (size_t)st.st_size : 0;
	return 0;
}

/* Doubles *bytes up to `most`. 0 or -ENOMEM. */
static int grow(char **bytes, size_t *cap, size_t most)
{
	size_t larger = *cap > most / 2 ? most : *cap * 2;
	char *moved = realloc(*bytes, larger);

	if (!moved)
		return -ENOMEM;
	*bytes = moved;
	*cap = larger;
	return 0;
}

/* Reads to the end. The stat's size is only a first guess: /proc says 0, and files grow. */
static int read_all(int fd, size_t max, char **bytes, size_t cap, size_t *ret_len)
{
	size_t len = 0;

	for (;;) {
		ssize_t n = read(fd, *bytes + len, cap - len);
		int r;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		len += (size_t)n;
		if (len > max)
			return -EFBIG;
		if (n == 0)
			break;
		if (len < cap)
			continue;
		r = grow(bytes, &cap, max + 1);
		if (r < 0)
			return r;
	}
	(*bytes)[len] = '\0';
	*ret_len = len;
	return 0;
}

int fd_read_start(int fd, void *bytes, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(fd, (char *)bytes + done, len - done, (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		done += (size_t)n;
	}
	return 0;
}

int file_read_fd(int fd, size_t max, char **ret, size_t *ret_len)
{
	_cleanup_free_ char *bytes = NULL;
	size_t size = 0, cap;
	int r = check_kind(fd, &size);

	if (r < 0)
		return r;
	if (size > max || max == SIZE_MAX)
		return -EFBIG;
	/* One byte more than wanted: room for the NUL, and proof that the file ended. */
	cap = size ? size + 1 : READ_FIRST;
	cap = cap > max + 1 ? max + 1 : cap;
	bytes = malloc(cap);
	if (!bytes)
		return -ENOMEM;
	r = read_all(fd, max, &bytes, cap, ret_len);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(bytes);
	return 0;
}

int file_read(int dirfd, const char *path, size_t max, char **ret, size_t *ret_len)
{
	_cleanup_close_ int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return -errno;
	return file_read_fd(fd, max, ret, ret_len);
}

static int make_one(const char *path, mode_t mode)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	if (stat(path, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

int dir_make(const char *path, mode_t mode)
{
	_cleanup_free_ char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	for (char *p = copy; *p; p++) {
		int r;

		if (*p != '/' || p == copy)
			continue;
		*p = '\0';
		r = make_one(copy, mode);
		*p = '/';
		if (r < 0)
			return r;
	}
	return make_one(copy, mode);
}
