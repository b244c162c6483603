// SPDX-License-Identifier: BSD-2-Clause
/* connect() in all its answers, getpeername(), and what AF_UNSPEC undoes. */
#include "operation.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/un.h>
#include <unistd.h>

#define LISTENER 7311
#define NOBODY 7312

static int to(const struct kind *k, int fd, const char *text, uint16_t port)
{
	union address a = address_of(k, text, port);

	return connect(fd, &a.any, length_of(k));
}

static int listener(const struct kind *k)
{
	int fd = socket(k->family, k->type, 0), on = 1;
	union address a = address_of(k, k->loopback, LISTENER);

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, &a.any, length_of(k)) || (k->type == SOCK_STREAM && listen(fd, 8)))
		operation("listener", -1);
	return fd;
}

static void try_wrong(const struct kind *k, int fd)
{
	union address a = address_of(k, k->loopback, LISTENER);
	struct sockaddr_un local = { .sun_family = AF_UNIX };

	operation("connect with a short address", connect(fd, &a.any, 4));
	operation("connect with no address", connect(fd, NULL, length_of(k)));
	operation("connect to AF_UNIX", connect(fd, (struct sockaddr *)&local, sizeof(local)));
	operation("connect a file", connect(0, &a.any, length_of(k)));
	operation("connect nothing", connect(-1, &a.any, length_of(k)));
	operation("getpeername of nobody", getpeername(fd, &a.any, &(socklen_t){ sizeof(a) }));
	operation("connect to port 0", to(k, fd, k->loopback, 0));
}

static int soon_error(int fd)
{
	struct pollfd p = { fd, POLLOUT, 0 };
	int e = -1;
	socklen_t len = sizeof(e);

	(void)poll(&p, 1, 1000);
	(void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &e, &len);
	return e;
}

static void try_without_waiting(const struct kind *k)
{
	int fd = socket(k->family, k->type | SOCK_NONBLOCK, 0), r;

	/* Over loopback it can be done at once. */
	r = to(k, fd, k->loopback, LISTENER);
	operation_value("connect without waiting begins", r == 0 || errno == EINPROGRESS);
	operation_value("it ends with", soon_error(fd));
	operation("connect a second time", to(k, fd, k->loopback, LISTENER));
	operation("connect a third time", to(k, fd, k->loopback, LISTENER));
	(void)close(fd);
	fd = socket(k->family, k->type | SOCK_NONBLOCK, 0);
	r = to(k, fd, k->loopback, NOBODY);
	operation_value("connect to nobody begins",
			r == 0 || errno == EINPROGRESS || errno == ECONNREFUSED);
	(void)close(fd);
}

static void try_dissolving(const struct kind *k)
{
	int fd = socket(k->family, k->type, 0);
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	union address a;
	socklen_t len = sizeof(a);

	operation("dissolve what is not connected", connect(fd, &none, sizeof(none)));
	operation("connect", to(k, fd, k->loopback, LISTENER));
	operation("dissolve", connect(fd, &none, sizeof(none)));
	operation("getpeername after that", getpeername(fd, &a.any, &len));
	operation("connect again", to(k, fd, k->loopback, LISTENER));
	(void)close(fd);
}

void try_connecting(const struct kind *k)
{
	int server = listener(k), fd = socket(k->family, k->type, 0);
	union address a = { 0 };
	socklen_t len = sizeof(a);

	try_wrong(k, fd);
	(void)close(fd);
	fd = socket(k->family, k->type, 0);
	operation("connect", to(k, fd, k->loopback, LISTENER));
	operation("getpeername", getpeername(fd, &a.any, &len));
	operation_value("peer's family", a.any.sa_family);
	operation("connect where it is", to(k, fd, k->loopback, LISTENER));
	operation("connect elsewhere", to(k, fd, k->loopback, NOBODY));
	(void)close(fd);
	fd = socket(k->family, k->type, 0);
	operation("connect to nobody", to(k, fd, k->loopback, NOBODY));
	(void)close(fd);
	fd = socket(k->family, k->type, 0);
	operation("connect to any", to(k, fd, k->any, LISTENER));
	(void)close(fd);
	fd = socket(k->family, k->type | SOCK_NONBLOCK, 0);
	operation("connect to where no route leads", to(k, fd, k->foreign, NOBODY));
	(void)close(fd);
	try_without_waiting(k);
	try_dissolving(k);
	(void)close(server);
}
