// SPDX-License-Identifier: BSD-2-Clause
/* See scene.h: who the attempt is, and sending its mark. */
#include "scene.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is refused does not come; where nothing is, a busy machine may take its time. */
#define CONNECT_MS 400
#define CONNECT_PATIENT_MS 3000

static const char *env_of(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "";
}

static int connect_ms(void)
{
	const char *round = env_of("EVASION_ROUND");

	return strcmp(round, "bare") == 0 || strcmp(round, "allow") == 0 ? CONNECT_PATIENT_MS
									 : CONNECT_MS;
}

void scene_read(struct scene *s, const char *name)
{
	*s = (struct scene){ .name = name,
			     .round = env_of("EVASION_ROUND"),
			     .dir = env_of("EVASION_DIR"),
			     .cgroup = env_of("EVASION_CGROUP"),
			     .outside = FD_OUTSIDE };
	(void)snprintf(s->mark, sizeof(s->mark), "postern:%s:%s;", s->round, name);
	s->mark_len = strlen(s->mark);
}

/* Of the story that runs, so that two stories are not in each other's way. */
const char *net_file(const char *side)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "/run/netns/%s-%s", env_of("EVASION_NET"), side);
	return path;
}

uint16_t port_of_attempts(void)
{
	const char *text = getenv("EVASION_PORT");

	return text ? (uint16_t)strtoul(text, NULL, 10) : PORT_NOBODY;
}

union address address_of(const char *text, uint16_t port, socklen_t *ret_len)
{
	union address a = { .v4 = { .sin_family = AF_INET, .sin_port = htons(port) } };

	*ret_len = sizeof(a.v4);
	if (inet_pton(AF_INET, text, &a.v4.sin_addr) == 1)
		return a;
	a = (union address){ .v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) } };
	*ret_len = sizeof(a.v6);
	(void)inet_pton(AF_INET6, text, &a.v6.sin6_addr);
	return a;
}

int connect_soon(int fd, const struct sockaddr *to, socklen_t len)
{
	struct pollfd p = { fd, POLLOUT, 0 };
	int flags = fcntl(fd, F_GETFL), r;
	socklen_t size = sizeof(r);

	if (fd < 0)
		return errno;
	(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	r = connect(fd, to, len) ? errno : 0;
	if (r == EINPROGRESS) {
		if (poll(&p, 1, connect_ms()) <= 0)
			return ETIMEDOUT;
		(void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &r, &size);
	}
	(void)fcntl(fd, F_SETFL, flags);
	return r;
}

int send_mark(const struct scene *s, int fd)
{
	return send(fd, s->mark, s->mark_len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? errno : 0;
}

int stream_to(const struct scene *s, int fd, const char *text, uint16_t port)
{
	struct pollfd p = { fd, POLLIN, 0 };
	socklen_t len;
	union address to = address_of(text, port, &len);
	int r = fd < 0 ? errno : connect_soon(fd, &to.any, len);

	r = r ? r : send_mark(s, fd);
	/* What is sent is on its way before the socket is closed. */
	if (r == 0) {
		(void)shutdown(fd, SHUT_WR);
		(void)poll(&p, 1, connect_ms());
	}
	if (fd >= 0)
		(void)close(fd);
	return r;
}

int connect_and_send(const struct scene *s, int fd, const char *text, uint16_t port)
{
	socklen_t len;
	union address to = address_of(text, port, &len);
	int r = fd < 0 ? errno : connect_soon(fd, &to.any, len);

	r = r ? r : send_mark(s, fd);
	if (fd >= 0)
		(void)close(fd);
	return r;
}

int send_to(const struct scene *s, int fd, const char *text, uint16_t port)
{
	socklen_t len;
	union address to = address_of(text, port, &len);
	int r = fd < 0 ? errno : 0;

	if (r == 0 && sendto(fd, s->mark, s->mark_len, 0, &to.any, len) < 0)
		r = errno;
	if (fd >= 0)
		(void)close(fd);
	return r;
}

static int family_of(const char *text)
{
	return strchr(text, ':') ? AF_INET6 : AF_INET;
}

int plain_tcp(const struct scene *s, const char *text, uint16_t port)
{
	return stream_to(s, socket(family_of(text), SOCK_STREAM, 0), text, port);
}

int plain_udp(const struct scene *s, const char *text, uint16_t port)
{
	return send_to(s, socket(family_of(text), SOCK_DGRAM, 0), text, port);
}
