// SPDX-License-Identifier: BSD-2-Clause
/* Sockets that somebody else made, or that were made when more was allowed. */
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- made outside, by a process that is not governed -------------------------------------------- */

static int connected(int type, uint16_t port)
{
	int fd = socket(AF_INET, type, 0), r;
	socklen_t len;
	union address to = address_of(FAR4, port, &len);

	r = connect_soon(fd, &to.any, len);
	errno = r;
	return r ? -1 : fd;
}

static int give(struct scene *s, int type, bool connects)
{
	int fd = enter_net(NET_NEAR) ? -1
		 : connects	     ? connected(type, PORT)
				     : socket(AF_INET, type, 0);

	if (fd < 0)
		return errno;
	(void)pass_fd(s->outside, fd);
	return sleep(3) ? 0 : 0;
}

static int give_connected_tcp(struct scene *s)
{
	return give(s, SOCK_STREAM, true);
}

static int give_tcp(struct scene *s)
{
	return give(s, SOCK_STREAM, false);
}

static int give_connected_udp(struct scene *s)
{
	return give(s, SOCK_DGRAM, true);
}

static int give_udp(struct scene *s)
{
	return give(s, SOCK_DGRAM, false);
}

static int scm_connected(struct scene *s)
{
	int fd = take_fd(s->outside);

	return fd < 0 ? -fd : send_mark(s, fd);
}

static int scm_unconnected_tcp(struct scene *s)
{
	int fd = take_fd(s->outside);

	return fd < 0 ? -fd : stream_to(s, fd, FAR4, PORT);
}

static int scm_unconnected_udp(struct scene *s)
{
	int fd = take_fd(s->outside);

	return fd < 0 ? -fd : send_to(s, fd, FAR4, PORT);
}

/* A listener of outside is served inside. */
static int scm_listening(struct scene *s)
{
	int fd = take_fd(s->outside), peer;
	struct pollfd p = { fd, POLLIN, 0 };
	char bytes[128];
	ssize_t n;

	if (fd < 0)
		return -fd;
	if (poll(&p, 1, 1000) != 1)
		return ETIMEDOUT;
	peer = accept(fd, NULL, NULL);
	p.fd = peer;
	if (peer < 0 || poll(&p, 1, 500) != 1)
		return peer < 0 ? errno : ETIMEDOUT;
	n = recv(peer, bytes, sizeof(bytes), 0);
	if (n <= 0 || !memmem(bytes, (size_t)n, s->name, strlen(s->name)))
		return ECONNRESET;
	ledger_note(s->mark, "inbound");
	return 0;
}

static int give_listening(struct scene *s)
{
	socklen_t len;
	union address at = address_of("0.0.0.0", PORT_IN, &len),
		      to = address_of(NEAR4, PORT_IN, &len);
	int fd, peer, on = 1;

	if (enter_net(NET_NEAR))
		return errno;
	fd = socket(AF_INET, SOCK_STREAM, 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, &at.any, len) || listen(fd, 8) || pass_fd(s->outside, fd))
		return errno;
	if (enter_net(NET_FAR))
		return errno;
	peer = socket(AF_INET, SOCK_STREAM, 0);
	if (connect_soon(peer, &to.any, len) == 0)
		(void)send(peer, s->name, strlen(s->name), MSG_NOSIGNAL);
	return sleep(3) ? 0 : 0;
}

/* The number of the other half's socket and its pid come over the line. */
static int steal(struct scene *s)
{
	struct {
		int pid, fd;
	} of;
	struct pollfd p = { s->outside, POLLIN, 0 };
	int handle, fd;

	if (poll(&p, 1, 2000) != 1 || recv(s->outside, &of, sizeof(of), 0) != sizeof(of))
		return ETIMEDOUT;
	handle = (int)syscall(SYS_pidfd_open, of.pid, 0);
	fd = (int)syscall(SYS_pidfd_getfd, handle, of.fd, 0);
	errno = fd < 0 ? errno : 0;
	return fd;
}

static int stolen_connected(struct scene *s)
{
	int fd = steal(s);

	return fd < 0 ? errno : send_mark(s, fd);
}

static int stolen_unconnected(struct scene *s)
{
	int fd = steal(s);

	return fd < 0 ? errno : stream_to(s, fd, FAR4, PORT);
}

static int be_victim(struct scene *s, bool connects)
{
	struct {
		int pid, fd;
	} of = { .pid = getpid() };

	if (enter_net(NET_NEAR))
		return errno;
	of.fd = connects ? connected(SOCK_STREAM, PORT) : socket(AF_INET, SOCK_STREAM, 0);
	if (of.fd < 0 || send(s->outside, &of, sizeof(of), 0) < 0)
		return errno;
	return sleep(3) ? 0 : 0;
}

static int victim_connected(struct scene *s)
{
	return be_victim(s, true);
}

static int victim_unconnected(struct scene *s)
{
	return be_victim(s, false);
}

/* --- among the governed: one may, the other may not ---------------------------------------------- */

/* Runs bin/allowed with a word of main.c's; its socket comes over the pair. */
static int with_allowed(struct scene *s, const char *word, int *ret_line)
{
	int ends[2], pid;
	char number[16];
	const char *path = path_in(s, "bin/allowed");

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends))
		return -errno;
	pid = fork();
	if (pid == 0) {
		(void)close(ends[0]);
		(void)snprintf(number, sizeof(number), "%d", ends[1]);
		(void)execl(path, path, word, s->name, number, (char *)NULL);
		_exit(errno);
	}
	(void)close(ends[1]);
	*ret_line = ends[0];
	return pid;
}

/* Opened by an allowed program, used by this one. */
static int opener_allowed(struct scene *s)
{
	int line, fd, pid = with_allowed(s, "open", &line);

	fd = pid < 0 ? pid : take_fd(line);
	return fd < 0 ? -fd : stream_to(s, fd, FAR4, PORT_ALLOWED);
}

/* Connected by an allowed program, used by this one. */
static int connector_allowed(struct scene *s)
{
	int line, fd, pid = with_allowed(s, "connect", &line);

	fd = pid < 0 ? pid : take_fd(line);
	return fd < 0 ? -fd : send_mark(s, fd);
}

/* Opened by this one, used by an allowed program. */
static int user_allowed(struct scene *s)
{
	int line, pid = with_allowed(s, "use", &line), fd = socket(AF_INET, SOCK_STREAM, 0);

	if (pid < 0 || fd < 0 || pass_fd(line, fd))
		return errno;
	return wait_status(pid);
}

/* Opened by this one, which then becomes the allowed program: "use-fd". */
static int kept_over_exec(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char number[16];
	const char *path = path_in(s, "bin/allowed");

	(void)snprintf(number, sizeof(number), "%d", fd);
	(void)execl(path, path, "use-fd", s->name, number, (char *)NULL);
	return errno;
}

/* The allowed program opens one and becomes this one, which main.c's "keep" starts with a number. */
static int kept_from_allowed(struct scene *s)
{
	const char *path = path_in(s, "bin/allowed"), *fd = getenv("EVASION_KEPT");

	if (fd)
		return stream_to(s, atoi(fd), FAR4, PORT_ALLOWED);
	(void)execl(path, path, "keep", s->name, "0", (char *)NULL);
	return errno;
}

/* --- older than the policy ------------------------------------------------------------------------ */

static int go_on(struct scene *s, int fd)
{
	if (fd < 0)
		return errno;
	(void)say_word(FD_OUTSIDE, 'r');
	for (int n = 0; n < 300 && take_word(s->outside) == -ETIMEDOUT; n++)
		;
	return send_mark(s, fd);
}

static int old_tcp(struct scene *s)
{
	return go_on(s, connected(SOCK_STREAM, PORT));
}

static int old_udp(struct scene *s)
{
	return go_on(s, connected(SOCK_DGRAM, PORT));
}

static int old_unconnected(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)say_word(FD_OUTSIDE, 'r');
	for (int n = 0; n < 300 && take_word(s->outside) == -ETIMEDOUT; n++)
		;
	return send_to(s, fd, FAR4, PORT);
}

static int old_raw(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_UDP);
	socklen_t len;
	union address to = address_of(FAR4, 0, &len);

	if (fd >= 0)
		(void)connect(fd, &to.any, len);
	return go_on(s, fd);
}

#define BOTH(n, i, o)                                                                              \
	{                                                                                          \
		.name = #n, .inside = i, .outside = o                                              \
	}
#define PLAIN(n)                                                                                   \
	{                                                                                          \
		.name = #n, .inside = n                                                            \
	}
#define EARLY(n)                                                                                   \
	{                                                                                          \
		.name = #n, .inside = n, .early = true                                             \
	}

const struct attempt attempts_passed[] = {
	BOTH(scm_connected_tcp, scm_connected, give_connected_tcp),
	BOTH(scm_connected_udp, scm_connected, give_connected_udp),
	BOTH(scm_unconnected_tcp, scm_unconnected_tcp, give_tcp),
	BOTH(scm_unconnected_udp, scm_unconnected_udp, give_udp),
	BOTH(scm_listening, scm_listening, give_listening),
	BOTH(pidfd_connected, stolen_connected, victim_connected),
	BOTH(pidfd_unconnected, stolen_unconnected, victim_unconnected),
	PLAIN(opener_allowed),
	PLAIN(connector_allowed),
	PLAIN(user_allowed),
	PLAIN(kept_over_exec),
	PLAIN(kept_from_allowed),
	EARLY(old_tcp),
	EARLY(old_udp),
	EARLY(old_unconnected),
	EARLY(old_raw),
	{ 0 },
};
