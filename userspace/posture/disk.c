/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether what lies on disks can be read by whoever takes them out: the root file system, and swap. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "posture/collect.h"

/* What is mounted at /. */
struct mounted {
	unsigned major, minor;
	char type[64], source[1024];
};

/* "36 35 98:0 / / rw,noatime shared:1 - ext4 /dev/root rw": whether it is of "/". See proc(5). */
static bool mount_line(const char *line, struct mounted *ret)
{
	struct mounted m = { 0 };
	char point[8];
	const char *dash = strstr(line, " - ");

	if (!dash || sscanf(line, "%*u %*u %u:%u %*s %7s", &m.major, &m.minor, point) != 3 ||
	    strcmp(point, "/") != 0 || sscanf(dash, " - %63s %1023s", m.type, m.source) != 2)
		return false;
	*ret = m;
	return true;
}

/* The last line of "/" is the mount on top. 0, -ENOENT, -errno. */
static int root_mount(const struct posture_view *v, struct mounted *ret)
{
	_cleanup_free_ char *text = NULL;
	char *line, *rest = NULL;
	int r = source_text(v, "/proc/self/mountinfo", SOURCE_TABLE_MAX, &text);
	bool found = false;

	if (r < 0)
		return r;
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		found |= mount_line(line, ret);
	return found ? 0 : -ENOENT;
}

/* Every device of the btrfs that `name` is one of. */
static void btrfs_encrypted(const struct posture_view *v, const char *name,
			    struct posture_reading *ret)
{
	_cleanup_free_ char(*all)[SOURCE_NAME_SIZE] = NULL, (*devices)[SOURCE_NAME_SIZE] = NULL;
	char path[1024], sysfs[1024];
	size_t n = 0, n_devices = 0, i;

	(void)source_names(v, "/sys/fs/btrfs", SOURCE_NAMES_MAX, &all, &n);
	for (i = 0; i < n; i++) {
		_cleanup_close_ int fd = -1;

		(void)snprintf(path, sizeof(path), "/sys/fs/btrfs/%s/devices/%s", all[i], name);
		fd = source_open(v, path, O_PATH);
		if (fd >= 0)
			break;
	}
	(void)snprintf(path, sizeof(path), "/sys/fs/btrfs/%s/devices", i < n ? all[i] : "");
	if (i == n || source_names(v, path, SOURCE_NAMES_MAX, &devices, &n_devices) < 0) {
		reading_say(ret, POSTURE_UNKNOWN, "cannot tell which devices the btrfs of %s has",
			    name);
		return;
	}
	for (i = 0; i < n_devices; i++) {
		(void)snprintf(sysfs, sizeof(sysfs), "/sys/class/block/%s", devices[i]);
		if (device_encrypted(v, sysfs, ret) != POSTURE_GOOD)
			return;
	}
}

/* A file system without a number of its own: btrfs has one per subvolume. */
static void source_encrypted(const struct posture_view *v, const struct mounted *m,
			     struct posture_reading *ret)
{
	char name[SOURCE_NAME_SIZE], sysfs[1024];
	int r = device_name(v, m->source, name);

	if (r < 0) {
		reading_say(ret, POSTURE_UNKNOWN, "/ is %s on %s: cannot tell what that stands on",
			    m->type, m->source);
		return;
	}
	if (strcmp(m->type, "btrfs") == 0) {
		btrfs_encrypted(v, name, ret);
		return;
	}
	(void)snprintf(sysfs, sizeof(sysfs), "/sys/class/block/%s", name);
	(void)device_encrypted(v, sysfs, ret);
}

static void number_encrypted(const struct posture_view *v, unsigned major, unsigned minor,
			     struct posture_reading *ret)
{
	char sysfs[64];

	(void)snprintf(sysfs, sizeof(sysfs), "/sys/dev/block/%u:%u", major, minor);
	(void)device_encrypted(v, sysfs, ret);
}

void collect_disk_encrypted(const struct posture_view *v, const struct collector *c,
			    struct posture_reading *ret)
{
	struct mounted m;
	int r = root_mount(v, &m);

	(void)c;
	if (r < 0)
		reading_unknown(ret, "/proc/self/mountinfo", r);
	else if (m.major == 0)
		source_encrypted(v, &m, ret);
	else
		number_encrypted(v, m.major, m.minor, ret);
}

/* A file is as well hidden as the device that it lies on. */
static void swap_file(const struct posture_view *v, const char *path, struct posture_reading *ret)
{
	_cleanup_close_ int fd = source_open(v, path, O_PATH);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		reading_unknown(ret, path, fd < 0 ? fd : -errno);
	else
		number_encrypted(v, major(st.st_dev), minor(st.st_dev), ret);
}

/* "/dev/dm-1  partition  8388604  0  -2" */
static void swap_line(const struct posture_view *v, const char *line, struct posture_reading *ret)
{
	char path[1024], type[16], name[SOURCE_NAME_SIZE], sysfs[1024];
	int r;

	if (sscanf(line, "%1023s %15s", path, type) != 2) {
		reading_unknown(ret, "/proc/swaps", -EBADMSG);
		return;
	}
	if (strcmp(type, "file") == 0) {
		swap_file(v, path, ret);
		return;
	}
	r = device_name(v, path, name);
	if (r < 0) {
		reading_unknown(ret, path, r);
		return;
	}
	if (strncmp(name, "zram", 4) == 0) {
		reading_say(ret, POSTURE_GOOD, "%s stays in memory", name);
		return;
	}
	(void)snprintf(sysfs, sizeof(sysfs), "/sys/class/block/%s", name);
	(void)device_encrypted(v, sysfs, ret);
}

void collect_swap_encrypted(const struct posture_view *v, const struct collector *c,
			    struct posture_reading *ret)
{
	_cleanup_free_ char *text = NULL;
	char *line, *rest = NULL;
	int r = source_text(v, "/proc/swaps", SOURCE_TABLE_MAX, &text);

	(void)c;
	if (r < 0) {
		reading_unknown(ret, "/proc/swaps", r);
		return;
	}
	reading_say(ret, POSTURE_GOOD, "there is no swap");
	line = strtok_r(text, "\n", &rest); /* the heading */
	while ((line = strtok_r(NULL, "\n", &rest))) {
		swap_line(v, line, ret);
		if (ret->answer != POSTURE_GOOD)
			return;
	}
}
