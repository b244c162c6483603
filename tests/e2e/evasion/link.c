// SPDX-License-Identifier: BSD-2-Clause
/* Families and devices below IP, or beside it: no cgroup socket hook sees most of them. */
#include "attempt.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/vm_sockets.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NEAR_DEVICE "ev-near"
#define VSOCK_PORT 7091

struct packet {
	struct iphdr ip;
	struct udphdr udp;
	char mark[96];
};

static uint16_t header_sum(const void *data, size_t n)
{
	const uint16_t *words = data;
	uint32_t sum = 0;

	for (size_t i = 0; i < n / 2; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t) ~(sum + (sum >> 16));
}

/* A datagram to `to`, made by hand; its length. */
static size_t packet_of(const struct scene *s, const char *from, const char *to, struct packet *ret)
{
	size_t n = sizeof(ret->ip) + sizeof(ret->udp) + s->mark_len;

	*ret = (struct packet){
		.ip = { .version = 4, .ihl = 5, .ttl = 9, .protocol = IPPROTO_UDP }
	};
	ret->ip.tot_len = htons((uint16_t)n);
	ret->ip.saddr = inet_addr(from);
	ret->ip.daddr = inet_addr(to);
	ret->ip.check = header_sum(&ret->ip, sizeof(ret->ip));
	ret->udp = (struct udphdr){ .source = htons(9), .dest = htons(PORT) };
	ret->udp.len = htons((uint16_t)(sizeof(ret->udp) + s->mark_len));
	memcpy(ret->mark, s->mark, s->mark_len);
	return n;
}

static struct sockaddr_ll link_of(void)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_IP),
				  .sll_ifindex = (int)if_nametoindex(NEAR_DEVICE),
				  .sll_halen = 6 };

	memset(to.sll_addr, 0xff, 6);
	return to;
}

static int packet_send(struct scene *s, int fd)
{
	struct sockaddr_ll to = link_of();
	struct packet p;
	size_t n = packet_of(s, NEAR4, FAR4, &p);

	if (fd < 0 || sendto(fd, &p, n, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		return errno;
	return 0;
}

static int packet_datagram(struct scene *s)
{
	return packet_send(s, socket(AF_PACKET, SOCK_DGRAM, 0));
}

static int packet_bypass(struct scene *s)
{
	int fd = socket(AF_PACKET, SOCK_DGRAM, 0), on = 1;

	if (fd >= 0 && setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)))
		return errno;
	return packet_send(s, fd);
}

static int packet_raw(struct scene *s)
{
	struct {
		struct ether_header head;
		struct packet p;
	} __attribute__((packed)) frame;
	struct sockaddr_ll to = link_of();
	struct packet p;
	size_t n = packet_of(s, NEAR4, FAR4, &p);
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	memset(&frame.head, 0xff, sizeof(frame.head));
	frame.head.ether_type = htons(ETH_P_IP);
	frame.p = p;
	if (fd < 0 ||
	    sendto(fd, &frame, sizeof(frame.head) + n, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		return errno;
	return 0;
}

static int made(const struct scene *s, int fd)
{
	if (fd < 0)
		return errno;
	ledger_note(s->mark, "socket");
	return 0;
}

/* Having a socket of the family is what counts: what can be done with it is not tried. */
static int xdp_socket(struct scene *s)
{
	return made(s, socket(AF_XDP, SOCK_RAW, 0));
}

static int netlink_socket(struct scene *s)
{
	return made(s, socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
}

static int vsock_socket(struct scene *s)
{
	return made(s, socket(AF_VSOCK, SOCK_STREAM, 0));
}

static int any_of(const struct scene *s, const int (*kinds)[3], size_t n)
{
	int r = EAFNOSUPPORT;

	for (size_t i = 0; i < n && r; i++)
		r = made(s, socket(kinds[i][0], kinds[i][1], kinds[i][2]));
	return r;
}

/* CAN, TIPC, RDS, Bluetooth, KCM, PPPoX, Phonet, QIPCRTR, ATM: the first that there is. */
static int family_other(struct scene *s)
{
	static const int kinds[][3] = {
		{ AF_CAN, SOCK_RAW, 1 },       { AF_TIPC, SOCK_STREAM, 0 },
		{ AF_RDS, SOCK_SEQPACKET, 0 }, { AF_BLUETOOTH, SOCK_RAW, 1 },
		{ AF_KCM, SOCK_DGRAM, 0 },     { AF_PPPOX, SOCK_STREAM, 0 },
		{ 42, SOCK_DGRAM, 0 },	       { AF_ATMPVC, SOCK_DGRAM, 0 }
	};

	return any_of(s, kinds, sizeof(kinds) / sizeof(kinds[0]));
}

/* Over the loopback of vsock; the other half listens. */
static int vsock_loopback(struct scene *s)
{
	struct sockaddr_vm to = { .svm_family = AF_VSOCK,
				  .svm_cid = VMADDR_CID_LOCAL,
				  .svm_port = VSOCK_PORT };
	int fd = socket(AF_VSOCK, SOCK_STREAM, 0), r;

	if (fd < 0 || take_word(s->outside) < 0)
		return errno;
	r = connect_soon(fd, (struct sockaddr *)&to, sizeof(to));
	return r ? r : send_mark(s, fd);
}

static int vsock_server(struct scene *s)
{
	struct sockaddr_vm at = { .svm_family = AF_VSOCK,
				  .svm_cid = VMADDR_CID_ANY,
				  .svm_port = VSOCK_PORT };
	int fd = socket(AF_VSOCK, SOCK_STREAM, 0), peer;
	char bytes[128] = "";
	ssize_t n;

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) || listen(fd, 1))
		return errno;
	(void)say_word(s->outside, 'r');
	peer = accept(fd, NULL, NULL);
	n = recv(peer, bytes, sizeof(bytes), 0);
	if (n > 0 && memmem(bytes, (size_t)n, s->mark, s->mark_len))
		ledger_note(s->mark, "vsock");
	return 0;
}

/* A device of its own, from which packets come that no process sent. */
static int tun_inject(struct scene *s)
{
	struct ifreq device = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR), ctl = socket(AF_INET, SOCK_DGRAM, 0);
	struct packet p;
	size_t n = packet_of(s, "10.98.0.2", FAR4, &p);

	(void)strcpy(device.ifr_name, "ev-tun");
	if (fd < 0 || ioctl(fd, TUNSETIFF, &device))
		return errno;
	device.ifr_flags = IFF_UP;
	if (ctl < 0 || ioctl(ctl, SIOCSIFFLAGS, &device))
		return errno;
	(void)write_text("/proc/sys/net/ipv4/conf/ev-tun/rp_filter", "0");
	if (write(fd, &p, n) < 0)
		return errno;
	(void)usleep(50000);
	return 0;
}

#define PLAIN(n)                                                                                   \
	{                                                                                          \
		.name = #n, .inside = n                                                            \
	}

const struct attempt attempts_link[] = {
	PLAIN(packet_datagram),
	PLAIN(packet_raw),
	PLAIN(packet_bypass),
	PLAIN(xdp_socket),
	PLAIN(netlink_socket),
	PLAIN(vsock_socket),
	{ .name = "vsock_loopback", .inside = vsock_loopback, .outside = vsock_server },
	PLAIN(family_other),
	PLAIN(tun_inject),
	{ 0 },
};
