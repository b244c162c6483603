/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Both ends of a packet as they are on the wire, and whether it would visit others on its way. */
#pragma once

#include "maps/inquiries.bpf.h"

/* extension headers of IPv6 */
#define IP6_HOP_OPTIONS 0
#define IP6_ROUTING 43
#define IP6_FRAGMENT 44
#define IP6_AUTHENTICATION 51
#define IP6_DESTINATION_OPTIONS 60
#define IP6_MOBILITY 135

#define PACKET_FRAGMENT 0x1fff /* bits of the offset */
#define PACKET_LSRR 0x83
#define PACKET_SSRR 0x89
#define PACKET_TCP_FLAGS 13 /* offset in a TCP header */
#define PACKET_TCP_RST 4
#define PACKET_OPTIONS 40 /* bytes of IPv4 options at most */
#define PACKET_HEADERS 8 /* extension headers that are walked; one more is unreadable */

struct packet_walk {
	struct __sk_buff *skb;
	__u32 at, end;
	__u32 next; /* IPv6: what follows */
	__u32 routed;
	__u32 done;
	__u32 fragment; /* not the first: no ports in it */
};

/* What one step leaves meets another one: Linux 6.1 follows a loop's body once, with what it begins with. */
static __always_inline void packet_any(struct packet_walk *w)
{
	postern_unknown(&w->at);
	postern_unknown(&w->next);
	postern_unknown(&w->done);
}

/* One IPv4 option. Unless the walk is done, what it ended at cannot be read: such a packet is refused. */
POSTERN_BODY packet_option(__u32 i, void *ctx)
{
	struct packet_walk *w = ctx;
	__u8 option[2] = {};

	if (w->at < w->end && bpf_skb_load_bytes(w->skb, w->at, option, 1))
		return 1;
	if (w->at >= w->end || !option[0]) {
		w->done = 1;
		return 1;
	}
	if (option[0] == PACKET_LSRR || option[0] == PACKET_SSRR)
		w->routed = 1;
	if (option[0] == 1) {
		w->at++;
		return 0;
	}
	if (bpf_skb_load_bytes(w->skb, w->at + 1, &option[1], 1) || option[1] < 2)
		return 1;
	w->at += option[1];
	return 0;
}

POSTERN_FRAME int packet_options(struct __sk_buff *skb, __u32 end, struct packet *ret)
{
	struct packet_walk w = { .skb = skb, .at = sizeof(struct iphdr), .end = end };

	packet_any(&w);
	bpf_loop(PACKET_OPTIONS + 1, packet_option, &w, 0);
	ret->routed = w.routed;
	ret->bad = !w.done;
	return 0;
}

/* Length of the extension header of that kind that begins with those two bytes; 0: it is none. */
static __always_inline __u32 packet_header_length(__u32 kind, const __u8 *start)
{
	switch (kind) {
	case IP6_HOP_OPTIONS:
	case IP6_DESTINATION_OPTIONS:
	case IP6_ROUTING:
	case IP6_MOBILITY:
		return 8 + start[1] * 8;
	case IP6_FRAGMENT:
		return 8;
	case IP6_AUTHENTICATION:
		return 8 + start[1] * 4;
	default:
		return 0;
	}
}

/* One IPv6 extension header. */
POSTERN_BODY packet_header(__u32 i, void *ctx)
{
	struct packet_walk *w = ctx;
	__u8 start[4] = {};
	__u32 len;

	len = packet_header_length(w->next, start);
	if (!len) {
		w->done = 1;
		return 1;
	}
	if (bpf_skb_load_bytes(w->skb, w->at, start, sizeof(start)))
		return 1;
	if (w->next == IP6_ROUTING)
		w->routed = 1;
	if (w->next == IP6_FRAGMENT && ((start[2] << 8 | start[3]) & 0xfff8))
		w->fragment = 1;
	w->at += packet_header_length(w->next, start);
	w->next = start[0];
	return 0;
}

/* Over the extension headers to what they carry. */
POSTERN_FRAME int packet_headers(struct __sk_buff *skb, __u32 next, struct packet *ret)
{
	struct packet_walk w = { .skb = skb, .at = sizeof(struct ipv6hdr), .next = next };

	packet_any(&w);
	bpf_loop(PACKET_HEADERS + 1, packet_header, &w, 0);
	ret->routed = w.routed;
	ret->protocol = w.next;
	ret->bad = !w.done;
	ret->at = w.done && !w.fragment ? w.at : 0;
	return 0;
}

static __always_inline int packet_has_ports(__u32 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IP_UDPLITE ||
	       protocol == IP_SCTP || protocol == IP_DCCP;
}

/* Source and destination port, as they stand in the packet. */
static __always_inline void packet_ports(struct packet *ret, const __be16 *be, int out)
{
	if (!packet_has_ports(ret->protocol))
		return;
	ret->port = bpf_ntohs(out ? be[1] : be[0]);
	ret->own_port = bpf_ntohs(out ? be[0] : be[1]);
}

static __always_inline void packet_ports_at(struct __sk_buff *skb, struct packet *ret, int out)
{
	__be16 be[2] = {};

	if (ret->at && !bpf_skb_load_bytes(skb, ret->at, be, sizeof(be)))
		packet_ports(ret, be, out);
}

static __always_inline void packet_read4(struct __sk_buff *skb, struct packet *ret, int out)
{
	struct {
		struct iphdr ip;
		__be16 be[2];
	} h = {};

	if (bpf_skb_load_bytes(skb, 0, &h, sizeof(h)) &&
	    bpf_skb_load_bytes(skb, 0, &h.ip, sizeof(h.ip))) {
		ret->bad = 1;
		return;
	}
	ret->v4 = 1;
	ret->high = 0;
	ret->own_high = 0;
	ret->low = bpf_ntohl(out ? h.ip.daddr : h.ip.saddr);
	ret->own_low = bpf_ntohl(out ? h.ip.saddr : h.ip.daddr);
	ret->protocol = h.ip.protocol;
	if (bpf_ntohs(h.ip.frag_off) & PACKET_FRAGMENT)
		return;
	ret->at = h.ip.ihl * 4;
	if (h.ip.ihl == sizeof(h.ip) / 4) {
		packet_ports(ret, h.be, out);
		return;
	}
	packet_options(skb, ret->at, ret);
	packet_ports_at(skb, ret, out);
}

static __always_inline __u64 packet_half(const __be32 *be)
{
	return (__u64)bpf_ntohl(be[0]) << 32 | bpf_ntohl(be[1]);
}

static __always_inline void packet_read6(struct __sk_buff *skb, struct packet *ret, int out)
{
	const __be32 *to, *from;
	struct {
		struct ipv6hdr ip;
		__be16 be[2];
	} h = {};

	if (bpf_skb_load_bytes(skb, 0, &h, sizeof(h)) &&
	    bpf_skb_load_bytes(skb, 0, &h.ip, sizeof(h.ip))) {
		ret->bad = 1;
		return;
	}
	to = h.ip.daddr.in6_u.u6_addr32;
	from = h.ip.saddr.in6_u.u6_addr32;
	ret->v4 = 0;
	ret->high = packet_half(out ? to : from);
	ret->low = packet_half((out ? to : from) + 2);
	ret->own_high = packet_half(out ? from : to);
	ret->own_low = packet_half((out ? from : to) + 2);
	ret->protocol = h.ip.nexthdr;
	ret->at = sizeof(h.ip);
	if (packet_has_ports(h.ip.nexthdr)) {
		packet_ports(ret, h.be, out);
	} else if (h.ip.nexthdr != IP_ICMP6) {
		packet_headers(skb, h.ip.nexthdr, ret);
		packet_ports_at(skb, ret, out);
	}
}

/* Whether a TCP packet resets. */
static __always_inline int packet_is_reset(struct __sk_buff *skb, const struct packet *p)
{
	__u8 flags = 0;

	if (p->at)
		bpf_skb_load_bytes(skb, p->at + PACKET_TCP_FLAGS, &flags, sizeof(flags));
	return !!(flags & PACKET_TCP_RST);
}

/* `out`: the other end is the destination. */
static __always_inline void packet_read(struct __sk_buff *skb, struct packet *ret, int out)
{
	if (skb->protocol == bpf_htons(ETH_P_IP_TYPE))
		packet_read4(skb, ret, out);
	else
		packet_read6(skb, ret, out);
}
