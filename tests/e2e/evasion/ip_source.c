// SPDX-License-Identifier: BSD-2-Clause
/* Other people's source addresses, other devices, tunnels, translation: what the hook approves is not what is sent. */
#include "attempt.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEAR_DEVICE "ev-near"

static int freebind6(struct scene *s)
{
	int fd = socket(AF_INET6, SOCK_DGRAM, 0), on = 1;
	socklen_t len;
	union address from = address_of("fd91::77", 0, &len);

	if (setsockopt(fd, SOL_IPV6, IPV6_FREEBIND, &on, sizeof(on)) || bind(fd, &from.any, len))
		return errno;
	return send_to(s, fd, FAR6, PORT_APPROVED);
}

static int transparent4(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
	socklen_t len;
	union address from = address_of("10.91.0.77", 0, &len);

	if (setsockopt(fd, SOL_IP, IP_TRANSPARENT, &on, sizeof(on)) || bind(fd, &from.any, len))
		return errno;
	return send_to(s, fd, FAR4, PORT_APPROVED);
}

static int freebind4(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
	socklen_t len;
	union address from = address_of("10.91.0.77", 0, &len);

	if (setsockopt(fd, SOL_IP, IP_FREEBIND, &on, sizeof(on)) || bind(fd, &from.any, len))
		return errno;
	return send_to(s, fd, FAR4, PORT_APPROVED);
}

/* The source in a control message; nothing else is said of it. */
static int pktinfo6(struct scene *s)
{
	struct in6_pktinfo info = { .ipi6_ifindex = 0 };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(info))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(info)),
				.cmsg_level = SOL_IPV6,
				.cmsg_type = IPV6_PKTINFO } };
	socklen_t len;
	union address to = address_of(FAR6, PORT_APPROVED, &len);
	struct iovec bytes = { .iov_base = s->mark, .iov_len = s->mark_len };
	struct msghdr m = { .msg_name = &to,
			    .msg_namelen = len,
			    .msg_iov = &bytes,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control.room) };
	int fd = socket(AF_INET6, SOCK_DGRAM, 0), on = 1;

	(void)setsockopt(fd, SOL_IPV6, IPV6_FREEBIND, &on, sizeof(on));
	(void)inet_pton(AF_INET6, "fd91::77", &info.ipi6_addr);
	memcpy(CMSG_DATA(&control.head), &info, sizeof(info));
	return sendmsg(fd, &m, 0) < 0 ? errno : 0;
}

static int bind_device(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, NEAR_DEVICE, sizeof(NEAR_DEVICE)))
		return errno;
	return send_to(s, fd, FAR4, PORT);
}

/* An address that is on no route of ours goes out of the device all the same. */
static int unicast_device(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, NEAR_DEVICE, sizeof(NEAR_DEVICE)) ||
	    setsockopt(fd, SOL_SOCKET, SO_DONTROUTE, &on, sizeof(on)))
		return errno;
	return send_to(s, fd, OTHER4, PORT);
}

static int shell(const char *command)
{
	int status = system(command);

	return status == 0 ? 0 : EOPNOTSUPP;
}

/* By a mark, that routing sends into another table, in which loopback is the way out. */
static int mark_route(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), mark = 91, r;

	r = shell("ip rule add fwmark 91 table 91 && ip route replace 10.99.0.0/16 via " OTHER4
		  " table 91");
	if (r == 0 && setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)))
		r = errno;
	r = r ? r : send_to(s, fd, "10.99.0.1", PORT);
	(void)shell("ip rule del fwmark 91 table 91");
	return r;
}

/* The inner address is approved, the outer one is not. */
static int tunnel(struct scene *s, const char *make, const char *remove)
{
	int r = shell(make);

	r = r ? r : send_to(s, socket(AF_INET, SOCK_DGRAM, 0), FAR4, PORT_APPROVED);
	(void)usleep(20000);
	(void)shell(remove);
	return r;
}

static int vxlan(struct scene *s)
{
	return tunnel(s,
		      "ip link add ev-vx type vxlan id 91 remote " OTHER4
		      " dstport 4789 dev ev-near 2>/dev/null &&"
		      " ip link set ev-vx up && ip neigh add " FAR4
		      " lladdr 02:00:00:00:00:91 dev ev-vx &&"
		      " ip route add " FAR4 "/32 dev ev-vx",
		      "ip link del ev-vx 2>/dev/null");
}

static int ipip(struct scene *s)
{
	return tunnel(s,
		      "ip link add ev-ipip type ipip remote " OTHER4
		      " local 10.91.0.1 2>/dev/null &&"
		      " ip link set ev-ipip up && ip route add " FAR4 "/32 dev ev-ipip",
		      "ip link del ev-ipip 2>/dev/null");
}

static int gre(struct scene *s)
{
	return tunnel(s,
		      "ip link add ev-gre type gre remote " OTHER4 " local 10.91.0.1 2>/dev/null &&"
		      " ip link set ev-gre up && ip route add " FAR4 "/32 dev ev-gre",
		      "ip link del ev-gre 2>/dev/null");
}

#define DNAT(rule)                                                                                 \
	"nft 'add table ip ev; add chain ip ev out { type nat hook output priority -100; };"       \
	" add rule ip ev out " rule "' 2>/dev/null"

static int dnat_udp(struct scene *s)
{
	int r = shell(DNAT("udp dport 7010 dnat to " OTHER4 ":7000"));

	r = r ? r : send_to(s, socket(AF_INET, SOCK_DGRAM, 0), FAR4, PORT_APPROVED);
	(void)shell("nft delete table ip ev 2>/dev/null");
	return r;
}

static int dnat_tcp(struct scene *s)
{
	int r = shell(DNAT("tcp dport 7010 dnat to " OTHER4 ":7000"));

	r = r ? r : plain_tcp(s, FAR4, PORT_APPROVED);
	(void)shell("nft delete table ip ev 2>/dev/null");
	return r;
}

/* A connection that never was opened: no handshake, only a state that is claimed. */
static int tcp_repair(struct scene *s)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1,
	    off = -1 /* and no probe, which would be answered */;
	struct tcp_repair_window window = { .snd_wnd = 1000, .max_window = 1000, .rcv_wnd = 1000 };
	socklen_t len;
	union address to = address_of(FAR4, PORT, &len);

	if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)))
		return errno;
	if (connect(fd, &to.any, len) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_WINDOW, &window, sizeof(window)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &off, sizeof(off)))
		return errno;
	return send_mark(s, fd);
}

#define PLAIN(n)                                                                                   \
	{                                                                                          \
		.name = #n, .inside = n                                                            \
	}

const struct attempt attempts_source[] = {
	PLAIN(freebind6),
	{ .name = "freebind6_unprivileged", .inside = freebind6, .uid = UID_NOBODY },
	PLAIN(freebind4),
	PLAIN(transparent4),
	PLAIN(pktinfo6),
	PLAIN(bind_device),
	PLAIN(unicast_device),
	PLAIN(mark_route),
	PLAIN(vxlan),
	PLAIN(ipip),
	PLAIN(gre),
	PLAIN(dnat_udp),
	PLAIN(dnat_tcp),
	PLAIN(tcp_repair),
	{ 0 },
};
