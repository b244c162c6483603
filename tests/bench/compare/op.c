/* SPDX-License-Identifier: BSD-2-Clause */
/* What is measured, in a worker. Only the calls that are named are inside the clock's two readings. */
#include "compare.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

enum { SAMPLES_MAX = 8192, CHUNK = 65536, EVICT = 6 << 20 };

const char *const op_names[OPS] = {
	[OP_CONNECT_HOT] = "TCP connect, 64 addresses",
	[OP_CONNECT_WARM] = "TCP connect, 1,024 addresses",
	[OP_CONNECT_WIDE] = "TCP connect, 65,536 addresses",
	[OP_CONNECT_EVICTED] = "TCP connect, caches emptied",
	[OP_WHOLE] = "socket, TCP connect, close",
	[OP_OUT] = "TCP connect, 64 addresses, server elsewhere",
	[OP_OUT_WARM] = "TCP connect, 1,024, server elsewhere",
	[OP_OUT_WHOLE] = "socket, connect, close, server elsewhere",
	[OP_UDP_HOT] = "UDP connect, 64 addresses",
	[OP_UDP_WARM] = "UDP connect, 1,024 addresses",
	[OP_UDP_WIDE] = "UDP connect, 65,536 addresses",
	[OP_UDP_EVICTED] = "UDP connect, caches emptied",
	[OP_SENDTO] = "UDP sendto, 64 addresses",
	[OP_PING_PONG] = "established TCP, 1 byte to and fro",
	[OP_BULK] = "established TCP, 64 KiB",
	[OP_REFUSED] = "TCP connect, refused or denied",
	[OP_SPAWN] = "spawn, exec, exit",
};

static int listener, elsewhere, receiver, sender, connecting, end[2];
static char bytes[CHUNK];
static char *evict;
static size_t turn; /* which address is next */

static struct sockaddr_in address(uint32_t host, uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr = htonl(host) };
}

static void must(int r, const char *what)
{
	if (r < 0)
		die(what);
}

static int bound(int type, uint16_t port)
{
	struct sockaddr_in any = address(INADDR_ANY, port);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0), on = 1;

	must(fd, "socket");
	must(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), "SO_REUSEADDR");
	must(bind(fd, (struct sockaddr *)&any, sizeof(any)), "bind");
	return fd;
}

void op_open_elsewhere(void)
{
	elsewhere = bound(SOCK_STREAM, OUT_PORT);
	must(listen(elsewhere, 256), "listen");
}

void op_open(void)
{
	struct sockaddr_in to = address(0x0a000001, PORT);
	int on = 1;

	evict = malloc(EVICT);
	if (!evict)
		die("memory to empty caches with");
	listener = bound(SOCK_STREAM, PORT);
	must(listen(listener, 256), "listen");
	receiver = bound(SOCK_DGRAM, PORT);
	sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	connecting = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	end[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(connect(end[0], (struct sockaddr *)&to, sizeof(to)), "connect");
	end[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	must(end[1], "accept");
	for (int i = 0; i < 2; i++)
		must(setsockopt(end[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), "TCP_NODELAY");
}

/* ---- one of each ------------------------------------------------------------------------------ */

static uint32_t next_of(size_t n)
{
	return pool[turn++ % n];
}

static size_t addresses(enum op_id op)
{
	switch (op) {
	case OP_CONNECT_WARM:
	case OP_OUT_WARM:
	case OP_UDP_WARM:
	case OP_CONNECT_EVICTED:
	case OP_UDP_EVICTED:
		return POOL_WARM;
	case OP_CONNECT_WIDE:
	case OP_UDP_WIDE:
		return POOL_WIDE;
	default:
		return POOL_HOT;
	}
}

static void end_with_reset(int fd)
{
	const struct linger reset = { .l_onoff = 1 };

	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
}

/* Once in the clock: connect alone, or with the socket's making and end. */
static double tcp(uint32_t host, int server, bool whole)
{
	struct sockaddr_in to = address(host, server == elsewhere ? OUT_PORT : PORT);
	uint64_t began = measure_now_ns(), took;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), peer;

	if (!whole)
		began = measure_now_ns();
	must(connect(fd, (struct sockaddr *)&to, sizeof(to)), "connect");
	took = measure_now_ns() - began;
	peer = accept4(server, NULL, NULL, SOCK_CLOEXEC);
	must(peer, "accept");
	end_with_reset(fd);
	began = measure_now_ns();
	(void)close(fd);
	if (whole)
		took += measure_now_ns() - began;
	(void)close(peer);
	return (double)took;
}

static double udp_connect(uint32_t host)
{
	struct sockaddr_in to = address(host, PORT);
	uint64_t began = measure_now_ns();

	must(connect(connecting, (struct sockaddr *)&to, sizeof(to)), "connect");
	return (double)(measure_now_ns() - began);
}

static double udp_send(uint32_t host)
{
	struct sockaddr_in to = address(host, PORT);
	uint64_t began = measure_now_ns();

	if (sendto(sender, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) != 1)
		die("sendto");
	began = measure_now_ns() - began;
	if (recv(receiver, bytes, sizeof(bytes), 0) != 1)
		die("recv");
	return (double)began;
}

static double ping_pong(void)
{
	uint64_t began = measure_now_ns();

	if (send(end[0], "x", 1, 0) != 1 || recv(end[1], bytes, 1, 0) != 1 ||
	    send(end[1], "x", 1, 0) != 1 || recv(end[0], bytes, 1, 0) != 1)
		die("ping-pong");
	return (double)(measure_now_ns() - began);
}

static double bulk(void)
{
	uint64_t began = measure_now_ns();
	ssize_t n = send(end[0], bytes, CHUNK, 0), got = 0, r = 1;

	while (got < n && r > 0)
		got += r = recv(end[1], bytes, CHUNK, 0);
	if (r <= 0)
		die("a stream");
	return (double)(measure_now_ns() - began);
}

static double refused(void)
{
	struct sockaddr_in to = address(next_of(POOL_HOT), SHUT_PORT);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	uint64_t began = measure_now_ns();
	int r = connect(fd, (struct sockaddr *)&to, sizeof(to));

	began = measure_now_ns() - began;
	if (r == 0 || (errno != ECONNREFUSED && errno != EPERM && errno != EACCES))
		die("what was to be refused");
	(void)close(fd);
	return (double)began;
}

static double spawn_one(void)
{
	static char name[] = "true", *argv[] = { name, NULL }, *none[] = { NULL };
	uint64_t began = measure_now_ns();
	pid_t pid;
	int status;

	if (posix_spawn(&pid, "/bin/true", NULL, NULL, argv, none) != 0)
		die("/bin/true");
	if (waitpid(pid, &status, 0) != pid || status)
		die("/bin/true");
	return (double)(measure_now_ns() - began);
}

/* Six MiB pass through the caches, and with them goes what a look-up would find there. */
static void empty_caches(void)
{
	for (size_t i = 0; i < EVICT; i += 64)
		((volatile char *)evict)[i]++;
}

static double one(enum op_id op)
{
	uint32_t host = next_of(addresses(op));

	if (op == OP_CONNECT_EVICTED || op == OP_UDP_EVICTED)
		empty_caches();
	switch (op) {
	case OP_UDP_HOT:
	case OP_UDP_WARM:
	case OP_UDP_WIDE:
	case OP_UDP_EVICTED:
		return udp_connect(host);
	case OP_SENDTO:
		return udp_send(host);
	case OP_PING_PONG:
		return ping_pong();
	case OP_BULK:
		return bulk();
	case OP_REFUSED:
		return refused();
	case OP_SPAWN:
		return spawn_one();
	case OP_OUT:
	case OP_OUT_WARM:
	case OP_OUT_WHOLE:
		return tcp(host, elsewhere, op == OP_OUT_WHOLE);
	default:
		return tcp(host, listener, op == OP_WHOLE);
	}
}

double op_measure(enum op_id op, size_t n)
{
	static double took[SAMPLES_MAX];

	n = n < SAMPLES_MAX ? n : SAMPLES_MAX;
	for (size_t i = 0; i < n / 4 + POOL_HOT && op != OP_SPAWN; i++)
		(void)one(op);
	for (size_t i = 0; i < n; i++)
		took[i] = one(op);
	return measure_median(took, n);
}

uint64_t op_flood(unsigned ms)
{
	struct sockaddr_in to = address(pool[0], SHUT_PORT);
	uint64_t until = measure_now_ns() + ms * 1000000ull, n = 0;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	do {
		for (int i = 0; i < 64; i++, n++)
			if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
				die("what was to be refused");
	} while (measure_now_ns() < until);
	(void)close(fd);
	return n;
}
