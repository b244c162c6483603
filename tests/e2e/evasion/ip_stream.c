// SPDX-License-Identifier: BSD-2-Clause
/* TCP in all its forms of address and of opening. */
#include "attempt.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#define MAPPED "::ffff:" FAR4
#define PORT_SELF 7120

static int tcp4(struct scene *s)
{
	return plain_tcp(s, FAR4, PORT);
}

static int tcp6(struct scene *s)
{
	return plain_tcp(s, FAR6, PORT);
}

static int tcp_mapped(struct scene *s)
{
	return plain_tcp(s, MAPPED, PORT);
}

/* What the denying policy lets through: the receivers and the permits work, it is about who asks. */
static int control_address(struct scene *s)
{
	return plain_tcp(s, FAR4, PORT_APPROVED);
}

static int control_address6(struct scene *s)
{
	return plain_tcp(s, FAR6, PORT_APPROVED);
}

static int control_user(struct scene *s)
{
	return plain_tcp(s, FAR4, PORT_ROOT);
}

static int control_program(struct scene *s)
{
	return become(s, path_in(s, "bin/allowed"), PORT_ALLOWED);
}

/* The first time its content is not verified yet: one that stays is what the controller reads. */
static int control_digest(struct scene *s)
{
	const char *path = path_in(s, "bin/digested");
	int r = EPERM, pid = fork();

	if (pid == 0) {
		(void)execl(path, path, "hold", s->name, "0", (char *)NULL);
		_exit(errno);
	}
	for (int tries = 0; r == EPERM && tries < 30; tries++) {
		r = run_sender(s, path, PORT_DIGEST);
		(void)usleep(r ? 100000 : 0);
	}
	(void)kill(pid, SIGKILL);
	return r;
}

static int control_script(struct scene *s)
{
	return become(s, path_in(s, "good/script"), PORT_SCRIPT);
}

/* After the connect the socket becomes one of the other family. */
static int tcp_addrform(struct scene *s)
{
	int fd = socket(AF_INET6, SOCK_STREAM, 0), family = AF_INET, r;
	socklen_t len;
	union address to = address_of(MAPPED, PORT, &len);

	r = connect_soon(fd, &to.any, len);
	if (r == 0 && setsockopt(fd, IPPROTO_IPV6, IPV6_ADDRFORM, &family, sizeof(family)))
		r = errno;
	return r ? r : send_mark(s, fd);
}

static int fast_open_send(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t len;
	union address to = address_of(FAR4, PORT, &len);
	struct pollfd p = { fd, POLLIN, 0 };

	if (sendto(fd, s->mark, s->mark_len, MSG_FASTOPEN | MSG_NOSIGNAL, &to.any, len) < 0)
		return errno;
	(void)poll(&p, 1, 200);
	return 0;
}

static int fast_open_connect(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof(on)))
		return errno;
	return stream_to(s, fd, FAR4, PORT);
}

static int fast_open6_send(struct scene *s)
{
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	socklen_t len;
	union address to = address_of(FAR6, PORT, &len);
	struct pollfd p = { fd, POLLIN, 0 };

	if (sendto(fd, s->mark, s->mark_len, MSG_FASTOPEN | MSG_NOSIGNAL, &to.any, len) < 0)
		return errno;
	(void)poll(&p, 1, 200);
	return 0;
}

/* A socket without a listener anywhere: it is both ends. */
static int tcp_self(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
	socklen_t len;
	union address at = address_of("127.0.0.1", PORT_SELF, &len);

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, &at.any, len))
		return errno;
	return stream_to(s, fd, "127.0.0.1", PORT_SELF);
}

static int tcp_unprivileged(struct scene *s)
{
	return plain_tcp(s, FAR4, PORT_ROOT);
}

/* A connection is dissolved and the socket goes elsewhere. */
static int tcp_reconnect(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), r;
	socklen_t len;
	union address to = address_of(FAR4, PORT_APPROVED, &len);
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	r = connect_soon(fd, &to.any, len);
	if (r == 0 && connect(fd, &none, sizeof(none)))
		r = errno;
	return r ? r : stream_to(s, fd, OTHER4, PORT_APPROVED);
}

const struct attempt attempts_stream[] = {
	{ .name = "control_address", .inside = control_address },
	{ .name = "control_address6", .inside = control_address6 },
	{ .name = "control_user", .inside = control_user },
	{ .name = "control_program", .inside = control_program },
	{ .name = "control_digest", .inside = control_digest },
	{ .name = "control_script", .inside = control_script },
	{ .name = "tcp4", .inside = tcp4 },
	{ .name = "tcp6", .inside = tcp6 },
	{ .name = "tcp_mapped", .inside = tcp_mapped },
	{ .name = "tcp_addrform", .inside = tcp_addrform },
	{ .name = "tcp_self", .inside = tcp_self },
	{ .name = "tcp_reconnect", .inside = tcp_reconnect },
	{ .name = "tcp_unprivileged", .inside = tcp_unprivileged, .uid = UID_NOBODY },
	{ .name = "fast_open_send", .inside = fast_open_send },
	{ .name = "fast_open6_send", .inside = fast_open6_send },
	{ .name = "fast_open_connect", .inside = fast_open_connect },
	{ 0 },
};
