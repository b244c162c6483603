// SPDX-License-Identifier: BSD-2-Clause
/* Addresses that mean another one, or more than one. */
#include "attempt.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#define NEAR_DEVICE "ev-near"
#define FLOW_INFO 11 /* IPV6_FLOWINFO; the C library has no name for it */

static int any4_tcp(struct scene *s)
{
	return plain_tcp(s, "0.0.0.0", PORT);
}

static int any6_tcp(struct scene *s)
{
	return plain_tcp(s, "::", PORT);
}

static int any_mapped_tcp(struct scene *s)
{
	return plain_tcp(s, "::ffff:0.0.0.0", PORT);
}

static int any4_udp(struct scene *s)
{
	return plain_udp(s, "0.0.0.0", PORT);
}

static int any6_udp(struct scene *s)
{
	return plain_udp(s, "::", PORT);
}

static int any_mapped_udp(struct scene *s)
{
	return plain_udp(s, "::ffff:0.0.0.0", PORT);
}

static int any4_udp_connect(struct scene *s)
{
	return connect_and_send(s, socket(AF_INET, SOCK_DGRAM, 0), "0.0.0.0", PORT);
}

static int any6_udp_connect(struct scene *s)
{
	return connect_and_send(s, socket(AF_INET6, SOCK_DGRAM, 0), "::", PORT);
}

static int loopback_tcp(struct scene *s)
{
	return plain_tcp(s, "127.1.2.3", PORT);
}

/* Our own address on the wire's side goes over loopback too. */
static int own_address_tcp(struct scene *s)
{
	return plain_tcp(s, NEAR4, PORT);
}

static int link_local_tcp(struct scene *s)
{
	int fd = socket(AF_INET6, SOCK_STREAM, 0), r;
	socklen_t len;
	union address to = address_of("fe80::91", PORT, &len);

	to.v6.sin6_scope_id = if_nametoindex(NEAR_DEVICE);
	r = connect_soon(fd, &to.any, len);
	return r ? r : send_mark(s, fd);
}

static int link_local_udp(struct scene *s)
{
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	socklen_t len;
	union address to = address_of("fe80::91", PORT, &len);

	to.v6.sin6_scope_id = if_nametoindex(NEAR_DEVICE);
	return sendto(fd, s->mark, s->mark_len, 0, &to.any, len) < 0 ? errno : 0;
}

static int multicast4(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct ip_mreqn to = { .imr_ifindex = (int)if_nametoindex(NEAR_DEVICE) };

	(void)setsockopt(fd, SOL_IP, IP_MULTICAST_IF, &to, sizeof(to));
	return send_to(s, fd, "239.9.1.1", PORT);
}

static int multicast6(struct scene *s)
{
	int fd = socket(AF_INET6, SOCK_DGRAM, 0), device = (int)if_nametoindex(NEAR_DEVICE);

	(void)setsockopt(fd, SOL_IPV6, IPV6_MULTICAST_IF, &device, sizeof(device));
	return send_to(s, fd, "ff02::9191", PORT);
}

static int broadcast(struct scene *s, const char *text)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, NEAR_DEVICE, sizeof(NEAR_DEVICE));
	return send_to(s, fd, text, PORT);
}

static int broadcast4_subnet(struct scene *s)
{
	return broadcast(s, "10.91.0.255");
}

static int broadcast4_all(struct scene *s)
{
	return broadcast(s, "255.255.255.255");
}

/* IPv6 addresses that contain one of IPv4; the far end has each of them. */
static int nat64_tcp(struct scene *s)
{
	return plain_tcp(s, "64:ff9b::" FAR4, PORT);
}

static int six_to_four_tcp(struct scene *s)
{
	return plain_tcp(s, "2002:a5b:2::1", PORT);
}

static int isatap_tcp(struct scene *s)
{
	return plain_tcp(s, "fd91::5efe:" FAR4, PORT);
}

static int flow_label_tcp(struct scene *s)
{
	int fd = socket(AF_INET6, SOCK_STREAM, 0), on = 1, r;
	socklen_t len;
	union address to = address_of(FAR6, PORT, &len);

	(void)setsockopt(fd, SOL_IPV6, FLOW_INFO, &on, sizeof(on));
	(void)setsockopt(fd, SOL_IPV6, IPV6_AUTOFLOWLABEL, &on, sizeof(on));
	r = connect_soon(fd, &to.any, len);
	return r ? r : send_mark(s, fd);
}

#define PLAIN(n)                                                                                   \
	{                                                                                          \
		.name = #n, .inside = n                                                            \
	}

const struct attempt attempts_address[] = {
	PLAIN(any4_tcp),	 PLAIN(any6_tcp),	  PLAIN(any_mapped_tcp),
	PLAIN(any4_udp),	 PLAIN(any6_udp),	  PLAIN(any_mapped_udp),
	PLAIN(any4_udp_connect), PLAIN(any6_udp_connect), PLAIN(loopback_tcp),
	PLAIN(own_address_tcp),	 PLAIN(link_local_tcp),	  PLAIN(link_local_udp),
	PLAIN(multicast4),	 PLAIN(multicast6),	  PLAIN(broadcast4_subnet),
	PLAIN(broadcast4_all),	 PLAIN(nat64_tcp),	  PLAIN(six_to_four_tcp),
	PLAIN(isatap_tcp),	 PLAIN(flow_label_tcp),	  { 0 },
};
