// SPDX-License-Identifier: BSD-2-Clause
/* See drive.h. */
#include "drive.h"

#include "attempt.h"
#include "receive.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LIMIT_MS 60000
#define GRACE_SENT_MS 1000
#define GRACE_STOPPED_MS 30
#define SLACK_MS 20 /* of the two clocks that events and we go by */
#define EARLY_MAX 16

/* An attempt under way. */
struct run {
	const struct attempt *attempt;
	int inside, outside; /* pids; 0: none */
	int line; /* our end of an early one's socket; -1 */
};

static char place[512]; /* the cgroup of the attempts, below the governed one */
static struct run early[EARLY_MAX];

static long now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void set_ends(int outside)
{
	/* Of itself dup2() would leave it to be closed at exec. */
	if (outside == FD_OUTSIDE ? fcntl(outside, F_SETFD, 0) : dup2(outside, FD_OUTSIDE) < 0)
		_exit(250);
	for (int fd = FD_OUTSIDE + 1; fd < 64; fd++)
		(void)close(fd);
}

static void take_uid(int uid)
{
	if (uid == 0)
		return;
	if (setgroups(0, NULL) || setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
		_exit(251);
}

/* Becomes the program of the attempt, in the cgroup and on the near side. */
static void run_inside(const struct attempt *a, const char *below, int outside)
{
	char path[512];
	const char *dir = getenv("EVASION_DIR");

	set_ends(outside);
	if (enter_cgroup(below) || enter_net(NET_NEAR))
		_exit(252);
	if (chdir("/"))
		_exit(252);
	take_uid(a->uid);
	(void)snprintf(path, sizeof(path), "%s/bin/%s", dir ? dir : "", a->name);
	(void)execl(path, path, "attempt", a->name, (char *)NULL);
	_exit(253);
}

static void run_outside(const struct attempt *a, int inside)
{
	struct scene s;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	set_ends(inside);
	scene_read(&s, a->name);
	_exit(a->outside(&s));
}

static struct run start(const struct attempt *a, const char *below)
{
	struct run run = { .attempt = a, .line = -1 };
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
		perror("socketpair");
		exit(1);
	}
	if (a->outside) {
		run.outside = fork();
		if (run.outside == 0)
			run_outside(a, ends[1]);
	}
	run.inside = fork();
	if (run.inside == 0)
		run_inside(a, below, ends[0]);
	(void)close(ends[0]);
	if (a->early)
		run.line = ends[1];
	else
		(void)close(ends[1]);
	return run;
}

/* Not by cgroup.kill: on some kernels that also kills whoever is cloned into another cgroup later. */
static void kill_all(const char *path)
{
	char file[600];
	FILE *f;
	int pid, found = 1;

	(void)snprintf(file, sizeof(file), "%s/cgroup.procs", path);
	for (int tries = 0; found && tries < 100; tries++) {
		found = 0;
		f = fopen(file, "re");
		while (f && fscanf(f, "%d", &pid) == 1)
			found += kill(pid, SIGKILL) == 0;
		if (f)
			(void)fclose(f);
		if (found)
			(void)usleep(1000);
	}
}

static void remove_below(const char *path)
{
	char below[512];
	DIR *dir = opendir(path);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		(void)snprintf(below, sizeof(below), "%.255s/%.255s", path, e->d_name);
		kill_all(below);
		remove_below(below);
		for (int n = 0; rmdir(below) && errno == EBUSY && n < 50; n++)
			(void)usleep(2000);
	}
	if (dir)
		(void)closedir(dir);
}

/* Ends whatever the attempt left behind. */
static void clear(const struct run *run, const char *below)
{
	kill_all(below);
	if (run->outside) {
		(void)kill(run->outside, SIGKILL);
		(void)waitpid(run->outside, NULL, 0);
	}
	remove_below(below);
}

/* Its exit status; 255 when it took too long. */
static int wait_inside(int pid)
{
	struct pollfd p = { (int)syscall(SYS_pidfd_open, pid, 0), POLLIN, 0 };
	int status, late = poll(&p, 1, LIMIT_MS) != 1;

	if (late)
		(void)kill(pid, SIGKILL);
	(void)close(p.fd);
	(void)waitpid(pid, &status, 0);
	if (late)
		return 255;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 254;
}

static bool arrives(const struct attempt *a, int status)
{
	struct scene s;
	long end = now_ms() + (status == 0 ? GRACE_SENT_MS : GRACE_STOPPED_MS);

	scene_read(&s, a->name);
	do {
		if (ledger_has(s.mark, s.mark_len))
			return true;
		(void)usleep(2000);
	} while (now_ms() < end);
	return false;
}

static const struct run *early_run(const struct attempt *a)
{
	for (int i = 0; i < EARLY_MAX; i++)
		if (early[i].attempt == a)
			return &early[i];
	return NULL;
}

/* As the controller writes the time of an event; `shift_ms` from now. */
static const char *time_text(int shift_ms)
{
	static char texts[2][40];
	static unsigned turn;
	char *text = texts[turn++ % 2];
	struct timespec t;
	struct tm tm;
	long ms;
	size_t n;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	ms = t.tv_sec * 1000 + t.tv_nsec / 1000000 + shift_ms;
	t.tv_sec = ms / 1000;
	n = strftime(text, sizeof(texts[0]), "%FT%T", gmtime_r(&t.tv_sec, &tm));
	(void)snprintf(text + n, sizeof(texts[0]) - n, ".%03dZ", (int)(ms % 1000));
	return text;
}

static void one(const struct attempt *a)
{
	const struct run *before = early_run(a);
	const char *began = time_text(-SLACK_MS);
	struct run run = before ? *before : start(a, place);
	int status;
	bool arrived;

	if (before)
		(void)say_word(run.line, 'g');
	status = wait_inside(run.inside);
	arrived = arrives(a, status);
	(void)printf("%s %s %d %s %s\n", a->name, arrived ? "arrived" : "stopped", status, began,
		     time_text(SLACK_MS));
	(void)fflush(stdout);
	if (!before)
		clear(&run, place);
}

/* All names, or those in `names`, to `fn`. */
static void each(char **names, void (*fn)(const struct attempt *))
{
	const struct attempt *a;

	for (size_t n = 0; !names[0] && (a = attempt_at(n)); n++)
		fn(a);
	for (; *names; names++) {
		a = attempt_named(*names);
		if (a)
			fn(a);
		else
			(void)printf("%s unknown 0 0\n", *names);
	}
}

static void begin_early(const struct attempt *a)
{
	char below[600];

	(void)snprintf(below, sizeof(below), "%s-%s", place, a->name);
	for (int i = 0; a->early && i < EARLY_MAX; i++) {
		if (early[i].attempt)
			continue;
		early[i] = start(a, below);
		(void)take_word(early[i].line);
		return;
	}
}

static void end_early(void)
{
	char below[600];

	for (int i = 0; i < EARLY_MAX && early[i].attempt; i++) {
		(void)snprintf(below, sizeof(below), "%s-%s", place, early[i].attempt->name);
		clear(&early[i], below);
		(void)rmdir(below);
	}
}

static void hold(const char *dir)
{
	char file[512];

	(void)snprintf(file, sizeof(file), "%s/hold", dir);
	(void)puts("ready");
	(void)fflush(stdout);
	while (access(file, F_OK) == 0)
		(void)usleep(20000);
}

int drive(char **words)
{
	int r;

	(void)setenv("EVASION_DIR", words[0], 1);
	(void)setenv("EVASION_CGROUP", words[1], 1);
	(void)setenv("EVASION_ROUND", words[2], 1);
	(void)snprintf(place, sizeof(place), "%s/now", words[1]);
	(void)mkdir(place, 0755);
	r = ledger_make() ? errno : receive_start();
	if (r) {
		(void)fprintf(stderr, "receivers: %s\n", strerror(r));
		return 1;
	}
	each(words + 3, begin_early);
	hold(words[0]);
	each(words + 3, one);
	end_early();
	ledger_print();
	receive_stop();
	(void)rmdir(place);
	return 0;
}
