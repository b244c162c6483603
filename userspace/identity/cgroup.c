/* SPDX-License-Identifier: BSD-2-Clause */
/* Control groups: where the hierarchy is, and what an id or a path means. */
#include "identity/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KERNFS_HANDLE_TYPE 0xfe /* FILEID_KERNFS of linux/exportfs.h: the handle is the 64-bit id */

/* Undoes mountinfo's \040 and the like, in place. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] && s[3]) {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

/*
 * The mount point in a line of mountinfo when its file system is cgroup2 (proc(5)), owned; else
 * NULL.
 */
static char *cgroup2_mount(char *line)
{
	char *kind = strstr(line, " - cgroup2 "), *point = NULL;

	if (!kind || sscanf(line, "%*s %*s %*s %*s %ms", &point) != 1)
		return NULL;
	unescape(point);
	return point;
}

int identity_cgroup_root(char **ret)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/self/mountinfo", "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	if (!f)
		return -errno;
	while (getline(&line, &size, f) >= 0) {
		char *point = cgroup2_mount(line);

		if (point) {
			*ret = point;
			return 0;
		}
	}
	return -ENOENT;
}

/* Opens a cgroup's directory by its id. */
static int open_by_id(const char *root, uint64_t id)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(id)];
	} h = { .handle = { .handle_bytes = sizeof(id), .handle_type = KERNFS_HANDLE_TYPE } };
	_cleanup_close_ int mount = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd;

	if (mount < 0)
		return -errno;
	memcpy(h.handle.f_handle, &id, sizeof(id));
	fd = open_by_handle_at(mount, &h.handle, O_PATH | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int identity_cgroup_path(const char *root, uint64_t id, char *ret, size_t size)
{
	_cleanup_close_ int fd = open_by_id(root, id);
	char magic_link[64], target[PATH_MAX];
	size_t top = strlen(root);
	const char *below;
	ssize_t n;

	if (fd < 0)
		return fd;
	(void)snprintf(magic_link, sizeof(magic_link), "/proc/self/fd/%d", fd);
	n = readlink(magic_link, target, sizeof(target) - 1);
	if (n < 0)
		return -errno;
	target[n] = '\0';
	if (strncmp(target, root, top) != 0)
		return -ENOENT;
	below = target[top] ? target + top : "/";
	if (strlen(below) >= size)
		return -ENAMETOOLONG;
	memcpy(ret, below, strlen(below) + 1);
	return 0;
}

static bool is_slice(const char *name, size_t len)
{
	static const char end[] = ".slice";
	size_t n = sizeof(end) - 1;

	return len > n && memcmp(name + len - n, end, n) == 0;
}

/* Steps over slashes to the next component; its length, 0 at the end. */
static size_t component(const char **path)
{
	*path += strspn(*path, "/");
	return strcspn(*path, "/");
}

void identity_unit_of(const char *cgroup_path, char *ret, size_t size)
{
	size_t len = component(&cgroup_path);

	while (len > 0 && is_slice(cgroup_path, len)) {
		cgroup_path += len;
		len = component(&cgroup_path);
	}
	(void)snprintf(ret, size, "%.*s", (int)len, cgroup_path);
}

void identity_slices_of(const char *cgroup_path,
			void (*fn)(const char *name, size_t len, void *arg), void *arg)
{
	size_t len = component(&cgroup_path);

	while (len > 0 && is_slice(cgroup_path, len)) {
		fn(cgroup_path, len, arg);
		cgroup_path += len;
		len = component(&cgroup_path);
	}
}
