// SPDX-License-Identifier: BSD-2-Clause
/* The enforcer itself: other programs on its hooks, its links and maps, its controller. All as root. */
#include "attempt.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpfcall.h"

/* Attaches `program` at connect4 of a cgroup, then connects and takes it away again. */
static int beside(struct scene *s, int program, const char *cgroup, unsigned flags, uint16_t port)
{
	int at = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;

	if (program < 0)
		return -program;
	r = bpfcall_attach(program, at, flags);
	/* Not being let in is no success: the connect still is tried. */
	if (r && r != EPERM)
		return r;
	int tried = plain_tcp(s, FAR4, port);

	if (r == 0)
		(void)bpfcall_detach(program, at);
	return tried;
}

static const char *own(const struct scene *s)
{
	static char path[512];

	(void)snprintf(path, sizeof(path), "%s/now", s->cgroup);
	return path;
}

/* Where the enforcer's programs are: the governed cgroup, or the root. */
static const char *attached(const struct scene *s)
{
	const char *path = getenv("EVASION_ATTACHED");

	return path ? path : s->cgroup;
}

static int child_allows(struct scene *s)
{
	return beside(s, bpfcall_returns(1), own(s), 0, PORT);
}

static int child_overrides(struct scene *s)
{
	return beside(s, bpfcall_returns(1), own(s), BPFCALL_OVERRIDE, PORT);
}

static int child_undoes(struct scene *s)
{
	return beside(s, bpfcall_undoes(), own(s), BPFCALL_MULTI, PORT);
}

/* Later in the order of the same cgroup: the error is taken back. */
static int later_undoes(struct scene *s)
{
	return beside(s, bpfcall_undoes(), attached(s), BPFCALL_MULTI, PORT);
}

static int later_rewrites(struct scene *s)
{
	return beside(s, bpfcall_rewrites(inet_addr(OTHER4), htons(PORT)), attached(s),
		      BPFCALL_MULTI, PORT_APPROVED);
}

static int child_rewrites(struct scene *s)
{
	return beside(s, bpfcall_rewrites(inet_addr(OTHER4), htons(PORT)), own(s), BPFCALL_MULTI,
		      PORT_APPROVED);
}

#define AGAIN_TRIES 100
#define AGAIN_US 100000

/* The controller attaches them again, for which it has a second; more on a busy machine. */
static int link_detached(struct scene *s)
{
	int had = bpfcall_links(attached(s)), r = bpfcall_detach_links(attached(s));

	for (int i = 0; i < AGAIN_TRIES && bpfcall_links(attached(s)) < had; i++)
		(void)usleep(AGAIN_US);
	return r ? r : plain_tcp(s, FAR4, PORT);
}

/* What is known of an allowed program is written over what is known of this one. */
static int identity_written(struct scene *s)
{
	const char *path = path_in(s, "bin/allowed");
	int pid = fork(), r;

	if (pid == 0) {
		(void)execl(path, path, "hold", s->name, "0", (char *)NULL);
		_exit(errno);
	}
	(void)usleep(100000);
	r = bpfcall_copy_process(attached(s), (uint32_t)pid, (uint32_t)getpid());
	r = r ? r : plain_tcp(s, FAR4, PORT_ALLOWED);
	(void)kill(pid, SIGKILL);
	return r;
}

static int unpinned(struct scene *s)
{
	char command[700];
	const char *pin = getenv("EVASION_PIN");

	(void)snprintf(command, sizeof(command), "rm -rf '%s'", pin ? pin : "/nowhere");
	return system(command) ? EIO : plain_tcp(s, FAR4, PORT);
}

static int controller(struct scene *s, int sig)
{
	char text[32] = "";
	int fd = open(path_in(s, "controller"), O_RDONLY | O_CLOEXEC), pid;

	(void)!read(fd, text, sizeof(text) - 1);
	pid = atoi(text);
	if (pid > 1)
		(void)kill(pid, sig);
	(void)usleep(50000);
	return plain_tcp(s, FAR4, PORT);
}

static int controller_killed(struct scene *s)
{
	return controller(s, SIGKILL);
}

static int controller_stopped(struct scene *s)
{
	return controller(s, SIGSTOP);
}

/* Both at once: nobody is left who would put it back. */
static int killed_and_detached(struct scene *s)
{
	int r = controller(s, SIGKILL);

	r = bpfcall_detach_links(attached(s));
	return r ? r : plain_tcp(s, FAR4, PORT);
}

#define PLAIN(n)                                                                                   \
	{                                                                                          \
		.name = #n, .inside = n                                                            \
	}

const struct attempt attempts_enforcer[] = {
	PLAIN(child_allows),
	PLAIN(child_overrides),
	PLAIN(child_undoes),
	PLAIN(child_rewrites),
	PLAIN(later_undoes),
	PLAIN(later_rewrites),
	PLAIN(controller_stopped),
	PLAIN(controller_killed),
	PLAIN(link_detached),
	PLAIN(identity_written),
	PLAIN(unpinned),
	PLAIN(killed_and_detached),
	{ 0 },
};
