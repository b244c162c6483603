// SPDX-License-Identifier: BSD-2-Clause
/* Where one is: other cgroups, and names of units and containers that one gave oneself. */
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CONTAINER "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* A cgroup beside the governed one, which the story makes. */
static const char *beside(const struct scene *s)
{
	static char path[512];

	(void)snprintf(path, sizeof(path), "%s-beside", s->cgroup);
	return path;
}

static int cgroup_left(struct scene *s)
{
	int r = enter_cgroup(beside(s));

	return r ? r : plain_tcp(s, FAR4, PORT);
}

/* The socket was made before. */
static int cgroup_left_with_socket(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), r = enter_cgroup(beside(s));

	return r ? r : stream_to(s, fd, FAR4, PORT);
}

static int cgroup_cloned_into(struct scene *s)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP, .exit_signal = 17 };
	long pid;

	args.cgroup = (unsigned long long)open(beside(s), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid < 0)
		return errno;
	if (pid == 0)
		_exit(plain_tcp(s, FAR4, PORT));
	return wait_status((int)pid);
}

/* Below the governed cgroup, under a name of one's choice. */
static const char *below(const struct scene *s, const char *name)
{
	static char path[512];

	(void)snprintf(path, sizeof(path), "%s/now/%s", s->cgroup, name);
	return path;
}

static int cgroup_thread(struct scene *s)
{
	const char *at = below(s, "threads");
	char file[600];

	if (mkdir(at, 0755))
		return errno;
	(void)snprintf(file, sizeof(file), "%s/cgroup.type", at);
	int r = write_text(file, "threaded");

	(void)snprintf(file, sizeof(file), "%s/cgroup.threads", at);
	r = r ? r : write_text(file, "0");
	return r ? r : plain_tcp(s, FAR4, PORT);
}

/* A cgroup that was given to nobody, as systemd does with Delegate=: whose names are his own from there on. */
static int delegated(struct scene *s, const char *name)
{
	char path[512], file[600];
	int r;

	(void)snprintf(path, sizeof(path), "%s", below(s, "delegated"));
	r = enter_cgroup(path);
	(void)snprintf(file, sizeof(file), "%s/cgroup.procs", path);
	if (r == 0 && (chown(path, UID_NOBODY, UID_NOBODY) || chown(file, UID_NOBODY, UID_NOBODY) ||
		       setgroups(0, NULL) || setresgid(UID_NOBODY, UID_NOBODY, UID_NOBODY) ||
		       setresuid(UID_NOBODY, UID_NOBODY, UID_NOBODY)))
		r = errno;
	(void)snprintf(file, sizeof(file), "%s/%s", path, name);
	return r ? r : enter_cgroup(file);
}

static int unit_forged(struct scene *s)
{
	int r = delegated(s, "trusted.service");

	return r ? r : plain_tcp(s, FAR4, PORT_UNIT);
}

/* The same after a slice, as systemd would have it. */
static int unit_forged_in_slice(struct scene *s)
{
	char path[600];
	int r = delegated(s, "system.slice");

	(void)snprintf(path, sizeof(path), "%s/system.slice/trusted.service",
		       below(s, "delegated"));
	r = r ? r : enter_cgroup(path);
	return r ? r : plain_tcp(s, FAR4, PORT_UNIT);
}

static int container_forged(struct scene *s)
{
	int r = delegated(s, "docker-" CONTAINER ".scope");

	return r ? r : plain_tcp(s, FAR4, PORT_CONTAINER);
}

/* Of the old hierarchy: it once took a socket's cgroup away. */
static int net_class(struct scene *s)
{
	const char *at = path_in(s, "tmp/net_cls");
	char path[600];
	int fd, r;

	(void)mkdir(at, 0755);
	if (mount("net_cls", at, "cgroup", 0, "net_cls"))
		return errno;
	(void)snprintf(path, sizeof(path), "%s/evasion", at);
	r = enter_cgroup(path);
	(void)snprintf(path, sizeof(path), "%s/evasion/net_cls.classid", at);
	r = r ? r : write_text(path, "0x100001");
	fd = socket(AF_INET, SOCK_STREAM, 0);
	r = r ? r : stream_to(s, fd, FAR4, PORT);
	(void)snprintf(path, sizeof(path), "%s/cgroup.procs", at);
	(void)write_text(path, "0");
	(void)snprintf(path, sizeof(path), "%s/evasion", at);
	(void)rmdir(path);
	(void)umount2(at, MNT_DETACH);
	return r;
}

#define PLAIN(n)                                                                                   \
	{                                                                                          \
		.name = #n, .inside = n                                                            \
	}

const struct attempt attempts_cgroup[] = {
	PLAIN(cgroup_left),
	PLAIN(cgroup_left_with_socket),
	PLAIN(cgroup_cloned_into),
	PLAIN(cgroup_thread),
	PLAIN(unit_forged),
	PLAIN(unit_forged_in_slice),
	PLAIN(container_forged),
	PLAIN(net_class),
	{ 0 },
};
