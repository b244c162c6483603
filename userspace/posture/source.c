/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sources below the root. A path and the links in it cannot lead out of it; a FIFO or a device that
 * somebody put where a file should be neither blocks nor is read.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/file.h"
#include "posture/collect.h"

int source_open(const struct posture_view *v, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned)flags | O_CLOEXEC | (flags & O_PATH ? 0 : O_NONBLOCK | O_NOCTTY),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, v->root, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

int source_read(const struct posture_view *v, const char *path, size_t max, char **ret,
		size_t *ret_len)
{
	_cleanup_close_ int fd = source_open(v, path, O_RDONLY);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	return file_read_fd(fd, max, ret, ret_len);
}

int source_text(const struct posture_view *v, const char *path, size_t max, char **ret)
{
	_cleanup_free_ char *text = NULL;
	size_t len = 0;
	int r = source_read(v, path, max, &text, &len);

	if (r < 0)
		return r;
	if (memchr(text, '\0', len))
		return -EBADMSG;
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		text[--len] = '\0';
	*ret = TAKE_PTR(text);
	return 0;
}

int source_number(const struct posture_view *v, const char *path, uint64_t *ret)
{
	_cleanup_free_ char *text = NULL;
	int r = source_text(v, path, SOURCE_TEXT_MAX, &text);
	unsigned long long n;
	char *end;

	if (r < 0)
		return r;
	if (!isdigit((unsigned char)text[0]))
		return -EBADMSG;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || *end)
		return -EBADMSG;
	*ret = n;
	return 0;
}

bool source_is_number(const struct posture_view *v, const char *path, uint64_t wanted)
{
	uint64_t n;

	return source_number(v, path, &n) == 0 && n == wanted;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Entries in the order of the directory; errno and the end of it are told apart. */
static int list(DIR *dir, size_t max, char (*names)[SOURCE_NAME_SIZE], size_t *ret_n)
{
	const struct dirent *e;
	size_t n = 0;

	while ((errno = 0, e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		if (n == max)
			return -E2BIG;
		(void)snprintf(names[n++], SOURCE_NAME_SIZE, "%s", e->d_name);
	}
	if (errno)
		return -errno;
	*ret_n = n;
	return 0;
}

int source_names(const struct posture_view *v, const char *path, size_t max,
		 char (**ret)[SOURCE_NAME_SIZE], size_t *ret_n)
{
	_cleanup_free_ char(*names)[SOURCE_NAME_SIZE] = calloc(max, SOURCE_NAME_SIZE);
	_cleanup_close_ int fd = source_open(v, path, O_RDONLY | O_DIRECTORY);
	_cleanup_closedir_ DIR *dir = NULL;
	size_t n = 0;
	int r;

	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir || !names)
		return -ENOMEM;
	fd = -1;
	r = list(dir, max, names, &n);
	if (r < 0)
		return r;
	qsort(names, n, SOURCE_NAME_SIZE, by_bytes);
	*ret = TAKE_PTR(names);
	*ret_n = n;
	return 0;
}
