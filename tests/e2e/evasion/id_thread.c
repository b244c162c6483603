// SPDX-License-Identifier: BSD-2-Clause
/* Who one is inside one process: credentials of threads, user namespaces, names, a forged executable. */
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/prctl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "namespace.h"

static int drop(void)
{
	if (setgroups(0, NULL) || setresgid(UID_NOBODY, UID_NOBODY, UID_NOBODY) ||
	    setresuid(UID_NOBODY, UID_NOBODY, UID_NOBODY))
		return errno;
	return 0;
}

/* Only this thread is nobody; the process still is root. */
static void *as_nobody(void *arg)
{
	struct scene *s = arg;

	if (syscall(SYS_setresuid, UID_NOBODY, UID_NOBODY, UID_NOBODY))
		return (void *)(long)errno;
	return (void *)(long)plain_tcp(s, FAR4, PORT_ROOT);
}

static int in_thread(void *(*fn)(void *), struct scene *s)
{
	pthread_t thread;
	void *r;

	if (pthread_create(&thread, NULL, fn, s) || pthread_join(thread, &r))
		return EAGAIN;
	return (int)(long)r;
}

static int thread_uid(struct scene *s)
{
	return in_thread(as_nobody, s);
}

static int uid_after_socket(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), r = drop();

	return r ? r : stream_to(s, fd, FAR4, PORT_ROOT);
}

static int uid_after_socket_udp(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), r = drop();

	return r ? r : send_to(s, fd, FAR4, PORT_ROOT);
}

/* Connected as root, used as nobody. */
static int uid_after_connect(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), r;
	socklen_t len;
	union address to = address_of(FAR4, PORT_ROOT, &len);

	r = connect_soon(fd, &to.any, len);
	r = r ? r : drop();
	return r ? r : send_mark(s, fd);
}

static int userns_root(struct scene *s)
{
	int r = become_root_of_own(0);

	return r ? r : plain_tcp(s, FAR4, PORT_ROOT);
}

static int setns_net(struct scene *s)
{
	int r = enter_net(NET_FAR);

	return r ? r : plain_udp(s, FAR4, PORT);
}

static int comm_forged(struct scene *s)
{
	(void)prctl(PR_SET_NAME, "allowed");
	return plain_tcp(s, FAR4, PORT_ALLOWED);
}

static int argv_forged(struct scene *s)
{
	const char *path = path_in(s, "bin/argv_forged");

	(void)execl(path, path_in(s, "bin/allowed"), "send", s->name, "7006", (char *)NULL);
	return errno;
}

/* The leader has ended, the thread goes on. */
static void *without_leader(void *arg)
{
	(void)usleep(20000);
	_exit(plain_tcp(arg, FAR4, PORT));
}

static int dead_leader(struct scene *s)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, without_leader, s))
		return EAGAIN;
	(void)syscall(SYS_exit, 0);
	return 0;
}

struct range {
	char *from;
	size_t n;
	int protection;
};

/* What of this process's memory is its own executable. */
static size_t own_ranges(struct range *list, size_t max)
{
	char line[512], flags[8], self[256] = "";
	unsigned long from, to;
	size_t n = 0;
	FILE *f = fopen("/proc/self/maps", "re");

	(void)!readlink("/proc/self/exe", self, sizeof(self) - 1);
	while (f && fgets(line, sizeof(line), f) && n < max) {
		if (!strstr(line, self) || sscanf(line, "%lx-%lx %7s", &from, &to, flags) != 3)
			continue;
		list[n++] = (struct range){ (char *)from, to - from,
					    (flags[0] == 'r' ? PROT_READ : 0) |
						    (flags[1] == 'w' ? PROT_WRITE : 0) |
						    (flags[2] == 'x' ? PROT_EXEC : 0) };
	}
	if (f)
		(void)fclose(f);
	return n;
}

/* The same bytes, but no longer of the file: else the kernel keeps the name. */
static int leave_file(void)
{
	struct range list[16];
	size_t n = own_ranges(list, 16);
	char *copy;

	for (size_t i = 0; i < n; i++) {
		copy = mmap(NULL, list[i].n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);
		if (copy == MAP_FAILED)
			return errno;
		memcpy(copy, list[i].from, list[i].n);
		if (mprotect(copy, list[i].n, list[i].protection) ||
		    mremap(copy, list[i].n, list[i].n, MREMAP_MAYMOVE | MREMAP_FIXED,
			   list[i].from) == MAP_FAILED)
			return errno;
	}
	return n ? 0 : ENOENT;
}

/* Fields of /proc/self/stat that the kernel wants back. */
static int read_map(struct prctl_mm_map *m)
{
	unsigned long long v[53] = { 0 };
	char text[2048] = "", *at, *rest;
	int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC), n = 3;

	(void)!read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	rest = strrchr(text, ')');
	for (rest = rest ? rest + 4 : NULL; rest && n < 52 && (at = strsep(&rest, " "));)
		v[++n] = strtoull(at, NULL, 10);
	*m = (struct prctl_mm_map){ .start_code = v[26],
				    .end_code = v[27],
				    .start_data = v[45],
				    .end_data = v[46],
				    .start_brk = v[47],
				    .brk = (unsigned long)sbrk(0),
				    .start_stack = v[28],
				    .arg_start = v[48],
				    .arg_end = v[49],
				    .env_start = v[50],
				    .env_end = v[51] };
	return v[51] ? 0 : EIO;
}

/* The kernel is told that this is another executable. */
static int exe_forged(struct scene *s)
{
	struct prctl_mm_map m;
	int r = become_root_of_own(0);

	r = r ? r : read_map(&m);
	r = r ? r : leave_file();
	m.exe_fd = (unsigned)open(path_in(s, "bin/allowed"), O_RDONLY);
	if (r == 0 && prctl(PR_SET_MM, PR_SET_MM_MAP, &m, sizeof(m), 0))
		r = errno;
	return r ? r : plain_tcp(s, FAR4, PORT_ALLOWED);
}

#define PLAIN(n)                                                                                   \
	{                                                                                          \
		.name = #n, .inside = n                                                            \
	}

const struct attempt attempts_thread[] = {
	PLAIN(thread_uid),
	PLAIN(uid_after_socket),
	PLAIN(uid_after_socket_udp),
	PLAIN(uid_after_connect),
	{ .name = "userns_root", .inside = userns_root, .uid = UID_NOBODY },
	PLAIN(setns_net),
	PLAIN(comm_forged),
	PLAIN(argv_forged),
	PLAIN(dead_leader),
	{ .name = "exe_forged", .inside = exe_forged, .uid = UID_NOBODY },
	{ 0 },
};
