// SPDX-License-Identifier: BSD-2-Clause
/* socket(), bind(), getsockname(). */
#include "operation.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/un.h>
#include <unistd.h>

#define TAKEN 7301
#define FREE 7302

static int fresh(const struct kind *k)
{
	return socket(k->family, k->type | SOCK_CLOEXEC, 0);
}

static int bind_to(const struct kind *k, int fd, const char *text, uint16_t port)
{
	union address a = address_of(k, text, port);

	return bind(fd, &a.any, length_of(k));
}

static void try_making(const struct kind *k)
{
	int fd = fresh(k);

	operation_value("socket made", fd >= 0);
	(void)close(fd);
	operation("socket of no protocol", socket(k->family, k->type, 253));
	operation("socket of no type", socket(k->family, 77, 0));
	operation("socket of both",
		  socket(k->family, k->type, k->type == SOCK_STREAM ? IPPROTO_UDP : IPPROTO_TCP));
}

static void try_names(const struct kind *k, int fd)
{
	union address a = { 0 };
	socklen_t len = sizeof(a);

	operation("getsockname", getsockname(fd, &a.any, &len));
	operation_value("family", a.any.sa_family);
	operation_value("length", len);
	operation_value("has a port", a.v4.sin_port != 0);
	len = 2;
	operation("getsockname into two bytes", getsockname(fd, &a.any, &len));
	operation_value("length wanted", len);
	len = sizeof(a);
	operation("getsockname to nowhere", getsockname(fd, NULL, &len));
	(void)k;
}

static void try_wrong(const struct kind *k, int fd)
{
	union address a = address_of(k, k->loopback, FREE);
	struct sockaddr_un local = { .sun_family = AF_UNIX };

	operation("bind to a foreign address", bind_to(k, fd, k->foreign, FREE));
	operation("bind with a short address", bind(fd, &a.any, 4));
	operation("bind with no address", bind(fd, NULL, length_of(k)));
	operation("bind to an address of AF_UNIX",
		  bind(fd, (struct sockaddr *)&local, sizeof(local)));
	operation("bind a file", bind(0, &a.any, length_of(k)));
	operation("bind nothing", bind(-1, &a.any, length_of(k)));
	a.any.sa_family = AF_UNSPEC;
	operation("bind to AF_UNSPEC", bind(fd, &a.any, length_of(k)));
}

static void try_twice(const struct kind *k)
{
	int one = fresh(k), two = fresh(k), on = 1;

	operation("bind", bind_to(k, one, k->loopback, TAKEN));
	operation("bind the same socket again", bind_to(k, one, k->loopback, FREE));
	operation("bind where somebody is", bind_to(k, two, k->loopback, TAKEN));
	operation("bind all where somebody is", bind_to(k, two, k->any, TAKEN));
	operation("SO_REUSEADDR", setsockopt(two, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
	operation("bind where somebody is, reusing", bind_to(k, two, k->loopback, TAKEN));
	(void)close(one);
	(void)close(two);
	one = fresh(k);
	two = fresh(k);
	(void)setsockopt(one, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	(void)setsockopt(two, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	operation("bind one of two", bind_to(k, one, k->loopback, TAKEN));
	operation("bind the other", bind_to(k, two, k->loopback, TAKEN));
	(void)close(one);
	(void)close(two);
}

void try_binding(const struct kind *k)
{
	int fd = fresh(k);

	try_making(k);
	operation("bind to any port", bind_to(k, fd, k->loopback, 0));
	try_names(k, fd);
	(void)close(fd);
	fd = fresh(k);
	operation("bind to all", bind_to(k, fd, k->any, FREE));
	(void)close(fd);
	fd = fresh(k);
	try_wrong(k, fd);
	(void)close(fd);
	try_twice(k);
}
