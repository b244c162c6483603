/* SPDX-License-Identifier: BSD-2-Clause */
/* Names and files of one directory. */
#include "bundle/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <postern/limits.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"

void names_free(names_t *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->items[i]);
	vec_free(names);
}

static bool ends_with(const char *name, const char *end)
{
	size_t n = strlen(name), end_len = strlen(end);

	return n >= end_len && strcmp(name + n - end_len, end) == 0;
}

/* Notes for people, version control, and what building and signing leave behind. */
static bool is_ignored(const char *name)
{
	return name[0] == '.' || ends_with(name, ".md") || ends_with(name, ".sig") ||
	       ends_with(name, ".postern");
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_name(names_t *names, const char *name)
{
	char *copy = strdup(name);
	int r = copy ? vec_push(names, copy) : -ENOMEM;

	if (r < 0)
		free(copy);
	return r;
}

/* A stream of its own: closing it must not close the caller's descriptor. NULL with errno. */
static DIR *open_stream(int fd)
{
	int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = own < 0 ? NULL : fdopendir(own);

	if (!stream && own >= 0)
		(void)close(own);
	return stream;
}

int folder_names(const struct folder_at *at, names_t *ret)
{
	_cleanup_(names_free) names_t names = { 0 };
	_cleanup_closedir_ DIR *stream = open_stream(at->fd);
	const struct dirent *entry;
	int r;

	if (!stream)
		return -errno;
	for (errno = 0; (entry = readdir(stream)); errno = 0) {
		r = is_ignored(entry->d_name) ? 0 : add_name(&names, entry->d_name);
		if (r < 0)
			return r;
	}
	if (errno)
		return -errno;
	if (names.n > 1)
		qsort(names.items, names.n, sizeof(names.items[0]), by_bytes);
	*ret = names;
	names = (names_t){ 0 };
	return 0;
}

int folder_refuse(const struct folder_at *at, const char *name, struct diags *d, const char *hint,
		  const char *text)
{
	_cleanup_free_ char *path = NULL;
	struct source place = { 0 };

	if (asprintf(&path, "%s%s%s", at->path, *name ? "/" : "", name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	place.name = path;
	diag_error(d, "bundle-file", ((struct span){ .src = &place }), hint, "%s", text);
	return -EBADMSG;
}

static int refuse_error(const struct folder_at *at, const char *name, struct diags *d, int r)
{
	switch (r) {
	case -ENOMEM:
	case -ENOENT:
		return r;
	case -ELOOP:
		return folder_refuse(
			at, name, d, "put the file itself here",
			"symbolic links are not followed, so that a bundle is what is in its "
			"directory");
	case -EFBIG:
		return folder_refuse(at, name, d, "split the file", "larger than 256 MiB");
	case -ENOTDIR:
		return folder_refuse(at, name, d, "make it a directory", "not a directory");
	default:
		return folder_refuse(at, name, d, "check its owner and permissions", strerror(-r));
	}
}

int folder_open(const struct folder_at *at, const char *name, struct diags *d)
{
	struct stat st;
	int fd;

	/* O_DIRECTORY answers ENOTDIR for a link; people should be told that it is one. */
	if (fstatat(at->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
		return refuse_error(at, name, d, -ELOOP);
	fd = openat(at->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? refuse_error(at, name, d, -errno) : fd;
}

int folder_read(const struct folder_at *at, const char *name, struct diags *d, char **ret,
		size_t *ret_len)
{
	/* O_NONBLOCK: opening a pipe must not wait for somebody to write into it. */
	_cleanup_close_ int fd =
		openat(at->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return refuse_error(at, name, d, -errno);
	if (!S_ISREG(st.st_mode))
		return folder_refuse(at, name, d, "remove it, or put a file here",
				     "not a regular file");
	r = file_read_fd(fd, POSTERN_BUNDLE_INFLATED_MAX, ret, ret_len);
	return r < 0 ? refuse_error(at, name, d, r) : 0;
}
