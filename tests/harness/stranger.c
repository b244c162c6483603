/* SPDX-License-Identifier: BSD-2-Clause */
/* See stranger.h. */
#include "stranger.h"

#include "cm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"

enum { MOMENT_MS = 300, PATIENCE_MS = 10000 };

union end {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t end_of(union end *to, const char *address, uint16_t port)
{
	memset(to, 0, sizeof(*to));
	if (strchr(address, ':')) {
		to->v6.sin6_family = AF_INET6;
		to->v6.sin6_port = htons(port);
		assert_int_equal(inet_pton(AF_INET6, address, &to->v6.sin6_addr), 1);
		return sizeof(to->v6);
	}
	to->v4.sin_family = AF_INET;
	to->v4.sin_port = htons(port);
	assert_int_equal(inet_pton(AF_INET, address, &to->v4.sin_addr), 1);
	return sizeof(to->v4);
}

static int socket_at(const char *at, int type)
{
	union end own;
	socklen_t len = end_of(&own, at, 0);
	int fd = socket(own.any.sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, &own.any, len), 0);
	return fd;
}

static int connect_within(int ms, const char *from, const char *to, uint16_t port)
{
	_cleanup_close_ int fd = socket_at(from, SOCK_STREAM);
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	union end peer;
	int error = 0;

	if (connect(fd, &peer.any, end_of(&peer, to, port)) == 0)
		return 0;
	if (errno != EINPROGRESS)
		return errno;
	if (poll(&p, 1, ms) == 0)
		return ETIMEDOUT;
	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len), 0);
	return error;
}

int stranger_connect(const char *from, const char *to, uint16_t port)
{
	return connect_within(PATIENCE_MS, from, to, port);
}

int stranger_knock(const char *from, const char *to, uint16_t port)
{
	return connect_within(MOMENT_MS, from, to, port);
}

int stranger_socket(const char *at, uint16_t *ret_port)
{
	int fd = socket_at(at, SOCK_DGRAM);
	socklen_t len = sizeof(union end);
	union end own;

	assert_int_equal(getsockname(fd, &own.any, &len), 0);
	*ret_port = ntohs(own.any.sa_family == AF_INET6 ? own.v6.sin6_port : own.v4.sin_port);
	return fd;
}

void stranger_send(int fd, const char *to, uint16_t port)
{
	union end peer;
	socklen_t len = end_of(&peer, to, port);

	assert_int_equal(sendto(fd, "x", 1, 0, &peer.any, len), 1);
}

int stranger_receive(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;

	if (poll(&p, 1, MOMENT_MS) == 0)
		return ETIMEDOUT;
	return recv(fd, &byte, 1, 0) == 1 ? 0 : errno;
}

uint16_t stranger_port(struct scratch *s, const char *name)
{
	_cleanup_fclose_ FILE *f = NULL;
	unsigned port = 0;
	char path[256];

	scratch_await(s, name);
	(void)snprintf(path, sizeof(path), "%s/%.100s", s->dir, name);
	f = fopen(path, "re");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%u", &port), 1);
	(void)unlink(path);
	return (uint16_t)port;
}
