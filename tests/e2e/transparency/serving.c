// SPDX-License-Identifier: BSD-2-Clause
/* listen(), accept(), and conversations over a connection. */
#include "operation.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SERVER 7331

static int ready(int fd, short what)
{
	struct pollfd p = { fd, what, 0 };

	return poll(&p, 1, 1000) == 1 ? p.revents : 0;
}

static void try_conversation(int one, int two)
{
	char bytes[64];
	int n = 0;

	operation("send", send(one, "question", 8, 0));
	operation_value("there is something", ready(two, POLLIN) & POLLIN);
	operation("ioctl FIONREAD", ioctl(two, FIONREAD, &n));
	operation_value("that many", n);
	operation("recv in part", recv(two, bytes, 3, 0));
	operation("recv of the rest", recv(two, bytes, sizeof(bytes), 0));
	operation("send back", send(two, "answer", 6, MSG_MORE));
	operation("send the rest", send(two, "!", 1, 0));
	operation_value("there is an answer", ready(one, POLLIN) & POLLIN);
	operation("recv all", recv(one, bytes, 7, MSG_WAITALL));
	operation("urgent", send(one, "u", 1, MSG_OOB));
	operation_value("there is something urgent", ready(two, POLLPRI) & POLLPRI);
	operation("recv urgent", recv(two, bytes, 1, MSG_OOB));
	operation("shutdown", shutdown(one, SHUT_WR));
	operation_value("the end", ready(two, POLLIN) & POLLIN);
	operation("recv at the end", recv(two, bytes, 1, 0));
	operation("send the other way", send(two, "late", 4, 0));
	operation_value("still heard", ready(one, POLLIN) & POLLIN);
	operation("recv", recv(one, bytes, sizeof(bytes), 0));
	operation("shutdown of both", shutdown(two, SHUT_RDWR));
	operation("send after the end", send(one, "x", 1, MSG_NOSIGNAL));
}

static void try_accepting(const struct kind *k, int server)
{
	union address a = address_of(k, k->loopback, SERVER), peer = { 0 };
	socklen_t len = sizeof(peer);
	int client = socket(k->family, k->type, 0), accepted;

	operation("accept of nobody", accept4(server, NULL, NULL, SOCK_CLOEXEC));
	operation("connect", connect(client, &a.any, length_of(k)));
	operation_value("somebody is there", ready(server, POLLIN) & POLLIN);
	accepted = accept(server, &peer.any, &len);
	operation_value("accepted", accepted >= 0);
	operation_value("who has this family", peer.any.sa_family);
	operation_value("and a port", peer.v4.sin_port != 0);
	len = sizeof(peer);
	operation("getsockname of what was accepted", getsockname(accepted, &peer.any, &len));
	operation_value("the same port", peer.v4.sin_port == a.v4.sin_port);
	operation("connect on it", connect(accepted, &a.any, length_of(k)));
	operation("listen on it", listen(accepted, 1));
	operation("bind it", bind(accepted, &a.any, length_of(k)));
	try_conversation(client, accepted);
	(void)close(client);
	(void)close(accepted);
}

/* Closed with something unread: the other side is told. */
static void try_reset(const struct kind *k, int server)
{
	union address a = address_of(k, k->loopback, SERVER);
	int client = socket(k->family, k->type, 0), accepted;
	struct linger now = { .l_onoff = 1 };
	char byte;

	operation("connect", connect(client, &a.any, length_of(k)));
	(void)ready(server, POLLIN);
	accepted = accept(server, NULL, NULL);
	operation("SO_LINGER", setsockopt(accepted, SOL_SOCKET, SO_LINGER, &now, sizeof(now)));
	(void)close(accepted);
	operation_value("hung up", (ready(client, POLLIN) & POLLHUP) != 0);
	operation("recv after a reset", recv(client, &byte, 1, 0));
	operation("send after a reset", send(client, "x", 1, MSG_NOSIGNAL));
	(void)close(client);
}

static void try_fast_open(const struct kind *k, int server)
{
	union address a = address_of(k, k->loopback, SERVER);
	int client = socket(k->family, k->type, 0), accepted, queue = 4;
	char bytes[8];

	operation("TCP_FASTOPEN",
		  setsockopt(server, IPPROTO_TCP, TCP_FASTOPEN, &queue, sizeof(queue)));
	operation("sendto with MSG_FASTOPEN",
		  sendto(client, "first", 5, MSG_FASTOPEN, &a.any, length_of(k)));
	(void)ready(server, POLLIN);
	accepted = accept(server, NULL, NULL);
	operation_value("accepted", accepted >= 0);
	(void)ready(accepted, POLLIN);
	operation("recv of what came first", recv(accepted, bytes, sizeof(bytes), MSG_DONTWAIT));
	(void)close(client);
	(void)close(accepted);
}

void try_serving(const struct kind *k)
{
	int server = socket(k->family, k->type, 0), on = 1;
	union address a = address_of(k, k->loopback, SERVER);

	operation("accept before listen", accept(server, NULL, NULL));
	operation("accept on nothing", accept(-1, NULL, NULL));
	operation("accept on a file", accept(0, NULL, NULL));
	operation("listen on nothing", listen(-1, 1));
	operation("SO_REUSEADDR", setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
	operation("bind", bind(server, &a.any, length_of(k)));
	operation("listen", listen(server, 8));
	operation("listen again", listen(server, 4));
	if (k->type == SOCK_STREAM) {
		(void)fcntl(server, F_SETFL, O_NONBLOCK);
		try_accepting(k, server);
		try_reset(k, server);
		try_fast_open(k, server);
		operation("connect a listener", connect(server, &a.any, length_of(k)));
		operation("shutdown of a listener", shutdown(server, SHUT_RD));
	}
	(void)close(server);
	server = socket(k->family, k->type, 0);
	operation("listen without bind", listen(server, 1));
	(void)close(server);
}
