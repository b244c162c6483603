/* SPDX-License-Identifier: BSD-2-Clause */
/* See scratch.h. */
#include "scratch.h"

#include "cm.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "compiled.h"

#define WORDS_MAX 48
#define AWAIT_TRIES 2000 /* of 5 ms */

/* Where cgroups of version 2 are mounted, whatever the machine mounts besides. */
static void cgroup_mount(char *ret, size_t n)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[1024], at[128];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (strstr(line, " - cgroup2 ") && sscanf(line, "%*s %*s %*s %*s %127s", at) == 1) {
			(void)snprintf(ret, n, "%s", at);
			return;
		}
	}
	fail_msg("no cgroup2 is mounted: mount -t cgroup2 cgroup2 /sys/fs/cgroup");
}

static void cgroup_remove(const char *path)
{
	const struct timespec moment = { .tv_nsec = 10000000 };
	char below[512];
	_cleanup_closedir_ DIR *dir = opendir(path);
	const struct dirent *e;
	int tries;

	while (dir && (e = readdir(dir))) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		(void)snprintf(below, sizeof(below), "%.240s/%.255s", path, e->d_name);
		cgroup_remove(below);
	}
	/* a process that has just been reaped can still be in it */
	for (tries = 0; dir && rmdir(path) < 0 && errno == EBUSY && tries < 100; tries++)
		(void)nanosleep(&moment, NULL);
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static void clear(struct scratch *s)
{
	(void)loader_detach(&s->cfg);
	(void)umount2(s->pin, MNT_DETACH);
	cgroup_remove(s->cgroup);
	(void)nftw(s->dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

void scratch_open(struct scratch *s, const char *name)
{
	char mount[128];

	memset(s, 0, sizeof(*s));
	cgroup_mount(mount, sizeof(mount));
	(void)snprintf(s->dir, sizeof(s->dir), "/tmp/postern-test-%.32s", name);
	(void)snprintf(s->pin, sizeof(s->pin), "%.100s/pin", s->dir);
	(void)snprintf(s->cgroup, sizeof(s->cgroup), "%.120s/postern-test-%.32s", mount, name);
	s->cfg = (struct loader_config){ .cgroup = s->cgroup, .pin = s->pin };
	clear(s);
	assert_int_equal(dir_make(s->dir, 0755), 0);
	assert_int_equal(dir_make(s->cgroup, 0755), 0);
}

void scratch_close(struct scratch *s)
{
	loader_close(&s->loader);
	clear(s);
}

static void must(int r, const struct diags *d, const char *what)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	if (r == 0)
		return;
	diags_render(d, &text, false);
	fail_msg("%s: %s\n%s", what, strerror(-r), text.data ? text.data : "");
}

void scratch_load(struct scratch *s)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	must(loader_open(&s->cfg, &d, &s->loader), &d, "load");
}

void scratch_unload(struct scratch *s)
{
	loader_close(&s->loader);
}

uint32_t scratch_apply(struct scratch *s, const char *policies, const char *entities,
		       const struct binding *binding)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_compiled_ struct compiled c = { 0 };
	uint32_t id = 0;

	compiled_make(&c, policies, entities, binding);
	must(c.err, &c.diags, "compile");
	must(loader_apply(s->loader, c.image, &d, &id), &d, "apply");
	return id;
}

bool scratch_has(struct scratch *s, const char *hook)
{
	struct loader_hook hooks[64];
	size_t n = loader_hooks(s->loader, hooks, 64);

	for (size_t i = 0; i < n; i++)
		if (strcmp(hooks[i].name, hook) == 0)
			return hooks[i].attached;
	fail_msg("no hook %s", hook);
	return false;
}

void scratch_program(struct scratch *s, const char *name, char *ret)
{
	_cleanup_close_ int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), to = -1;
	struct stat st;
	off_t done = 0;

	(void)snprintf(ret, 256, "%.120s/%.100s", s->dir, name);
	to = open(ret, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	assert_true(from >= 0 && to >= 0 && fstat(from, &st) == 0);
	while (done < st.st_size)
		assert_true(sendfile(to, from, &done, (size_t)(st.st_size - done)) > 0);
}

void scratch_enter(const struct scratch *s, const char *below)
{
	char path[512];
	int fd;

	(void)snprintf(path, sizeof(path), "%.255s/%.200s", s->cgroup, below ? below : "");
	(void)mkdir(path, 0755);
	(void)strncat(path, "/cgroup.procs", sizeof(path) - strlen(path) - 1);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		_exit(254);
	(void)close(fd);
}

pid_t scratch_start(struct scratch *s, const char *below, const char *program,
		    const char *const *words)
{
	const char *argv[WORDS_MAX + 3] = { program, "--actor" };
	pid_t pid;
	size_t n;

	for (n = 0; words[n] && n < WORDS_MAX; n++)
		argv[n + 2] = words[n];
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		scratch_enter(s, below);
		(void)execv(program, (char *const *)argv);
		_exit(253);
	}
	return pid;
}

int scratch_wait(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 252;
}

void scratch_stop(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	(void)kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
}

pid_t scratch_spawn(struct scratch *s, const char *below, const char *program, const char *words)
{
	const char *list[WORDS_MAX + 1] = { NULL };
	char copy[1024], *rest = copy, *word;
	size_t n = 0;

	(void)snprintf(copy, sizeof(copy), "%s", words);
	while (n < WORDS_MAX && (word = strsep(&rest, " ")))
		list[n++] = word;
	return scratch_start(s, below, program, list);
}

int scratch_run(struct scratch *s, const char *below, const char *program, const char *words)
{
	return scratch_wait(scratch_spawn(s, below, program, words));
}

void scratch_touch(struct scratch *s, const char *name)
{
	_cleanup_close_ int fd = -1;
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%.100s", s->dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
}

void scratch_await(struct scratch *s, const char *name)
{
	const struct timespec moment = { .tv_nsec = 5000000 };
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%.100s", s->dir, name);
	while (access(path, F_OK) != 0)
		(void)nanosleep(&moment, NULL);
}

struct denials {
	struct postern_event last;
	size_t n;
};

static void denial_take(const struct postern_event *e, void *arg)
{
	struct denials *seen = arg;

	if (e->verdict == POSTERN_ALLOW)
		return;
	seen->last = *e;
	seen->n++;
}

size_t scratch_denials(struct scratch *s, struct postern_event *ret_last)
{
	struct denials seen = { 0 };

	assert_true(loader_events(s->loader, denial_take, &seen) >= 0);
	if (ret_last)
		*ret_last = seen.last;
	return seen.n;
}

size_t scratch_await_denial(struct scratch *s, struct postern_event *ret_last)
{
	const struct timespec moment = { .tv_nsec = 5000000 };
	size_t n = 0;

	for (int i = 0; i < AWAIT_TRIES && n == 0; i++) {
		n = scratch_denials(s, ret_last);
		if (n == 0)
			(void)nanosleep(&moment, NULL);
	}
	assert_true(n > 0);
	return n;
}
