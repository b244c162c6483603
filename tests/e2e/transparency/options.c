// SPDX-License-Identifier: BSD-2-Clause
/* setsockopt() and getsockopt(): those that programs use, and those that do not exist. */
#include "operation.h"

#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

struct option {
	const char *name;
	int level, option, value;
};

static const struct option common[] = {
	{ "SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, 1 },
	{ "SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT, 1 },
	{ "SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE, 1 },
	{ "SO_BROADCAST", SOL_SOCKET, SO_BROADCAST, 1 },
	{ "SO_SNDBUF", SOL_SOCKET, SO_SNDBUF, 65536 },
	{ "SO_RCVBUF", SOL_SOCKET, SO_RCVBUF, 65536 },
	{ "SO_PRIORITY", SOL_SOCKET, SO_PRIORITY, 3 },
	{ "SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE, 1 },
	{ "SO_TIMESTAMP", SOL_SOCKET, SO_TIMESTAMP, 1 },
	{ "SO_TYPE", SOL_SOCKET, SO_TYPE, 1 },
	{ "SO_ERROR", SOL_SOCKET, SO_ERROR, 0 },
	{ "SO_DOMAIN", SOL_SOCKET, SO_DOMAIN, 1 },
	{ "SO_ACCEPTCONN", SOL_SOCKET, SO_ACCEPTCONN, 1 },
	{ "an unknown option", SOL_SOCKET, 7777, 1 },
	{ "an unknown level", 7777, 1, 1 },
	{ NULL, 0, 0, 0 },
};

static const struct option v4[] = {
	{ "IP_TTL", SOL_IP, IP_TTL, 33 },
	{ "IP_TTL of 0", SOL_IP, IP_TTL, 0 },
	{ "IP_TTL of 256", SOL_IP, IP_TTL, 256 },
	{ "IP_TOS", SOL_IP, IP_TOS, 16 },
	{ "IP_PKTINFO", SOL_IP, IP_PKTINFO, 1 },
	{ "IP_RECVERR", SOL_IP, IP_RECVERR, 1 },
	{ "IP_MTU_DISCOVER", SOL_IP, IP_MTU_DISCOVER, 2 },
	{ "IP_MULTICAST_TTL", SOL_IP, IP_MULTICAST_TTL, 2 },
	{ "IP_BIND_ADDRESS_NO_PORT", SOL_IP, IP_BIND_ADDRESS_NO_PORT, 1 },
	{ "an unknown option of IP", SOL_IP, 777, 1 },
	{ NULL, 0, 0, 0 },
};

static const struct option v6[] = {
	{ "IPV6_UNICAST_HOPS", SOL_IPV6, IPV6_UNICAST_HOPS, 33 },
	{ "IPV6_UNICAST_HOPS of 256", SOL_IPV6, IPV6_UNICAST_HOPS, 256 },
	{ "IPV6_TCLASS", SOL_IPV6, IPV6_TCLASS, 16 },
	{ "IPV6_RECVPKTINFO", SOL_IPV6, IPV6_RECVPKTINFO, 1 },
	{ "IPV6_RECVERR", SOL_IPV6, IPV6_RECVERR, 1 },
	{ "IPV6_V6ONLY", SOL_IPV6, IPV6_V6ONLY, 1 },
	{ "IPV6_MULTICAST_HOPS", SOL_IPV6, IPV6_MULTICAST_HOPS, 2 },
	{ "an unknown option of IPv6", SOL_IPV6, 777, 1 },
	{ NULL, 0, 0, 0 },
};

static const struct option tcp[] = {
	{ "TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY, 1 },
	{ "TCP_CORK", IPPROTO_TCP, TCP_CORK, 1 },
	{ "TCP_MAXSEG", IPPROTO_TCP, TCP_MAXSEG, 1000 },
	{ "TCP_MAXSEG of 1", IPPROTO_TCP, TCP_MAXSEG, 1 },
	{ "TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE, 60 },
	{ "TCP_KEEPIDLE of 0", IPPROTO_TCP, TCP_KEEPIDLE, 0 },
	{ "TCP_DEFER_ACCEPT", IPPROTO_TCP, TCP_DEFER_ACCEPT, 3 },
	{ "TCP_USER_TIMEOUT", IPPROTO_TCP, TCP_USER_TIMEOUT, 9000 },
	{ "an unknown option of TCP", IPPROTO_TCP, 777, 1 },
	{ NULL, 0, 0, 0 },
};

static void try_one(int fd, const struct option *o)
{
	char word[64];
	int value = o->value;
	socklen_t len = sizeof(value);

	(void)snprintf(word, sizeof(word), "set %s", o->name);
	operation(word, setsockopt(fd, o->level, o->option, &value, sizeof(value)));
	(void)snprintf(word, sizeof(word), "get %s", o->name);
	value = -1;
	if (operation(word, getsockopt(fd, o->level, o->option, &value, &len)) == 0)
		operation_value("value", value);
}

static void try_all(int fd, const struct option *list)
{
	for (; list->name; list++)
		try_one(fd, list);
}

static void try_lengths(int fd)
{
	struct timeval second = { .tv_sec = 1 };
	int value = 1;
	char big[4096] = "";
	socklen_t len = 1;

	operation("set with two bytes", setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, 2));
	operation("set with a page", setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, big, sizeof(big)));
	operation("set SO_RCVTIMEO",
		  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second)));
	operation("get into one byte", getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &len));
	operation_value("length", len);
	operation("set on nothing",
		  setsockopt(-1, SOL_SOCKET, SO_KEEPALIVE, &value, sizeof(value)));
	operation("set on a file", setsockopt(0, SOL_SOCKET, SO_KEEPALIVE, &value, sizeof(value)));
}

/*
 * What cannot be the same: where a setsockopt hook is attached, the kernel reads the value before it
 * knows whether the option wants one.
 */
void try_nowhere(void)
{
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	operation_subject("nowhere");
	operation("unknown level", setsockopt(fd, 7777, 1, NULL, sizeof(int)));
	operation("IPV6_UNICAST_HOPS",
		  setsockopt(fd, SOL_IPV6, IPV6_UNICAST_HOPS, NULL, sizeof(int)));
	(void)close(fd);
}

void try_options(const struct kind *k)
{
	int fd = socket(k->family, k->type, 0);

	try_all(fd, common);
	try_all(fd, k->family == AF_INET ? v4 : v6);
	if (k->type == SOCK_STREAM)
		try_all(fd, tcp);
	try_lengths(fd);
	(void)close(fd);
}
