/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Links and their pins. A cgroup link is updated to a new program in place. A tracepoint's link has
 * no update: the new one is attached first and then takes the old one's pin by rename, so that for a
 * moment both follow and at no moment none does.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "loader/object.h"

static void link_path(char *to, const char *pin, const char *name, const char *suffix)
{
	(void)snprintf(to, PIN_PATH_MAX, "%s/links/%s%s", pin, name, suffix);
}

static int link_new(const struct loader *l, size_t i)
{
	if (programs[i].kind == PROGRAM_FOLLOWS)
		return bpf_raw_tracepoint_open(NULL, l->program_fd[i]);
	return bpf_link_create(l->program_fd[i], l->cgroup_fd, l->attach_type[i], NULL);
}

/*
 * Pins under a name of its own and renames: an older pin is replaced at once. A bpffs takes no dots in
 * names.
 */
static int link_pin(const struct loader *l, size_t i, int fd)
{
	char path[PIN_PATH_MAX], fresh[PIN_PATH_MAX];
	int r;

	link_path(path, l->pin, programs[i].name, "");
	link_path(fresh, l->pin, programs[i].name, "-new");
	(void)unlink(fresh);
	r = bpf_obj_pin(fd, fresh);
	if (r == 0 && rename(fresh, path) < 0) {
		r = -errno;
		(void)unlink(fresh);
	}
	return r;
}

/* A new link takes the place of the old one, pin and all. */
static int link_replace(struct loader *l, size_t i)
{
	_cleanup_close_ int fd = link_new(l, i);
	int r = fd < 0 ? fd : link_pin(l, i, fd);

	if (r < 0)
		return r;
	if (l->link_fd[i] >= 0)
		(void)close(l->link_fd[i]);
	l->link_fd[i] = TAKE_FD(fd);
	/* what was opened before nobody wrote it down */
	return strcmp(programs[i].name, "postern_create") == 0 ? adopt_older(l) : 0;
}

static void link_complain(struct diags *d, size_t i, int r)
{
	diag_error(d, "loader-attach", NOWHERE, "postern doctor says what this kernel lacks",
		   "cannot attach %s: %s", programs[i].attach, strerror(-r));
}

static bool link_is_pinned(const struct loader *l, size_t i)
{
	char path[PIN_PATH_MAX];

	link_path(path, l->pin, programs[i].name, "");
	return access(path, F_OK) == 0;
}

/* Whether a pinned program sees that tracepoint: of those that share one, each does alone. */
static bool is_seen(const struct loader *l, const char *attach)
{
	for (size_t i = 0; i < PROGRAMS; i++)
		if (strcmp(programs[i].attach, attach) == 0 && link_is_pinned(l, i))
			return true;
	return false;
}

/* An older version's pins can lack a program of ours, which is no gap if it has another for that. */
static bool is_gap(const struct loader *l)
{
	for (size_t i = 0; i < PROGRAMS; i++)
		if (programs[i].kind == PROGRAM_FOLLOWS && !is_seen(l, programs[i].attach))
			return true;
	return false;
}

/* Follows processes; *ret_gap: that was not so all the time since they were latched. */
int links_follow(struct loader *l, bool *ret_gap, struct diags *d)
{
	const bool gap = is_gap(l);
	char path[PIN_PATH_MAX];
	size_t i;
	int r;

	(void)snprintf(path, sizeof(path), "%s/links", l->pin);
	r = dir_make(path, 0700);
	for (i = 0; i < PROGRAMS && r == 0; i++) {
		if (programs[i].kind != PROGRAM_FOLLOWS)
			continue;
		r = link_replace(l, i);
		if (r < 0)
			link_complain(d, i, r);
	}
	if (r == 0)
		*ret_gap = gap;
	return r;
}

/* Whether a pinned link still hangs where we want it: another root can have detached it. */
static bool link_is_ours(const struct loader *l, int fd)
{
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &len) == 0 && info.type == BPF_LINK_TYPE_CGROUP &&
	       info.cgroup.cgroup_id == l->cgroup_id;
}

static int link_adopt(struct loader *l, size_t i)
{
	char path[PIN_PATH_MAX];
	_cleanup_close_ int fd = -1;
	int r;

	link_path(path, l->pin, programs[i].name, "");
	fd = bpf_obj_get(path);
	if (fd < 0 || !link_is_ours(l, fd))
		return link_replace(l, i);
	r = bpf_link_update(fd, l->program_fd[i], NULL);
	if (r == 0)
		l->link_fd[i] = TAKE_FD(fd);
	return r;
}

/* Brings every hook to the new program, if any hook was pinned. 0 or -errno. */
int links_adopt(struct loader *l, struct diags *d)
{
	bool any = false;
	size_t i;
	int r = 0;

	for (i = 0; i < PROGRAMS; i++)
		any |= programs[i].kind == PROGRAM_DECIDES && link_is_pinned(l, i);
	for (i = 0; any && i < PROGRAMS && r == 0; i++) {
		if (programs[i].kind != PROGRAM_DECIDES || l->absent[i])
			continue;
		r = link_adopt(l, i);
		if (r < 0)
			link_complain(d, i, r);
	}
	return r;
}

/* Takes hooks off again: those of `which`. */
void links_drop(struct loader *l, const bool *which)
{
	char path[PIN_PATH_MAX];
	size_t i;

	for (i = 0; i < PROGRAMS; i++) {
		if (!which[i] || l->link_fd[i] < 0)
			continue;
		link_path(path, l->pin, programs[i].name, "");
		/* at once: the kernel lets go of a link that nobody has later, in its own time */
		(void)bpf_link_detach(l->link_fd[i]);
		(void)unlink(path);
		(void)close(l->link_fd[i]);
		l->link_fd[i] = -1;
	}
}

/* Attaches the hooks that are not; all or none of those. 0 or -errno. */
int links_attach(struct loader *l, struct diags *d)
{
	bool fresh[PROGRAMS] = { false };
	size_t i;
	int r;

	for (i = 0; i < PROGRAMS; i++) {
		if (programs[i].kind != PROGRAM_DECIDES || l->absent[i] || l->link_fd[i] >= 0)
			continue;
		r = link_replace(l, i);
		/* attached, it may have failed all the same: see there */
		fresh[i] = l->link_fd[i] >= 0;
		if (r < 0) {
			link_complain(d, i, r);
			links_drop(l, fresh);
			return r;
		}
	}
	return 0;
}

/* Whether a pin is there and leads to this very link. */
static bool link_has_pin(const struct loader *l, size_t i)
{
	struct bpf_link_info ours = { 0 }, pinned = { 0 };
	uint32_t len = sizeof(ours);
	char path[PIN_PATH_MAX];
	_cleanup_close_ int fd = -1;

	link_path(path, l->pin, programs[i].name, "");
	fd = bpf_obj_get(path);
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &pinned, &len) < 0)
		return false;
	len = sizeof(ours);
	return bpf_obj_get_info_by_fd(l->link_fd[i], &ours, &len) == 0 && ours.id == pinned.id;
}

/* Puts right one link that was ours, and counts what had to be done. 0 or -errno. */
static int link_mend(struct loader *l, size_t i, struct loader_mended *ret)
{
	int r;

	if (!link_runs(l, i, program_id(l->program_fd[i]))) {
		ret->hook = programs[i].name;
		r = link_replace(l, i);
		ret->attached += r == 0;
		return r;
	}
	if (link_has_pin(l, i))
		return 0;
	r = link_pin(l, i, l->link_fd[i]);
	ret->pinned += r == 0;
	return r;
}

/* Every link that we have had since it was attached. */
void links_mend(struct loader *l, struct loader_mended *ret)
{
	char path[PIN_PATH_MAX];
	size_t i;

	(void)snprintf(path, sizeof(path), "%s/links", l->pin);
	(void)dir_make(path, 0700);
	for (i = 0; i < PROGRAMS; i++) {
		if (l->link_fd[i] < 0 || l->absent[i] || programs[i].kind == PROGRAM_GUARDS)
			continue;
		if (link_mend(l, i, ret) < 0)
			ret->failed++;
	}
}
