// SPDX-License-Identifier: BSD-2-Clause
/*
 * Files that stand where an allowed program's file stood. bin/digested is permitted by its path and
 * sha256; what takes its place is another content. Everything is put back.
 */
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "namespace.h"

/* Another content that runs alike. */
static int changed_copy(const struct scene *s, const char *to)
{
	int r = copy_file(path_in(s, "bin/allowed"), to), fd;

	fd = open(to, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0 || write(fd, "changed", 7) != 7)
		r = errno;
	(void)close(fd);
	return r;
}

static int hard_link(struct scene *s)
{
	const char *path = path_in(s, "tmp/hard_link");

	(void)unlink(path);
	if (link(path_in(s, "bin/allowed"), path))
		return errno;
	return become(s, path, PORT_ALLOWED);
}

/* A name like the allowed one's leads to this program. */
static int symbolic_link(struct scene *s)
{
	const char *path = path_in(s, "tmp/allowed");

	(void)unlink(path);
	if (symlink(path_in(s, "bin/symbolic_link"), path))
		return errno;
	return become(s, path, PORT_ALLOWED);
}

static int copied(struct scene *s)
{
	const char *path = path_in(s, "tmp/copied");
	int r = copy_file(path_in(s, "bin/allowed"), path);

	return r ? r : become(s, path, PORT_ALLOWED);
}

/* Over the allowed path, in a mount namespace that nobody had to be asked for. */
static int bind_mounted(struct scene *s)
{
	const char *allowed = path_in(s, "bin/allowed");
	int r = become_root_of_own(CLONE_NEWNS);

	if (r == 0 && mount(path_in(s, "bin/bind_mounted"), allowed, NULL, MS_BIND, NULL))
		r = errno;
	return r ? r : become(s, allowed, PORT_ALLOWED);
}

/* A whole tree over bin/, in which another file has the allowed name. */
static int overlaid(struct scene *s)
{
	const char *upper = path_in(s, "tmp/overlay");
	char file[600], options[2000];
	int r = have_own_mounts();

	(void)mkdir(upper, 0755);
	if (r == 0 && mount("tmpfs", upper, "tmpfs", 0, NULL))
		r = errno;
	(void)snprintf(file, sizeof(file), "%s/upper", upper);
	(void)mkdir(file, 0755);
	(void)snprintf(file, sizeof(file), "%s/work", upper);
	(void)mkdir(file, 0755);
	(void)snprintf(file, sizeof(file), "%s/upper/allowed", upper);
	r = r ? r : changed_copy(s, file);
	(void)snprintf(options, sizeof(options),
		       "lowerdir=%s/bin,upperdir=%s/upper,workdir=%s/work", s->dir, upper, upper);
	if (r == 0 && mount("overlay", path_in(s, "bin"), "overlay", 0, options))
		r = errno;
	return r ? r : become(s, path_in(s, "bin/allowed"), PORT_ALLOWED);
}

/* --- the digest --------------------------------------------------------------------------------- */

/* By the same path, after `replace` has put another content there; `restore` puts the old one back. */
static int with_changed(struct scene *s,
			int (*replace)(const struct scene *, const char *, const char *))
{
	const char *path = path_in(s, "bin/digested"), *other = path_in(s, "tmp/changed"),
		   *kept = path_in(s, "tmp/kept"), *half = path_in(s, "tmp/half");
	int r = changed_copy(s, other);

	/* Somebody was ended before he had put it back: what lies there is not what is to be kept. */
	if (access(kept, F_OK) == 0) {
		(void)umount2(path, MNT_DETACH);
		(void)rename(kept, path);
	}
	r = r ? r : copy_file(path, half);
	if (r == 0 && rename(half, kept))
		r = errno;
	r = r ? r : replace(s, path, other);
	r = r ? r : run_sender(s, path, PORT_DIGEST);
	(void)umount2(path, MNT_DETACH);
	(void)rename(kept, path);
	return r;
}

static int put_by_rename(const struct scene *s, const char *path, const char *other)
{
	(void)s;
	return rename(other, path) ? errno : 0;
}

static int put_by_write(const struct scene *s, const char *path, const char *other)
{
	(void)s;
	return copy_file(other, path);
}

static int put_by_mount(const struct scene *s, const char *path, const char *other)
{
	(void)s;
	return mount(other, path, NULL, MS_BIND, NULL) ? errno : 0;
}

/* Removed and made anew: file systems give the same number again. Its times are made up. */
static int put_by_number(const struct scene *s, const char *path, const char *other)
{
	struct stat st;
	struct timespec times[2];
	int r;

	(void)s;
	if (stat(path, &st) || unlink(path))
		return errno;
	r = copy_file(other, path);
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	(void)utimensat(AT_FDCWD, path, times, 0);
	return r;
}

static int digest_renamed(struct scene *s)
{
	return with_changed(s, put_by_rename);
}

static int digest_written(struct scene *s)
{
	return with_changed(s, put_by_write);
}

static int digest_mounted(struct scene *s)
{
	return with_changed(s, put_by_mount);
}

static int digest_remade(struct scene *s)
{
	return with_changed(s, put_by_number);
}

#define PLAIN(n)                                                                                   \
	{                                                                                          \
		.name = #n, .inside = n                                                            \
	}

const struct attempt attempts_file[] = {
	PLAIN(copied),
	PLAIN(hard_link),
	PLAIN(symbolic_link),
	{ .name = "bind_mounted", .inside = bind_mounted, .uid = UID_NOBODY },
	PLAIN(overlaid),
	PLAIN(digest_renamed),
	PLAIN(digest_written),
	PLAIN(digest_mounted),
	PLAIN(digest_remade),
	{ 0 },
};
