// SPDX-License-Identifier: BSD-2-Clause
/* Kinds of inet sockets besides TCP and UDP, most of which no address hook sees. */
#include "attempt.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/icmp6.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROTO_SCTP 132
#define PROTO_DCCP 33
#define PROTO_UDPLITE 136
#define PROTO_L2TP 115
#define SOCK_DCCP_TYPE 6
#define SOL_DCCP_LEVEL 269
#define DCCP_SERVICE 2
#define SCTP_CONNECTX 110
#define AF_SMC_FAMILY 43

static int sctp4_stream(struct scene *s)
{
	return stream_to(s, socket(AF_INET, SOCK_STREAM, PROTO_SCTP), FAR4, PORT);
}

static int sctp4_message(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_SEQPACKET, PROTO_SCTP);
	int r = send_to(s, fd < 0 ? fd : dup(fd), FAR4, PORT);

	if (r == 0)
		(void)usleep(200000);
	return r;
}

static int sctp_mapped(struct scene *s)
{
	return stream_to(s, socket(AF_INET6, SOCK_STREAM, PROTO_SCTP), "::ffff:" FAR4, PORT);
}

/* The address travels in a socket option. */
static int sctp4_connectx(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_STREAM, PROTO_SCTP);
	socklen_t len;
	union address to = address_of(FAR4, PORT, &len);

	if (fd < 0)
		return errno;
	if (setsockopt(fd, PROTO_SCTP, SCTP_CONNECTX, &to.v4, sizeof(to.v4)) < 0)
		return errno;
	(void)usleep(100000);
	return send_mark(s, fd);
}

static int dccp4(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_DCCP_TYPE, PROTO_DCCP), service = (int)htonl(1);

	if (fd >= 0)
		(void)setsockopt(fd, SOL_DCCP_LEVEL, DCCP_SERVICE, &service, sizeof(service));
	return stream_to(s, fd, FAR4, PORT);
}

static int udplite(int family)
{
	return socket(family, SOCK_DGRAM, PROTO_UDPLITE);
}

static int udplite4_connect(struct scene *s)
{
	return connect_and_send(s, udplite(AF_INET), FAR4, PORT);
}

static int udplite6_connect(struct scene *s)
{
	return connect_and_send(s, udplite(AF_INET6), FAR6, PORT);
}

static int udplite4_sendto(struct scene *s)
{
	return send_to(s, udplite(AF_INET), FAR4, PORT);
}

static int udplite6_sendto(struct scene *s)
{
	return send_to(s, udplite(AF_INET6), FAR6, PORT);
}

/* An echo request whose data is the mark. */
static int echo(struct scene *s, int fd, const char *text, bool connected)
{
	struct {
		struct icmphdr head;
		char mark[96];
	} p = { .head.type = strchr(text, ':') ? ICMP6_ECHO_REQUEST : ICMP_ECHO };
	socklen_t len;
	union address to = address_of(text, 0, &len);
	ssize_t n;

	if (fd < 0)
		return errno;
	(void)snprintf(p.mark, sizeof(p.mark), "%s", s->mark);
	if (connected && connect(fd, &to.any, len))
		return errno;
	n = connected ? send(fd, &p, sizeof(p), 0) : sendto(fd, &p, sizeof(p), 0, &to.any, len);
	return n < 0 ? errno : 0;
}

static int ping4_sendto(struct scene *s)
{
	return echo(s, socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP), FAR4, false);
}

static int ping4_connect(struct scene *s)
{
	return echo(s, socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP), FAR4, true);
}

static int ping6_sendto(struct scene *s)
{
	return echo(s, socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6), FAR6, false);
}

static int raw4_icmp(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);

	return echo(s, fd, FAR4, false);
}

static int raw6_icmp(struct scene *s)
{
	return echo(s, socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6), FAR6, false);
}

struct datagram {
	struct udphdr head;
	char mark[96];
};

static struct datagram datagram_of(const struct scene *s)
{
	struct datagram d = { .head = { .source = htons(9), .dest = htons(PORT) } };

	(void)snprintf(d.mark, sizeof(d.mark), "%s", s->mark);
	d.head.len = htons((uint16_t)(sizeof(d.head) + s->mark_len));
	return d;
}

static int raw_udp(struct scene *s, int fd, const char *text)
{
	struct datagram d = datagram_of(s);
	socklen_t len;
	union address to = address_of(text, 0, &len);

	if (fd < 0 || connect(fd, &to.any, len))
		return errno;
	return send(fd, &d, sizeof(d.head) + s->mark_len, 0) < 0 ? errno : 0;
}

static int raw4_udp(struct scene *s)
{
	return raw_udp(s, socket(AF_INET, SOCK_RAW, IPPROTO_UDP), FAR4);
}

static int raw6_udp(struct scene *s)
{
	return raw_udp(s, socket(AF_INET6, SOCK_RAW, IPPROTO_UDP), FAR6);
}

/* With a header of its own, from an address that is not ours. */
static int raw4_header(struct scene *s)
{
	struct {
		struct iphdr ip;
		struct datagram udp;
	} p = { .ip = { .version = 4, .ihl = 5, .ttl = 9, .protocol = IPPROTO_UDP } };
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	socklen_t len;
	union address to = address_of(FAR4, 0, &len);

	if (fd < 0)
		return errno;
	p.udp = datagram_of(s);
	p.ip.saddr = inet_addr("10.91.0.77");
	p.ip.daddr = to.v4.sin_addr.s_addr;
	return sendto(fd, &p, sizeof(p.ip) + sizeof(p.udp.head) + s->mark_len, 0, &to.any, len) < 0
		       ? errno
		       : 0;
}

static int l2tp4(struct scene *s)
{
	struct {
		sa_family_t family;
		uint16_t unused;
		struct in_addr addr;
		uint32_t connection;
		char pad[4];
	} to = { .family = AF_INET, .connection = 7 };
	int fd = socket(AF_INET, SOCK_DGRAM, PROTO_L2TP);

	(void)inet_pton(AF_INET, FAR4, &to.addr);
	if (fd < 0 || sendto(fd, s->mark, s->mark_len, 0, (void *)&to, sizeof(to)) < 0)
		return errno;
	return 0;
}

static int smc4(struct scene *s)
{
	return stream_to(s, socket(AF_SMC_FAMILY, SOCK_STREAM, 0), FAR4, PORT);
}

#define PLAIN(n)                                                                                   \
	{                                                                                          \
		.name = #n, .inside = n                                                            \
	}

const struct attempt attempts_kind[] = {
	PLAIN(sctp4_stream),
	PLAIN(sctp4_message),
	PLAIN(sctp_mapped),
	PLAIN(sctp4_connectx),
	PLAIN(dccp4),
	PLAIN(udplite4_connect),
	PLAIN(udplite6_connect),
	PLAIN(udplite4_sendto),
	PLAIN(udplite6_sendto),
	{ .name = "udplite4_unprivileged", .inside = udplite4_connect, .uid = UID_NOBODY },
	PLAIN(ping4_sendto),
	PLAIN(ping4_connect),
	PLAIN(ping6_sendto),
	{ .name = "ping4_unprivileged", .inside = ping4_sendto, .uid = UID_NOBODY },
	PLAIN(raw4_icmp),
	PLAIN(raw6_icmp),
	PLAIN(raw4_udp),
	PLAIN(raw6_udp),
	PLAIN(raw4_header),
	PLAIN(l2tp4),
	PLAIN(smc4),
	{ 0 },
};
