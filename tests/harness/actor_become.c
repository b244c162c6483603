/* SPDX-License-Identifier: BSD-2-Clause */
/* See actor_become.h. */
#include "actor_become.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BASE 10
#define WORDS_MAX 64
#define GROUP_FIRST 70000
#define LOADER "/lib64/ld-linux-x86-64.so.2"

static int take_groups(size_t n)
{
	gid_t *list = calloc(n ? n : 1, sizeof(*list));
	int r;

	if (!list)
		return ENOMEM;
	for (size_t i = 0; i < n; i++)
		list[i] = (gid_t)(GROUP_FIRST + i);
	r = setgroups(n, list) ? errno : 0;
	free(list);
	return r;
}

static int take_group(const char *word)
{
	gid_t gid = (gid_t)strtoul(word, NULL, BASE);

	return setgroups(1, &gid) ? errno : 0;
}

static int take_user(const char *word)
{
	return setuid((uid_t)strtoul(word, NULL, BASE)) ? errno : 0;
}

static int take_thread_user(const char *word)
{
	long uid = strtol(word, NULL, BASE);

	return syscall(SYS_setresuid, uid, uid, uid) ? errno : 0;
}

/* A mount namespace of its own, from which nothing comes back. */
static int take_mounts(void)
{
	if (unshare(CLONE_NEWNS))
		return errno;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ? errno : 0;
}

int actor_become(const char *step, char **w)
{
	if (strcmp(step, "uid") == 0)
		return take_user(w[0]);
	if (strcmp(step, "thread-uid") == 0)
		return take_thread_user(w[0]);
	if (strcmp(step, "gid") == 0)
		return setgid((gid_t)strtoul(w[0], NULL, BASE)) ? errno : 0;
	if (strcmp(step, "group") == 0)
		return take_group(w[0]);
	if (strcmp(step, "groups") == 0)
		return take_groups(strtoul(w[0], NULL, BASE));
	if (strcmp(step, "unshare") == 0)
		return take_mounts();
	if (strcmp(step, "userns") == 0)
		return unshare(CLONE_NEWUSER) ? errno : 0;
	if (strcmp(step, "chroot") == 0)
		return chroot(w[0]) || chdir("/") ? errno : 0;
	if (strcmp(step, "cd") == 0)
		return chdir(w[0]) ? errno : 0;
	if (strcmp(step, "bind") == 0)
		return mount(w[0], w[1], NULL, MS_BIND, NULL) ? errno : 0;
	return EINVAL;
}

/* A copy of a file that never had a name. */
static int copy_nameless(const char *path)
{
	int from = open(path, O_RDONLY | O_CLOEXEC), to = memfd_create("copy", MFD_CLOEXEC);
	ssize_t n;

	if (from < 0 || to < 0)
		return -1;
	while ((n = sendfile(to, from, NULL, 1 << 20)) > 0)
		;
	(void)close(from);
	return n < 0 ? -1 : to;
}

static const char *const ways[] = { "exec", "memfd", "deleted", "fd", "ld" };

bool actor_execs(const char *step)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i], step) == 0)
			return true;
	return false;
}

/* The words from `w` on, after a loader if there is one. */
static void exec_words(char *argv[WORDS_MAX], char *loader, char **w)
{
	size_t n = 0;

	if (loader)
		argv[n++] = loader;
	argv[n++] = w[0];
	argv[n++] = ACTOR_WORD;
	for (char **next = w + 1; *next && n + 1 < WORDS_MAX; next++)
		argv[n++] = *next;
}

int actor_exec(const char *how, char **w)
{
	char *argv[WORDS_MAX] = { NULL }, *loader = LOADER;
	int fd = -1;

	exec_words(argv, strcmp(how, "ld") == 0 ? loader : NULL, w);
	if (strcmp(how, "exec") == 0 || strcmp(how, "ld") == 0) {
		(void)execv(argv[0], argv);
		return errno;
	}
	if (strcmp(how, "fd") == 0) {
		/* stays open: an interpreter opens it by that name */
		fd = open(w[0], O_RDONLY);
	} else if (strcmp(how, "memfd") == 0) {
		fd = copy_nameless(w[0]);
	} else {
		fd = open(w[0], O_RDONLY | O_CLOEXEC);
		(void)unlink(w[0]);
	}
	(void)syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
	return errno;
}
