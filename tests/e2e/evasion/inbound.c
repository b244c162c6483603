// SPDX-License-Identifier: BSD-2-Clause
/*
 * Serving: the attempt waits where the denying policy lets it not, its other half comes from the far
 * side with the mark "inbound", and the attempt itself tells the ledger what reached it.
 */
#include "attempt.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROTO_MPTCP 262
#define PROTO_UDPLITE 136
#define WAIT_MS 300

/* What comes to a socket within the time; TCP listeners accept first. */
static int receive(const struct scene *s, int fd, bool accepts)
{
	struct pollfd p = { fd, POLLIN, 0 };
	char bytes[2048], wanted[128];
	ssize_t n;

	if (accepts) {
		if (poll(&p, 1, WAIT_MS) != 1)
			return ETIMEDOUT;
		p.fd = accept(fd, NULL, NULL);
		if (p.fd < 0)
			return errno;
	}
	(void)snprintf(wanted, sizeof(wanted), "inbound:%s:%s;", s->round, s->name);
	for (int tries = 0; tries < 20 && poll(&p, 1, WAIT_MS) == 1; tries++) {
		n = recv(p.fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (n <= 0)
			return n < 0 ? errno : ECONNRESET;
		if (memmem(bytes, (size_t)n, wanted, strlen(wanted))) {
			ledger_note(s->mark, "inbound");
			return 0;
		}
	}
	return ETIMEDOUT;
}

/* Tells the other half that all is ready, then sees what comes. */
static int await(const struct scene *s, int fd, bool accepts)
{
	int r = say_word(s->outside, 'r');

	return r ? r : receive(s, fd, accepts);
}

/* The other half: waits for the word, then sends the inbound mark. */
static int visit(struct scene *s, int type, int protocol, const char *text, uint16_t port)
{
	socklen_t len;
	union address to = address_of(text, port, &len);
	int fd, r = enter_net(NET_FAR);

	if (r || take_word(s->outside) < 0)
		return r;
	fd = socket(to.any.sa_family, type, protocol);
	s->mark_len =
		(size_t)snprintf(s->mark, sizeof(s->mark), "inbound:%s:%s;", s->round, s->name);
	r = connect_soon(fd, &to.any, len);
	r = r ? r : send_mark(s, fd);
	(void)usleep(WAIT_MS * 1000);
	return r;
}

static int visit_tcp4(struct scene *s)
{
	return visit(s, SOCK_STREAM, 0, NEAR4, PORT_IN);
}

static int visit_tcp6(struct scene *s)
{
	return visit(s, SOCK_STREAM, 0, NEAR6, PORT_IN);
}

static int visit_udp4(struct scene *s)
{
	return visit(s, SOCK_DGRAM, 0, NEAR4, PORT_IN);
}

static int visit_udp6(struct scene *s)
{
	return visit(s, SOCK_DGRAM, 0, NEAR6, PORT_IN);
}

static int visit_udplite(struct scene *s)
{
	return visit(s, SOCK_DGRAM, PROTO_UDPLITE, NEAR4, PORT_IN);
}

static int bound(int family, int type, int protocol, uint16_t port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(family, type, protocol), on = 1, r;

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	r = family == AF_INET ? bind(fd, (struct sockaddr *)&four, sizeof(four))
			      : bind(fd, (struct sockaddr *)&six, sizeof(six));
	return r ? -1 : fd;
}

static int listen_at(struct scene *s, int fd)
{
	if (fd < 0 || listen(fd, 8))
		return errno;
	return await(s, fd, true);
}

static int in_tcp4(struct scene *s)
{
	return listen_at(s, bound(AF_INET, SOCK_STREAM, 0, PORT_IN));
}

static int in_tcp6(struct scene *s)
{
	return listen_at(s, bound(AF_INET6, SOCK_STREAM, 0, PORT_IN));
}

static int in_mptcp(struct scene *s)
{
	return listen_at(s, bound(AF_INET, SOCK_STREAM, PROTO_MPTCP, PORT_IN));
}

static int in_fast_open(struct scene *s)
{
	int fd = bound(AF_INET, SOCK_STREAM, 0, PORT_IN), queue = 8;

	if (fd >= 0)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN, &queue, sizeof(queue));
	return listen_at(s, fd);
}

static int visit_fast_open(struct scene *s)
{
	socklen_t len;
	union address to = address_of(NEAR4, PORT_IN, &len);
	int r = enter_net(NET_FAR), fd;

	if (r || take_word(s->outside) < 0)
		return r;
	fd = socket(AF_INET, SOCK_STREAM, 0);
	s->mark_len =
		(size_t)snprintf(s->mark, sizeof(s->mark), "inbound:%s:%s;", s->round, s->name);
	r = sendto(fd, s->mark, s->mark_len, MSG_FASTOPEN, &to.any, len) < 0 ? errno : 0;
	(void)usleep(WAIT_MS * 1000);
	return r;
}

static int receive_datagram(struct scene *s, int fd)
{
	return fd < 0 ? errno : await(s, fd, false);
}

static int in_udp4(struct scene *s)
{
	return receive_datagram(s, bound(AF_INET, SOCK_DGRAM, 0, PORT_IN));
}

static int in_udp6(struct scene *s)
{
	return receive_datagram(s, bound(AF_INET6, SOCK_DGRAM, 0, PORT_IN));
}

static int in_udplite(struct scene *s)
{
	return receive_datagram(s, bound(AF_INET, SOCK_DGRAM, PROTO_UDPLITE, PORT_IN));
}

/* The other half asks which port it became: two bytes over the socket between them. */
static int tell_port(const struct scene *s, int fd)
{
	struct sockaddr_in6 at;
	socklen_t len = sizeof(at);

	if (getsockname(fd, (struct sockaddr *)&at, &len))
		return errno;
	return send(s->outside, &at.sin6_port, 2, 0) == 2 ? 0 : errno;
}

static int visit_told(struct scene *s, int type)
{
	uint16_t port;
	struct pollfd p = { s->outside, POLLIN, 0 };
	int r = enter_net(NET_FAR), fd;
	socklen_t len;
	union address to;

	if (r || poll(&p, 1, 2000) != 1 || recv(s->outside, &port, 2, 0) != 2)
		return r;
	to = address_of(NEAR4, ntohs(port), &len);
	fd = socket(AF_INET, type, 0);
	s->mark_len =
		(size_t)snprintf(s->mark, sizeof(s->mark), "inbound:%s:%s;", s->round, s->name);
	r = connect_soon(fd, &to.any, len);
	r = r ? r : send_mark(s, fd);
	(void)usleep(WAIT_MS * 1000);
	return r;
}

static int visit_told_tcp(struct scene *s)
{
	return visit_told(s, SOCK_STREAM);
}

static int visit_told_udp(struct scene *s)
{
	return visit_told(s, SOCK_DGRAM);
}

/* listen() gives an unbound socket a port without asking any bind hook. */
static int in_listen_unbound(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), r;

	if (listen(fd, 8))
		return errno;
	r = tell_port(s, fd);
	return r ? r : receive(s, fd, true);
}

static int in_port_zero(struct scene *s)
{
	int fd = bound(AF_INET, SOCK_STREAM, 0, 0), r;

	if (fd < 0 || listen(fd, 8))
		return errno;
	r = tell_port(s, fd);
	return r ? r : receive(s, fd, true);
}

/* A send that is denied has bound the socket all the same. */
static int in_auto_bound(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), r;
	socklen_t len;
	union address to = address_of(OTHER4, 9, &len);

	(void)sendto(fd, "x", 1, 0, &to.any, len);
	r = tell_port(s, fd);
	return r ? r : receive(s, fd, false);
}

/* Beside an allowed program that serves, on its port: some of its clients come here. */
static int in_reuse(struct scene *s, int type, int option)
{
	socklen_t len;
	union address at = address_of("0.0.0.0", PORT_IN_ALLOWED, &len);
	int fd = socket(AF_INET, type, 0), on = 1, pid = fork();
	const char *path = path_in(s, "bin/allowed");

	if (pid == 0) {
		(void)execl(path, path, "serve", s->name, "7101", (char *)NULL);
		_exit(errno);
	}
	(void)usleep(50000);
	if (setsockopt(fd, SOL_SOCKET, option, &on, sizeof(on)) || bind(fd, &at.any, len))
		return errno;
	return type == SOCK_STREAM ? listen_at(s, fd) : await(s, fd, false);
}

static int in_reuseport(struct scene *s)
{
	return in_reuse(s, SOCK_STREAM, SO_REUSEPORT);
}

static int in_reuseaddr_udp(struct scene *s)
{
	return in_reuse(s, SOCK_DGRAM, SO_REUSEADDR);
}

/* Several, because the kernel chooses who gets each. */
static int visit_allowed_tcp(struct scene *s)
{
	socklen_t len;
	union address to = address_of(NEAR4, PORT_IN_ALLOWED, &len);
	int r = enter_net(NET_FAR), fd;

	if (r || take_word(s->outside) < 0)
		return r;
	s->mark_len =
		(size_t)snprintf(s->mark, sizeof(s->mark), "inbound:%s:%s;", s->round, s->name);
	for (int i = 0; i < 24; i++) {
		fd = socket(AF_INET, SOCK_STREAM, 0);
		if (connect_soon(fd, &to.any, len) == 0)
			(void)send_mark(s, fd);
	}
	(void)usleep(WAIT_MS * 1000);
	return 0;
}

static int visit_allowed_udp(struct scene *s)
{
	return visit(s, SOCK_DGRAM, 0, NEAR4, PORT_IN_ALLOWED);
}

static int in_raw_sniff(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_UDP);

	return fd < 0 ? errno : await(s, fd, false);
}

static int in_packet_sniff(struct scene *s)
{
	int fd = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP));
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_IP),
				  .sll_ifindex = (int)if_nametoindex("ev-near") };

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)))
		return errno;
	return await(s, fd, false);
}

/* Connected to one that it may send to, somebody else's datagrams do not come; dissolved, they do. */
static int in_udp_dissolved(struct scene *s)
{
	int fd = bound(AF_INET, SOCK_DGRAM, 0, 0), r;
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	socklen_t len;
	union address to = address_of(FAR4, PORT_APPROVED, &len);

	if (fd < 0 || connect(fd, &to.any, len) || send(fd, "x", 1, 0) < 0)
		return errno;
	(void)connect(fd, &none, sizeof(none));
	(void)sendto(fd, "x", 1, 0, &to.any, len);
	r = tell_port(s, fd);
	return r ? r : receive(s, fd, false);
}

#define BOTH(n, v)                                                                                 \
	{                                                                                          \
		.name = #n, .inside = n, .outside = v                                              \
	}

const struct attempt attempts_inbound[] = {
	BOTH(in_tcp4, visit_tcp4),
	BOTH(in_tcp6, visit_tcp6),
	{ .name = "in_dual_stack", .inside = in_tcp6, .outside = visit_tcp4 },
	BOTH(in_udp4, visit_udp4),
	BOTH(in_udp6, visit_udp6),
	{ .name = "in_udp_dual_stack", .inside = in_udp6, .outside = visit_udp4 },
	BOTH(in_udplite, visit_udplite),
	BOTH(in_mptcp, visit_tcp4),
	BOTH(in_fast_open, visit_fast_open),
	BOTH(in_listen_unbound, visit_told_tcp),
	BOTH(in_port_zero, visit_told_tcp),
	BOTH(in_auto_bound, visit_told_udp),
	BOTH(in_udp_dissolved, visit_told_udp),
	BOTH(in_reuseport, visit_allowed_tcp),
	BOTH(in_reuseaddr_udp, visit_allowed_udp),
	BOTH(in_raw_sniff, visit_udp4),
	BOTH(in_packet_sniff, visit_udp4),
	{ 0 },
};
