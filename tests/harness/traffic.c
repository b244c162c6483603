/* SPDX-License-Identifier: BSD-2-Clause */
/* See traffic.h. */
#include "traffic.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netinet/tcp.h>

#include "measure.h"

enum {
	CHUNK = 65536,
	STREAM = 1 << 20,
	BULK = 200,
	SMALL = 1000,
	OPEN = 200,
	FEW_ENDS = 16,
	MANY_ENDS = 1024,
	ALL_ENDS = 1 << 16
};

static void must(int r, const char *what)
{
	if (r >= 0)
		return;
	perror(what);
	exit(EXIT_FAILURE);
}

static char bytes[CHUNK];
static struct sockaddr_in target; /* of what is open */
static int listener = -1, end[2] = { -1, -1 };
static pthread_t drainer;
static bool drains;

static int bound(int type)
{
	socklen_t len = sizeof(target);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	target = (struct sockaddr_in){ .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	must(fd, "socket");
	must(bind(fd, (struct sockaddr *)&target, len), "bind");
	must(getsockname(fd, (struct sockaddr *)&target, &len), "getsockname");
	return fd;
}

static void open_tcp(void)
{
	int on = 1;

	listener = bound(SOCK_STREAM);
	must(listen(listener, 64), "listen");
	end[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(connect(end[0], (struct sockaddr *)&target, sizeof(target)), "connect");
	end[1] = accept(listener, NULL, NULL);
	must(end[1], "accept");
	for (int i = 0; i < 2; i++)
		must(setsockopt(end[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), "TCP_NODELAY");
}

/* A processor of its own for each end, where there are two: who wakes where is half of what a stream costs. */
static void pin(pthread_t thread, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	(void)pthread_setaffinity_np(thread, sizeof(set), &set);
}

/* Reads all there is, and answers each MiB. */
static void *drain(void *arg)
{
	static char into[STREAM];
	size_t got = 0;
	ssize_t n;

	(void)arg;
	while ((n = recv(end[1], into, STREAM, 0)) > 0) {
		for (got += (size_t)n; got >= STREAM; got -= STREAM)
			(void)!send(end[1], "x", 1, MSG_NOSIGNAL);
	}
	return NULL;
}

static void open_stream(void)
{
	open_tcp();
	must(-pthread_create(&drainer, NULL, drain, NULL), "pthread_create");
	drains = true;
	pin(pthread_self(), 0);
	pin(drainer, 1);
}

static void open_udp(void)
{
	end[1] = bound(SOCK_DGRAM);
	end[0] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static void open_udp_connected(void)
{
	open_udp();
	must(connect(end[0], (struct sockaddr *)&target, sizeof(target)), "connect");
}

static void open_listener(void)
{
	listener = bound(SOCK_STREAM);
	must(listen(listener, 64), "listen");
}

static void close_all(void)
{
	int *all_fds[] = { &listener, &end[0], &end[1] };

	if (drains) {
		(void)shutdown(end[0], SHUT_RDWR);
		(void)pthread_join(drainer, NULL);
		drains = false;
	}
	for (size_t i = 0; i < 3; i++) {
		if (*all_fds[i] >= 0)
			(void)close(*all_fds[i]);
		*all_fds[i] = -1;
	}
}

/* To another thread, as between programs: both processors copy, and buffers fill. */
static int stream(void *arg)
{
	static char from[STREAM];
	size_t put = 0;
	ssize_t n = 1;

	(void)arg;
	for (; put < STREAM && n > 0; put += (size_t)n)
		n = send(end[0], from + put, STREAM - put, 0);
	return n <= 0 || recv(end[0], bytes, 1, MSG_WAITALL) != 1;
}

static int bulk(void *arg)
{
	ssize_t n = send(end[0], bytes, CHUNK, 0), got = 0, r = 1;

	(void)arg;
	while (got < n && r > 0)
		got += r = recv(end[1], bytes, CHUNK, 0);
	return r <= 0;
}

static int round_trip(void *arg)
{
	(void)arg;
	return send(end[0], "x", 1, 0) != 1 || recv(end[1], bytes, 1, 0) != 1 ||
	       send(end[1], "x", 1, 0) != 1 || recv(end[0], bytes, 1, 0) != 1;
}

static int datagram(void *arg)
{
	(void)arg;
	return sendto(end[0], "x", 1, 0, (struct sockaddr *)&target, sizeof(target)) != 1 ||
	       recv(end[1], bytes, CHUNK, 0) != 1;
}

static int datagram_connected(void *arg)
{
	(void)arg;
	return send(end[0], "x", 1, 0) != 1 || recv(end[1], bytes, CHUNK, 0) != 1;
}

/* Ends with a reset, so that no port stays taken for a minute. */
static int open_close(void *arg)
{
	const struct linger reset = { .l_onoff = 1 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), r, peer;
	uint64_t *took = arg, began = measure_now_ns();

	r = connect(fd, (struct sockaddr *)&target, sizeof(target));
	if (took)
		*took = measure_now_ns() - began;
	peer = accept(listener, NULL, NULL);
	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	(void)close(fd);
	(void)close(peer);
	return r < 0 || peer < 0;
}

static int connect_only(uint64_t *took)
{
	return open_close(took);
}

/* To some of many: the kernel takes a connected datagram socket from one end to the next. */
static int udp_connect_among(uint32_t ends)
{
	static uint32_t next;
	struct sockaddr_in to = target;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (next++ & (ends - 1)) * 251);
	return connect(end[0], (struct sockaddr *)&to, sizeof(to)) < 0;
}

static int udp_connect(void *arg)
{
	(void)arg;
	return udp_connect_among(FEW_ENDS);
}

static int udp_connect_many(void *arg)
{
	(void)arg;
	return udp_connect_among(MANY_ENDS);
}

/* Nobody comes by the same end twice in a measurement. */
static int udp_connect_new(void *arg)
{
	(void)arg;
	return udp_connect_among(ALL_ENDS);
}

const struct traffic traffics[TRAFFICS] = {
	{ "established TCP, 1 MiB to a thread", open_stream, stream, NULL, BULK, BULK / 10, 0.97,
	  1.03 },
	{ "established TCP, 64 KiB, cached", open_tcp, bulk, NULL, BULK, BULK / 10, 0, 0 },
	{ "established TCP, 1 byte to and fro", open_tcp, round_trip, NULL, SMALL, SMALL / 10, 0,
	  1.10 },
	{ "connected UDP, 1 byte", open_udp_connected, datagram_connected, NULL, SMALL, SMALL / 10,
	  0, 0 },
	{ "unconnected UDP, 1 byte", open_udp, datagram, NULL, SMALL, SMALL / 10, 0, 0 },
	{ "UDP connect, 16 ends", open_udp, udp_connect, NULL, SMALL, SMALL / 10, 0, 0 },
	{ "UDP connect, 1024 ends", open_udp, udp_connect_many, NULL, MANY_ENDS, MANY_ENDS, 0, 0 },
	{ "UDP connect, ends never seen", open_udp, udp_connect_new, NULL, SMALL, SMALL / 10, 0,
	  0 },
	{ "TCP connect", open_listener, NULL, connect_only, OPEN, OPEN / 10, 0, 0 },
	{ "socket, connect, accept, close", open_listener, open_close, NULL, OPEN, OPEN / 10, 0,
	  0 },
};

/* What cannot be connected to, whether because nobody listens or because it is denied. */
static int refused(uint64_t *took)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), r;
	uint64_t began = measure_now_ns();

	r = connect(fd, (struct sockaddr *)&target, sizeof(target));
	*took = measure_now_ns() - began;
	(void)close(fd);
	return r == 0;
}

double traffic_refused(void)
{
	target = (struct sockaddr_in){ .sin_family = AF_INET,
				       .sin_port = htons(TRAFFIC_NOBODY),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	return measure_part(refused, OPEN);
}

double traffic_measured(const struct traffic *t)
{
	double ns;

	t->open();
	if (t->part) {
		(void)measure_part(t->part, t->warm);
		ns = measure_part(t->part, t->n);
	} else {
		(void)measure_op(t->op, NULL, t->warm);
		ns = measure_op(t->op, NULL, t->n);
	}
	close_all();
	return ns;
}
