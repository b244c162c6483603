/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Block devices in sysfs: what one stands on (`slaves`, and the disk of a partition), down to a layer of
 * dm-crypt on every way, or to one that is not.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "posture/collect.h"

enum { LAYERS_MAX = 8, DEVICES_MAX = 64, SYSFS_PATH_MAX = 1024 };

struct walk {
	const struct posture_view *view;
	struct posture_reading *reading;
	unsigned left; /* devices that may still be looked at: layers can fan out */
};

/* Kinds of dm-crypt: the prefix CRYPT- alone also stands for integrity and verity, which hide nothing. */
static bool is_encrypted(const struct posture_view *v, const char *sysfs)
{
	static const char *const kinds[] = {
		"CRYPT-LUKS1-",	 "CRYPT-LUKS2-", "CRYPT-PLAIN-",   "CRYPT-LOOPAES-",
		"CRYPT-TCRYPT-", "CRYPT-BITLK-", "CRYPT-FVAULT2-",
	};
	_cleanup_free_ char *uuid = NULL;
	char path[SYSFS_PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/dm/uuid", sysfs);
	if (source_text(v, path, SOURCE_TEXT_MAX, &uuid) < 0)
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strncmp(uuid, kinds[i], strlen(kinds[i])) == 0)
			return true;
	return false;
}

static bool exists(const struct posture_view *v, const char *path)
{
	_cleanup_close_ int fd = source_open(v, path, O_PATH);

	return fd >= 0;
}

static enum posture_answer walk(struct walk *w, const char *sysfs, unsigned layer);

static enum posture_answer walk_slaves(struct walk *w, const char *sysfs, unsigned layer)
{
	_cleanup_free_ char(*names)[SOURCE_NAME_SIZE] = NULL;
	char path[SYSFS_PATH_MAX];
	size_t n = 0;
	int r;

	(void)snprintf(path, sizeof(path), "%s/slaves", sysfs);
	r = source_names(w->view, path, DEVICES_MAX, &names, &n);
	if (r < 0 && r != -ENOENT) {
		reading_unknown(w->reading, path, r);
		return w->reading->answer;
	}
	if (n == 0) {
		reading_say(w->reading, POSTURE_BAD, "%s is not encrypted", sysfs);
		return POSTURE_BAD;
	}
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "/sys/class/block/%s", names[i]);
		if (walk(w, path, layer + 1) != POSTURE_GOOD)
			return w->reading->answer;
	}
	return POSTURE_GOOD;
}

/* A partition stands on its disk, which can be a layer itself. */
static enum posture_answer walk(struct walk *w, const char *sysfs, unsigned layer)
{
	char path[SYSFS_PATH_MAX];

	if (layer > LAYERS_MAX || w->left == 0) {
		reading_say(w->reading, POSTURE_UNKNOWN, "%s: a loop, or more layers than %d",
			    sysfs, LAYERS_MAX);
		return POSTURE_UNKNOWN;
	}
	w->left--;
	if (!exists(w->view, sysfs)) {
		reading_unknown(w->reading, sysfs, -ENOENT);
		return POSTURE_UNKNOWN;
	}
	if (is_encrypted(w->view, sysfs)) {
		reading_say(w->reading, POSTURE_GOOD, "%s is dm-crypt", sysfs);
		return POSTURE_GOOD;
	}
	(void)snprintf(path, sizeof(path), "%s/partition", sysfs);
	if (!exists(w->view, path))
		return walk_slaves(w, sysfs, layer);
	(void)snprintf(path, sizeof(path), "%s/..", sysfs);
	return walk(w, path, layer + 1);
}

enum posture_answer device_encrypted(const struct posture_view *v, const char *sysfs,
				     struct posture_reading *r)
{
	struct walk w = { v, r, DEVICES_MAX };

	return walk(&w, sysfs, 0);
}

/* The last component of what a path is or, for a link, leads to. */
static void last_name(const struct posture_view *v, const char *path, char ret[SOURCE_NAME_SIZE])
{
	_cleanup_close_ int fd = source_open(v, path, O_PATH | O_NOFOLLOW);
	char target[SYSFS_PATH_MAX];
	ssize_t n = fd < 0 ? -1 : readlinkat(fd, "", target, sizeof(target) - 1);
	const char *slash;

	if (n > 0) {
		target[n] = '\0';
		path = target;
	}
	slash = strrchr(path, '/');
	(void)snprintf(ret, SOURCE_NAME_SIZE, "%.*s", SOURCE_NAME_SIZE - 1,
		       slash ? slash + 1 : path);
}

/* The name of the device-mapper device that is called `called`. */
static int mapped_name(const struct posture_view *v, const char *called, char ret[SOURCE_NAME_SIZE])
{
	_cleanup_free_ char(*names)[SOURCE_NAME_SIZE] = NULL;
	size_t n = 0;
	int r = source_names(v, "/sys/class/block", SOURCE_NAMES_MAX, &names, &n);

	for (size_t i = 0; i < n && r == 0; i++) {
		_cleanup_free_ char *name = NULL;
		char path[SYSFS_PATH_MAX];

		if (strncmp(names[i], "dm-", 3) != 0)
			continue;
		(void)snprintf(path, sizeof(path), "/sys/class/block/%s/dm/name", names[i]);
		if (source_text(v, path, SOURCE_TEXT_MAX, &name) == 0 &&
		    strcmp(name, called) == 0) {
			memcpy(ret, names[i], SOURCE_NAME_SIZE);
			return 0;
		}
	}
	return r < 0 ? r : -ENOENT;
}

int device_name(const struct posture_view *v, const char *path, char ret[SOURCE_NAME_SIZE])
{
	char name[SOURCE_NAME_SIZE], sysfs[SYSFS_PATH_MAX];

	if (strncmp(path, "/dev/", 5) != 0)
		return -ENODEV;
	last_name(v, path, name);
	if (!name[0] || name[0] == '.')
		return -ENODEV;
	(void)snprintf(sysfs, sizeof(sysfs), "/sys/class/block/%s", name);
	if (!exists(v, sysfs))
		return mapped_name(v, name, ret);
	memcpy(ret, name, sizeof(name));
	return 0;
}
