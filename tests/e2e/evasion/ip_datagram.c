// SPDX-License-Identifier: BSD-2-Clause
/* UDP: connected, unconnected, both, with other families' addresses and with control messages. */
#include "attempt.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MAPPED "::ffff:" FAR4

static int udp(int family)
{
	return socket(family, SOCK_DGRAM, 0);
}

static int udp4_connect(struct scene *s)
{
	return connect_and_send(s, udp(AF_INET), FAR4, PORT);
}

static int udp6_connect(struct scene *s)
{
	return connect_and_send(s, udp(AF_INET6), FAR6, PORT);
}

static int udp_mapped_connect(struct scene *s)
{
	return connect_and_send(s, udp(AF_INET6), MAPPED, PORT);
}

static int udp6_socket_in_connect(struct scene *s)
{
	return connect_and_send(s, udp(AF_INET6), FAR4, PORT);
}

static int udp4_sendto(struct scene *s)
{
	return plain_udp(s, FAR4, PORT);
}

static int udp6_sendto(struct scene *s)
{
	return plain_udp(s, FAR6, PORT);
}

static int udp_mapped_sendto(struct scene *s)
{
	return plain_udp(s, MAPPED, PORT);
}

static int udp6_socket_in_sendto(struct scene *s)
{
	return send_to(s, udp(AF_INET6), FAR4, PORT);
}

static int udp4_sendto_unspec(struct scene *s)
{
	int fd = udp(AF_INET);
	socklen_t len;
	union address to = address_of(FAR4, PORT, &len);

	to.any.sa_family = AF_UNSPEC;
	return sendto(fd, s->mark, s->mark_len, 0, &to.any, len) < 0 ? errno : 0;
}

/* Connected to what everybody may reach. */
static int approved(int family)
{
	int fd = udp(family);
	socklen_t len;
	union address to = address_of(family == AF_INET ? FAR4 : FAR6, PORT_APPROVED, &len);

	return fd >= 0 && connect(fd, &to.any, len) == 0 ? fd : -1;
}

static int udp4_sendto_other(struct scene *s)
{
	return send_to(s, approved(AF_INET), OTHER4, PORT);
}

static int udp6_sendto_other(struct scene *s)
{
	return send_to(s, approved(AF_INET6), OTHER6, PORT);
}

static int udp4_reconnect(struct scene *s)
{
	return connect_and_send(s, approved(AF_INET), OTHER4, PORT);
}

/* Sent once where it may, then connected elsewhere: what was approved must not stick. */
static int udp4_reconnect_after_send(struct scene *s)
{
	int fd = approved(AF_INET);

	(void)send(fd, "x", 1, 0);
	return connect_and_send(s, fd, OTHER4, PORT_APPROVED);
}

static int udp4_dissolve(struct scene *s)
{
	int fd = approved(AF_INET);
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	if (connect(fd, &none, sizeof(none)))
		return errno;
	return send_to(s, fd, OTHER4, PORT_APPROVED);
}

/* Two messages in one call, of which the first is allowed. */
static int udp4_sendmmsg(struct scene *s)
{
	socklen_t len;
	union address to[2] = { address_of(FAR4, PORT_APPROVED, &len),
				address_of(FAR4, PORT, &len) };
	struct iovec bytes[2] = { { "x", 1 }, { s->mark, s->mark_len } };
	struct mmsghdr m[2] = { 0 };
	int n;

	for (int i = 0; i < 2; i++)
		m[i].msg_hdr = (struct msghdr){ .msg_name = &to[i],
						.msg_namelen = len,
						.msg_iov = &bytes[i],
						.msg_iovlen = 1 };
	n = sendmmsg(udp(AF_INET), m, 2, 0);
	return n == 2 ? 0 : n < 0 ? errno : EPERM;
}

static int udp4_cork(struct scene *s)
{
	int fd = udp(AF_INET);
	socklen_t len;
	union address first = address_of(FAR4, PORT, &len);

	if (sendto(fd, s->mark, s->mark_len, MSG_MORE, &first.any, len) < 0)
		return errno;
	return sendto(fd, "x", 1, 0, &first.any, len) < 0 ? errno : 0;
}

/* Begun where it may go, ended with another address: the kernel keeps the first. */
static int udp4_cork_other(struct scene *s)
{
	int fd = udp(AF_INET);
	socklen_t len;
	union address first = address_of(OTHER4, PORT_APPROVED, &len),
		      last = address_of(FAR4, PORT_APPROVED, &len);

	if (sendto(fd, s->mark, s->mark_len, MSG_MORE, &first.any, len) < 0)
		return errno;
	return sendto(fd, "x", 1, 0, &last.any, len) < 0 ? errno : 0;
}

/* A control message hides the address from the send hook. */
static int controlled(const struct scene *s, int fd, int level, int type)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
				.cmsg_level = level,
				.cmsg_type = type } };
	struct iovec bytes = { .iov_base = (void *)s->mark, .iov_len = s->mark_len };
	struct msghdr m = { .msg_iov = &bytes,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control.room) };
	int hops = 9;

	memcpy(CMSG_DATA(&control.head), &hops, sizeof(hops));
	return sendmsg(fd, &m, 0) < 0 ? errno : 0;
}

static int connected_control(struct scene *s, int family, const char *text)
{
	int fd = udp(family), r;
	socklen_t len;
	union address to = address_of(text, PORT, &len);

	r = connect_soon(fd, &to.any, len);
	return r ? r
		 : controlled(s, fd, family == AF_INET ? SOL_IP : SOL_IPV6,
			      family == AF_INET ? IP_TTL : IPV6_HOPLIMIT);
}

static int udp4_connected_control(struct scene *s)
{
	return connected_control(s, AF_INET, FAR4);
}

static int udp6_connected_control(struct scene *s)
{
	return connected_control(s, AF_INET6, FAR6);
}

static int udp_mapped_connected_control(struct scene *s)
{
	return connected_control(s, AF_INET6, MAPPED);
}

const struct attempt attempts_datagram[] = {
	{ .name = "udp4_connect", .inside = udp4_connect },
	{ .name = "udp6_connect", .inside = udp6_connect },
	{ .name = "udp_mapped_connect", .inside = udp_mapped_connect },
	{ .name = "udp6_socket_in_connect", .inside = udp6_socket_in_connect },
	{ .name = "udp4_sendto", .inside = udp4_sendto },
	{ .name = "udp6_sendto", .inside = udp6_sendto },
	{ .name = "udp_mapped_sendto", .inside = udp_mapped_sendto },
	{ .name = "udp6_socket_in_sendto", .inside = udp6_socket_in_sendto },
	{ .name = "udp4_sendto_unspec", .inside = udp4_sendto_unspec },
	{ .name = "udp4_sendto_other", .inside = udp4_sendto_other },
	{ .name = "udp6_sendto_other", .inside = udp6_sendto_other },
	{ .name = "udp4_reconnect", .inside = udp4_reconnect },
	{ .name = "udp4_reconnect_after_send", .inside = udp4_reconnect_after_send },
	{ .name = "udp4_dissolve", .inside = udp4_dissolve },
	{ .name = "udp4_sendmmsg", .inside = udp4_sendmmsg },
	{ .name = "udp4_cork", .inside = udp4_cork },
	{ .name = "udp4_cork_other", .inside = udp4_cork_other },
	{ .name = "udp4_connected_control", .inside = udp4_connected_control },
	{ .name = "udp6_connected_control", .inside = udp6_connected_control },
	{ .name = "udp_mapped_connected_control", .inside = udp_mapped_connected_control },
	{ 0 },
};
