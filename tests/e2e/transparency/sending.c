// SPDX-License-Identifier: BSD-2-Clause
/* send(), sendto(), sendmsg(), sendmmsg(), recv() and their kin. */
#include "operation.h"

#include <poll.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define RECEIVER 7321
#define NOBODY 7322

static ssize_t say(const struct kind *k, int fd, const char *text, uint16_t port, int flags)
{
	union address a = address_of(k, text, port);

	return sendto(fd, "abc", 3, flags, &a.any, length_of(k));
}

static ssize_t hear(int fd, size_t room, int flags)
{
	char bytes[64];
	struct pollfd p = { fd, POLLIN, 0 };

	(void)poll(&p, 1, 1000);
	return recv(fd, bytes, room, flags | MSG_DONTWAIT);
}

static void try_unconnected(const struct kind *k)
{
	int fd = socket(k->family, k->type, 0);
	char byte;

	operation("send without a peer", send(fd, "abc", 3, MSG_NOSIGNAL));
	operation("recv without a peer", recv(fd, &byte, 1, MSG_DONTWAIT));
	operation("shutdown without a peer", shutdown(fd, SHUT_WR));
	operation("shutdown of nothing", shutdown(fd, 77));
	(void)close(fd);
	operation("send on nothing", send(-1, "abc", 3, 0));
	operation("send on a file", send(0, "abc", 3, 0));
	operation("recv on nothing", recv(-1, &byte, 1, 0));
}

static ssize_t say_parts(const struct kind *k, int fd, int flags, size_t parts)
{
	union address a = address_of(k, k->loopback, RECEIVER);
	struct iovec v[2] = { { "ab", 2 }, { "c", 1 } };
	struct msghdr m = {
		.msg_name = &a, .msg_namelen = length_of(k), .msg_iov = v, .msg_iovlen = parts
	};

	return sendmsg(fd, &m, flags);
}

static long say_many(const struct kind *k, int fd)
{
	union address a = address_of(k, k->loopback, RECEIVER);
	struct iovec v = { "abc", 3 };
	struct mmsghdr m[3] = { 0 };

	for (int i = 0; i < 3; i++)
		m[i].msg_hdr = (struct msghdr){
			.msg_name = &a, .msg_namelen = length_of(k), .msg_iov = &v, .msg_iovlen = 1
		};
	return sendmmsg(fd, m, 3, 0);
}

static void try_message(const struct kind *k, int fd, int receiver)
{
	char big[70000] = "";
	union address a = address_of(k, k->loopback, RECEIVER);

	operation("sendto", say(k, fd, k->loopback, RECEIVER, 0));
	operation("recv in part", hear(receiver, 2, 0));
	operation("recv of what is left", hear(receiver, 2, MSG_DONTWAIT));
	operation("sendto", say(k, fd, k->loopback, RECEIVER, 0));
	operation("recv, looking only", hear(receiver, 64, MSG_PEEK));
	operation("recv, cut", hear(receiver, 1, MSG_TRUNC));
	operation("sendmsg of parts", say_parts(k, fd, 0, 2));
	operation("recv", hear(receiver, 64, 0));
	operation("sendmsg of no parts", say_parts(k, fd, 0, 0));
	operation("recv of nothing", hear(receiver, 64, 0));
	operation("sendmmsg", say_many(k, fd));
	for (int i = 0; i < 3; i++)
		operation("recv of many", hear(receiver, 64, 0));
	operation("sendto nobody", say(k, fd, k->loopback, NOBODY, 0));
	operation("sendto port 0", say(k, fd, k->loopback, 0, 0));
	operation("sendto any", say(k, fd, k->any, RECEIVER, 0));
	operation("recv", hear(receiver, 64, 0));
	operation("sendto with more to come", say(k, fd, k->loopback, RECEIVER, MSG_MORE));
	operation("the rest", say(k, fd, k->loopback, RECEIVER, 0));
	operation("recv of both", hear(receiver, 64, 0));
	operation("sendto with a short address", sendto(fd, "abc", 3, 0, &a.any, 4));
	operation("sendto too much", sendto(fd, big, sizeof(big), 0, &a.any, length_of(k)));
	operation("sendto from nowhere", sendto(fd, (void *)8, 3, 0, &a.any, length_of(k)));
	a.any.sa_family = AF_UNIX;
	operation("sendto AF_UNIX", sendto(fd, "abc", 3, 0, &a.any, length_of(k)));
	a.any.sa_family = AF_UNSPEC;
	operation("sendto AF_UNSPEC", sendto(fd, "abc", 3, 0, &a.any, length_of(k)));
	(void)hear(receiver, 64, 0);
}

static void try_connected(const struct kind *k, int fd, int receiver)
{
	union address a = address_of(k, k->loopback, RECEIVER);

	operation("connect", connect(fd, &a.any, length_of(k)));
	operation("send", send(fd, "abc", 3, 0));
	operation("recv", hear(receiver, 64, 0));
	operation("write", write(fd, "abc", 3));
	operation("recv", hear(receiver, 64, 0));
	operation("sendto elsewhere although connected", say(k, fd, k->loopback, NOBODY, 0));
	operation("recv with nothing there", recv(fd, &a, 1, MSG_DONTWAIT));
	operation("shutdown for writing", shutdown(fd, SHUT_WR));
	operation("send after that", send(fd, "abc", 3, MSG_NOSIGNAL));
	operation("shutdown for reading", shutdown(fd, SHUT_RD));
	operation("recv after that", recv(fd, &a, 1, MSG_DONTWAIT));
}

void try_sending(const struct kind *k)
{
	union address a = address_of(k, k->loopback, RECEIVER);
	int receiver = socket(k->family, k->type, 0), fd = socket(k->family, k->type, 0);

	try_unconnected(k);
	operation("bind the receiver", bind(receiver, &a.any, length_of(k)));
	if (k->type == SOCK_DGRAM) {
		try_message(k, fd, receiver);
		try_connected(k, fd, receiver);
	} else {
		operation("sendto without a connection",
			  say(k, fd, k->loopback, RECEIVER, MSG_NOSIGNAL));
	}
	(void)close(fd);
	(void)close(receiver);
}
