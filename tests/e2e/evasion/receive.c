// SPDX-License-Identifier: BSD-2-Clause
/* See receive.h. */
#include "receive.h"

#include "scene.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wire.h"

#define PROTO_MPTCP 262
#define PROTO_SCTP 132
#define PROTO_DCCP 33
#define SOCK_DCCP_TYPE 6
#define SOL_DCCP_LEVEL 269
#define DCCP_SERVICE 2
#define ENDS_MAX 128

struct ends {
	struct pollfd fd[ENDS_MAX];
	bool listens[ENDS_MAX];
	nfds_t used;
};

static void add(struct ends *e, int fd, bool listens)
{
	if (fd < 0)
		return;
	if (e->used == ENDS_MAX) {
		(void)close(fd);
		return;
	}
	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	e->fd[e->used] = (struct pollfd){ fd, POLLIN, 0 };
	e->listens[e->used++] = listens;
}

static int bound(int fd, uint16_t port)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int on = 1, off = 0;

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	(void)setsockopt(fd, SOL_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

static int server(uint16_t port, int type, int protocol)
{
	int fd = socket(AF_INET6, type, protocol), number = (int)htonl(1), queue = 64;

	if (protocol == PROTO_DCCP)
		(void)setsockopt(fd, SOL_DCCP_LEVEL, DCCP_SERVICE, &number, sizeof(number));
	fd = bound(fd, port);
	if (fd >= 0 && protocol == 0)
		(void)setsockopt(fd, IPPROTO_TCP, 23 /* TCP_FASTOPEN */, &queue, sizeof(queue));
	if (fd >= 0 && listen(fd, queue) == 0)
		return fd;
	return -1;
}

/* A packet socket for all devices; on the near side for loopback only. */
static int sniffer(const char *device)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ALL),
				  .sll_ifindex = device ? (int)if_nametoindex(device) : 0 };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(ETH_P_ALL)), room = 4 << 20;

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)))
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	return fd;
}

static void open_servers(struct ends *e)
{
	static const uint16_t ports[] = { PORT_NOBODY, PORT_ROOT,   PORT_UNIT,	  PORT_CONTAINER,
					  PORT_SCRIPT, PORT_DIGEST, PORT_ALLOWED, PORT_APPROVED };

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		int fd = ports[i] == PORT_APPROVED ? server(ports[i], SOCK_STREAM, PROTO_MPTCP)
						   : -1;

		add(e, fd >= 0 ? fd : server(ports[i], SOCK_STREAM, 0), true);
		add(e, bound(socket(AF_INET6, SOCK_DGRAM, 0), ports[i]), false);
	}
	add(e, server(PORT_MPTCP, SOCK_STREAM, PROTO_MPTCP), true);
	add(e, server(PORT, SOCK_STREAM, PROTO_SCTP), true);
	add(e, server(PORT, SOCK_DCCP_TYPE, PROTO_DCCP), true);
}

/* Takes a frame: its mark, if it has one and came in, with what the wire says of where it went. */
static void take_frame(int fd)
{
	static unsigned char frame[70000];
	struct sockaddr_ll from;
	socklen_t len = sizeof(from);
	char mark[96], wire[64];
	ssize_t n;

	while ((n = recvfrom(fd, frame, sizeof(frame), 0, (struct sockaddr *)&from, &len)) > 0) {
		len = sizeof(from);
		if (from.sll_pkttype == PACKET_OUTGOING ||
		    !wire_mark(frame, (size_t)n, mark, sizeof(mark)))
			continue;
		wire_destination(frame, (size_t)n, wire, sizeof(wire));
		ledger_note(mark, wire);
	}
}

static void take_input(struct ends *e, nfds_t i)
{
	char bytes[4096];
	ssize_t n;

	if (e->listens[i]) {
		add(e, accept(e->fd[i].fd, NULL, NULL), false);
		return;
	}
	n = recv(e->fd[i].fd, bytes, sizeof(bytes), 0);
	if (n > 0 || (n < 0 && (errno == EAGAIN || errno == ECONNREFUSED)))
		return;
	(void)close(e->fd[i].fd);
	e->used--;
	e->fd[i] = e->fd[e->used];
	e->listens[i] = e->listens[e->used];
}

static void serve(int sniff)
{
	static struct ends e;

	add(&e, sniff, false);
	open_servers(&e);
	while (poll(e.fd, e.used, -1) > 0) {
		for (nfds_t i = 0; i < e.used; i++) {
			if (!e.fd[i].revents)
				continue;
			if (i == 0)
				take_frame(sniff);
			else
				take_input(&e, i);
		}
	}
}

static int ends[2]; /* pids */

static int start_end(const char *net, const char *device, int ready, int *ret)
{
	int pid = fork(), fd;

	*ret = pid;
	if (pid != 0)
		return pid < 0 ? errno : 0;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (enter_net(net))
		_exit(1);
	fd = sniffer(device);
	if (fd < 0)
		_exit(2);
	(void)!write(ready, "r", 1);
	(void)close(ready);
	serve(fd);
	_exit(3);
}

int receive_start(void)
{
	int ready[2], r;
	char byte;

	if (pipe2(ready, O_CLOEXEC))
		return errno;
	r = start_end(NET_FAR, NULL, ready[1], &ends[0]);
	r = r ? r : start_end(NET_NEAR, "lo", ready[1], &ends[1]);
	(void)close(ready[1]);
	for (int i = 0; i < 2 && r == 0; i++)
		r = read(ready[0], &byte, 1) == 1 ? 0 : EPIPE;
	(void)close(ready[0]);
	(void)usleep(50000);
	return r;
}

void receive_stop(void)
{
	for (int i = 0; i < 2; i++) {
		(void)kill(ends[i], SIGKILL);
		(void)waitpid(ends[i], NULL, 0);
	}
}
