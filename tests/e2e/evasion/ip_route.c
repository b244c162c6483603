// SPDX-License-Identifier: BSD-2-Clause
/*
 * Routes that the packet carries itself: the address given to connect() is the approved one, the
 * packet goes to another first. Every attempt names FAR at PORT_APPROVED and visits OTHER.
 */
#include "attempt.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/seg6.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LSRR 131
#define SSRR 137
#define OPTION_LEN 8

/* Loose or strict: type, length, pointer, one hop, padding. */
static void source_route(unsigned char *option, unsigned char type)
{
	struct in_addr hop = { inet_addr(OTHER4) };

	memset(option, 0, OPTION_LEN);
	option[0] = type;
	option[1] = 7;
	option[2] = 4;
	memcpy(option + 3, &hop, sizeof(hop));
}

static int routed4(int type, unsigned char route)
{
	unsigned char option[OPTION_LEN];
	int fd = socket(AF_INET, type, 0);

	source_route(option, route);
	if (setsockopt(fd, SOL_IP, IP_OPTIONS, option, sizeof(option))) {
		int r = errno;

		(void)close(fd);
		errno = r;
		return -1;
	}
	return fd;
}

static int lsrr_udp(struct scene *s)
{
	return send_to(s, routed4(SOCK_DGRAM, LSRR), FAR4, PORT_APPROVED);
}

static int lsrr_udp_connected(struct scene *s)
{
	return connect_and_send(s, routed4(SOCK_DGRAM, LSRR), FAR4, PORT_APPROVED);
}

static int lsrr_tcp(struct scene *s)
{
	return stream_to(s, routed4(SOCK_STREAM, LSRR), FAR4, PORT_APPROVED);
}

static int ssrr_udp(struct scene *s)
{
	return send_to(s, routed4(SOCK_DGRAM, SSRR), FAR4, PORT_APPROVED);
}

/* Set when the connection is there. */
static int lsrr_udp_afterwards(struct scene *s)
{
	unsigned char option[OPTION_LEN];
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t len;
	union address to = address_of(FAR4, PORT_APPROVED, &len);

	source_route(option, LSRR);
	if (connect(fd, &to.any, len) || setsockopt(fd, SOL_IP, IP_OPTIONS, option, sizeof(option)))
		return errno;
	/* Options of a connected socket count from its next connect. */
	if (connect(fd, &to.any, len))
		return errno;
	return send_mark(s, fd);
}

static int send_control(const struct scene *s, int fd, const union address *to,
			struct cmsghdr *control, size_t control_len)
{
	struct iovec bytes = { .iov_base = (void *)s->mark, .iov_len = s->mark_len };
	struct msghdr m = { .msg_name = (void *)to,
			    .msg_namelen = to->any.sa_family == AF_INET ? sizeof(to->v4)
									: sizeof(to->v6),
			    .msg_iov = &bytes,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = control_len };

	return fd < 0 || sendmsg(fd, &m, 0) < 0 ? errno : 0;
}

static int lsrr_udp_control(struct scene *s)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(OPTION_LEN)];
	} control = { .head = { .cmsg_len = CMSG_LEN(OPTION_LEN),
				.cmsg_level = SOL_IP,
				.cmsg_type = IP_RETOPTS } };
	socklen_t len;
	union address to = address_of(FAR4, PORT_APPROVED, &len);

	source_route(CMSG_DATA(&control.head), LSRR);
	return send_control(s, socket(AF_INET, SOCK_DGRAM, 0), &to, &control.head,
			    sizeof(control.room));
}

/* The two hops of a segment routing header, in the order of the wire: last first. */
struct route6 {
	struct ipv6_sr_hdr head;
	struct in6_addr hop[2];
} __attribute__((packed));

static struct route6 segments(void)
{
	struct route6 r = {
		.head = { .hdrlen = 4, .type = 4, .segments_left = 1, .first_segment = 1 }
	};

	(void)inet_pton(AF_INET6, OTHER6, &r.hop[1]);
	return r;
}

static int routed6(int type)
{
	struct route6 route = segments();
	int fd = socket(AF_INET6, type, 0), r;

	if (setsockopt(fd, SOL_IPV6, IPV6_RTHDR, &route, sizeof(route)) == 0)
		return fd;
	r = errno;
	(void)close(fd);
	errno = r;
	return -1;
}

static int srh_udp(struct scene *s)
{
	return send_to(s, routed6(SOCK_DGRAM), FAR6, PORT_APPROVED);
}

static int srh_udp_connected(struct scene *s)
{
	return connect_and_send(s, routed6(SOCK_DGRAM), FAR6, PORT_APPROVED);
}

static int srh_tcp(struct scene *s)
{
	int fd = routed6(SOCK_STREAM);
	socklen_t len;
	union address to = address_of(FAR6, PORT_APPROVED, &len);
	int r = fd < 0 ? errno : connect_soon(fd, &to.any, len);

	return r ? r : send_mark(s, fd);
}

static int srh_udp_afterwards(struct scene *s)
{
	struct route6 route = segments();
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	socklen_t len;
	union address to = address_of(FAR6, PORT_APPROVED, &len);

	if (connect(fd, &to.any, len) || send(fd, "x", 1, 0) < 0)
		return errno;
	if (setsockopt(fd, SOL_IPV6, IPV6_RTHDR, &route, sizeof(route)))
		return errno;
	return send_mark(s, fd);
}

static int srh_tcp_afterwards(struct scene *s)
{
	struct route6 route = segments();
	int fd = socket(AF_INET6, SOCK_STREAM, 0), r;
	socklen_t len;
	union address to = address_of(FAR6, PORT_APPROVED, &len);

	r = connect_soon(fd, &to.any, len);
	if (r == 0 && setsockopt(fd, SOL_IPV6, IPV6_RTHDR, &route, sizeof(route)))
		r = errno;
	return r ? r : send_mark(s, fd);
}

/* A message with the route, sent where it may; level and type as given. */
static int control6(struct scene *s, int type, const void *data, size_t n)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(256)];
	} control = {
		.head = { .cmsg_len = CMSG_LEN(n), .cmsg_level = SOL_IPV6, .cmsg_type = type }
	};
	socklen_t len;
	union address to = address_of(FAR6, PORT_APPROVED, &len);

	memcpy(CMSG_DATA(&control.head), data, n);
	return send_control(s, socket(AF_INET6, SOCK_DGRAM, 0), &to, &control.head, CMSG_SPACE(n));
}

static int srh_udp_control(struct scene *s)
{
	struct route6 route = segments();

	return control6(s, IPV6_RTHDR, &route, sizeof(route));
}

static int srh_udp_control_2292(struct scene *s)
{
	struct route6 route = segments();

	return control6(s, 57 /* IPV6_2292RTHDR */, &route, sizeof(route));
}

/* The old option takes whole control messages. */
static int srh_udp_options_2292(struct scene *s)
{
	struct route6 route = segments();
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(struct route6))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(route)),
				.cmsg_level = SOL_IPV6,
				.cmsg_type = 57 } };
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	memcpy(CMSG_DATA(&control.head), &route, sizeof(route));
	if (setsockopt(fd, SOL_IPV6, 6 /* IPV6_2292PKTOPTIONS */, &control, sizeof(control.room)))
		return errno;
	return send_to(s, fd, FAR6, PORT_APPROVED);
}

static int next_hop_control(struct scene *s)
{
	socklen_t len;
	union address hop = address_of(OTHER6, 0, &len);

	return control6(s, 9 /* IPV6_NEXTHOP */, &hop.v6, sizeof(hop.v6));
}

#define PLAIN(n)                                                                                   \
	{                                                                                          \
		.name = #n, .inside = n                                                            \
	}

const struct attempt attempts_route[] = {
	PLAIN(lsrr_udp),
	PLAIN(lsrr_udp_connected),
	PLAIN(lsrr_udp_afterwards),
	PLAIN(lsrr_udp_control),
	PLAIN(lsrr_tcp),
	PLAIN(ssrr_udp),
	{ .name = "lsrr_udp_unprivileged", .inside = lsrr_udp, .uid = UID_NOBODY },
	PLAIN(srh_udp),
	PLAIN(srh_udp_connected),
	PLAIN(srh_udp_afterwards),
	PLAIN(srh_tcp),
	PLAIN(srh_tcp_afterwards),
	{ .name = "srh_udp_unprivileged", .inside = srh_udp_connected, .uid = UID_NOBODY },
	PLAIN(srh_udp_control),
	PLAIN(srh_udp_control_2292),
	PLAIN(srh_udp_options_2292),
	PLAIN(next_hop_control),
	{ 0 },
};
