/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Packets of a socket's flows: what was admitted passes at the price of a few comparisons; the rest is
 * judged here, by what is on the wire. Runs in softirq or on any task, which is not asked who it is.
 */
#pragma once

#include "core/attempt.bpf.h"
#include "core/enforce.bpf.h"
#include "core/packet.bpf.h"

#define FLOW_ESTABLISHED 1 /* states of sockets, as TCP has them */
#define FLOW_SYN_SENT 2
#define FLOW_LISTEN 10
#define FLOW_TRIES 64

enum flow_way { FLOW_IN = 0, FLOW_OUT = 1 };

static __always_inline __u32 flow_bit(int out)
{
	return out ? POSTERN_WAY_OUT : POSTERN_WAY_IN;
}

/* A stream: what was admitted counts for both directions, and its first packet tells who began. */
static __always_inline int flow_is_tcp(const struct bpf_sock *sk)
{
	return sk->protocol == IPPROTO_TCP && sk->type == SOCK_STREAM_TYPE;
}

/* The other end's port as far as the socket's protocol has ports. */
static __always_inline __u32 flow_port(const struct bpf_sock *sk, const struct packet *p)
{
	if (sk->type == SOCK_RAW_TYPE || !packet_has_ports(sk->protocol))
		return 0;
	/* packed into another protocol (IPsec): the port that the socket is connected to */
	return p->protocol == sk->protocol ? p->port : bpf_ntohs(sk->dst_port);
}

/* 1: admitted. 0: refused, and told. -1: to be judged. */
static __always_inline int flow_stands(const struct postern_socket *r, const struct bpf_sock *sk,
				       const struct packet *p, int out)
{
	const struct postern_approval *a = &r->peer;
	const volatile __u32 *busy = &r->busy;
	__u32 before = *busy, verdict;

	if (before & 1 || p->routed || p->bad)
		return -1;
	asm volatile("" ::: "memory");
	if (a->high != p->high || a->low != p->low || a->v4 != p->v4 ||
	    a->port != flow_port(sk, p) || !(a->ways & flow_bit(out)))
		return -1;
	if (!record_stands(a, record_generation()))
		return -1;
	verdict = a->verdict;
	asm volatile("" ::: "memory");
	if (*busy != before)
		return -1;
	return verdict != POSTERN_DENY;
}

/* What the socket is connected to is the other end of the packet. */
static __always_inline int flow_is_connected(const struct bpf_sock *sk, const struct packet *p)
{
	if (sk->state != FLOW_ESTABLISHED)
		return 0;
	if (packet_has_ports(sk->protocol) && bpf_ntohs(sk->dst_port) != p->port)
		return 0;
	if (p->v4)
		return bpf_ntohl(sk->dst_ip4) == p->low;
	return attempt_half(sk->dst_ip6[0], sk->dst_ip6[1]) == p->high &&
	       attempt_half(sk->dst_ip6[2], sk->dst_ip6[3]) == p->low;
}

/* A stream is what it began as. Where nobody saw that, either will do. */
static __always_inline void flow_stream(struct inquiry *q, const struct bpf_sock *sk, __u32 flags)
{
	q->to.action = POSTERN_CONNECT;
	if (sk->state == FLOW_LISTEN || flags & POSTERN_S_ACCEPTS)
		q->to.action = POSTERN_ACCEPT;
	else if (flags & POSTERN_S_OLD)
		q->also[0] = POSTERN_ACCEPT + 1;
}

/* A datagram may be a reply to what the other direction allows, unless somebody forbids it. */
static __always_inline void flow_datagram(struct inquiry *q, const struct bpf_sock *sk,
					  const struct packet *p, int out)
{
	if (!out) {
		q->to.action = POSTERN_ACCEPT;
		q->also[0] = POSTERN_SEND + 1;
		q->also[1] = POSTERN_CONNECT + 1;
		return;
	}
	q->to.action = POSTERN_SEND;
	if (sk->protocol == IP_SCTP || sk->protocol == IP_DCCP || flow_is_connected(sk, p))
		q->to.action = POSTERN_CONNECT;
	q->also[0] = POSTERN_ACCEPT + 1;
}

static __always_inline void flow_question(struct inquiry *q, struct bpf_sock *sk,
					  const struct packet *p)
{
	q->to.high = p->high;
	q->to.low = p->low;
	q->to.v4 = p->v4;
	q->to.port = flow_port(sk, p);
	q->local_high = p->own_high;
	q->local_low = p->own_low;
	q->local_v4 = p->v4;
	q->local_port = sk->src_port;
	if (p->bad)
		q->reason = POSTERN_R_ADDRESS;
	else if (p->routed)
		q->reason = POSTERN_R_ROUTE;
}

static __always_inline void flow_socket(struct inquiry *q, struct __sk_buff *skb,
					struct bpf_sock *sk)
{
	q->family = sk->family;
	q->type = sk->type;
	q->ip_protocol = sk->protocol;
	q->to.protocol = attempt_protocol(sk->type, sk->protocol);
	q->cookie = bpf_get_socket_cookie(skb);
	q->cgroup[1] = (__u64)socket_cgroup(sk);
}

/* ---- who --------------------------------------------------------------------------------------- */

struct flow_copy {
	struct postern_socket *record;
	struct inquiry *q;
	__u32 known; /* 1: nobody but the opener, 2: q->who */
	__u32 pad;
};

/* The record's user as one whole: a system call can be writing it. */
POSTERN_BODY flow_copy_user(__u32 i, void *ctx)
{
	struct flow_copy *c = ctx;
	const volatile __u32 *busy = &c->record->busy;
	__u32 before = *busy, some;

	if (before & 1)
		return 0;
	asm volatile("" ::: "memory");
	some = c->record->user.process.tgid;
	if (some)
		__builtin_memcpy(&c->q->who, &c->record->user, sizeof(c->q->who));
	asm volatile("" ::: "memory");
	if (*busy != before)
		return 0;
	c->known = some ? 2 : 1;
	return 1;
}

/* Who uses the socket besides its opener, into q->who. 1 when nobody does, 2 when he is known, 0 else. */
__weak int flow_user(struct inquiry *q, struct postern_socket *r)
{
	struct flow_copy c = { .record = r, .q = q };

	if (!q || !r)
		return 0;
	bpf_loop(FLOW_TRIES, flow_copy_user, &c, 0);
	return c.known;
}

/* Everybody whose socket it is. */
static __always_inline void flow_parties(struct inquiry *q, struct postern_socket *r)
{
	int known = flow_user(q, r);

	if (!known) {
		enforce_lock_down(q, POSTERN_USER, POSTERN_R_CONTESTED);
		return;
	}
	if (known == 2) {
		q->flags |= INQUIRY_PASSED;
		judge_ask(q, &q->who, POSTERN_USER);
	}
	judge_ask(q, &r->opener, POSTERN_OPENER);
}

static __always_inline void flow_judge(struct inquiry *q, struct postern_socket *r)
{
	__u32 reason = inquiry_force(q);

	if (!reason)
		reason = q->reason;
	if (!reason && !r)
		reason = POSTERN_R_NO_OPENER;
	if (!reason && r) {
		flow_parties(q, r);
		return;
	}
	enforce_lock_down(q, POSTERN_OPENER, reason);
}

/* ---- what becomes of it ------------------------------------------------------------------------ */

/* What is known of the same end's other direction stays known, as long as it is good for. */
static __always_inline void flow_extend(struct inquiry *q, const struct postern_approval *was,
					__u32 *ways)
{
	if (!record_is_of(was, &q->to) || !record_stands(was, q->generation) ||
	    was->verdict == POSTERN_DENY || was->ways & *ways)
		return;
	*ways |= was->ways;
	q->until = postern_sooner(q->until, was->until);
	if (was->facts)
		q->flags |= INQUIRY_FACTS;
	if (was->ways & POSTERN_WAY_OUT)
		q->to.action = was->action;
}

static __always_inline void flow_admit(struct inquiry *q, struct postern_socket *r, int tcp,
				       int out)
{
	__u32 ways = POSTERN_WAY_OUT | POSTERN_WAY_IN;

	record_unflag(r, POSTERN_S_CUT);
	if (!tcp) {
		ways = flow_bit(out);
		flow_extend(q, &r->peer, &ways);
	}
	(void)record_peer(r, q, ways);
}

/*
 * Refused. A flow that had begun is told about once and from then on only dropped; attempts to begin one
 * are told each time. 1 when there is something to tell.
 */
static __always_inline int flow_cut(struct inquiry *q, struct postern_socket *r, int begun, int out)
{
	__u32 told = r->flags & POSTERN_S_CUT;

	if (!begun && !(record_is_of(&r->peer, &q->to) && r->peer.generation))
		return 1;
	count(POSTERN_C_PACKETS_CUT);
	record_flag(r, POSTERN_S_CUT);
	(void)record_peer(r, q, begun ? POSTERN_WAY_OUT | POSTERN_WAY_IN : flow_bit(out));
	return !told;
}

static __always_inline void flow_tell(struct inquiry *q, struct postern_socket *r)
{
	enforce_count(&q->outcome);
	if (q->outcome.verdict == POSTERN_ALLOW)
		return;
	if (r && q->party == POSTERN_OPENER) {
		emit(q, &r->opener);
		return;
	}
	if (!r)
		party_kernel(&q->who);
	emit(q, &q->who);
}

/* ---- listeners --------------------------------------------------------------------------------- */

/* This end of a listener, in the family of the packet. */
static __always_inline void flow_listener(struct inquiry *q, const struct bpf_sock *sk)
{
	q->to.action = POSTERN_LISTEN;
	q->to.port = sk->src_port;
	q->to.high = 0;
	q->to.low = bpf_ntohl(sk->src_ip4);
	if (!q->to.v4) {
		q->to.high = attempt_half(sk->src_ip6[0], sk->src_ip6[1]);
		q->to.low = attempt_half(sk->src_ip6[2], sk->src_ip6[3]);
	}
	q->local_high = q->to.high;
	q->local_low = q->to.low;
}

/* Bit of a family among those that a port was admitted for. */
static __always_inline __u32 flow_family(__u32 v4)
{
	return v4 ? 1 : 2;
}

/* Whether the port was admitted under the words that are now in force. */
static __always_inline int flow_port_stands(const struct postern_approval *a, __u32 v4, __u32 port)
{
	return a->port == port && a->ways & flow_family(v4) && a->verdict != POSTERN_DENY &&
	       record_stands(a, record_generation());
}

/* `listen`, for a port that nobody was asked about: by bind(2), or since the policy changed. 1: admitted. */
static __always_inline int flow_may_listen(struct inquiry *q, struct postern_socket *r,
					   struct bpf_sock *sk)
{
	__u32 ways = flow_family(q->to.v4);

	if (flow_port_stands(&r->port, q->to.v4, sk->src_port))
		return 1;
	flow_listener(q, sk);
	flow_judge(q, r);
	if (!enforce_answer(&q->outcome)) {
		flow_tell(q, r);
		return 0;
	}
	if (q->outcome.verdict != POSTERN_ALLOW)
		flow_tell(q, r);
	if (flow_port_stands(&r->port, !q->to.v4, sk->src_port))
		ways = 3;
	(void)record_port(r, q, ways);
	enforce_again(q);
	return 1;
}

/* ---- records ----------------------------------------------------------------------------------- */

/* The kernel's own sockets for resets, ICMP and neighbours: a class of their own. */
static __always_inline int flow_is_control(const struct bpf_sock *sk)
{
	return sk->type == SOCK_RAW_TYPE && socket_is_of_kernel(sk);
}

/* What the kernel made for itself is User "#kernel". */
static __always_inline struct postern_socket *flow_record(struct bpf_sock *sk)
{
	struct postern_socket *r = bpf_sk_storage_get(&sockets, sk, NULL, 0);

	if (!r)
		r = enforce_subflow(sk);
	if (r || !socket_is_of_kernel(sk))
		return r;
	r = bpf_sk_storage_get(&sockets, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (r)
		party_kernel(&r->opener);
	else
		count(POSTERN_C_SOCKETS_LOST);
	return r;
}

/* Judges a packet and writes down what came of it. 1: it passes. */
static __always_inline int flow_decide(struct inquiry *q, struct postern_socket *r,
				       struct bpf_sock *sk, const struct packet *p, int out)
{
	int tcp = flow_is_tcp(sk), listens = tcp && sk->state == FLOW_LISTEN;

	flow_question(q, sk, p);
	if (r && listens && !out && !q->reason) {
		if (!flow_may_listen(q, r, sk))
			return 0;
		flow_question(q, sk, p);
	}
	if (r && tcp)
		flow_stream(q, sk, r->flags);
	else
		flow_datagram(q, sk, p, out);
	flow_judge(q, r);
	if (enforce_answer(&q->outcome)) {
		flow_tell(q, r);
		if (r && listens)
			record_flag(r, POSTERN_S_ACCEPTS);
		if (r)
			flow_admit(q, r, tcp, out);
		return 1;
	}
	/* whoever gives up is not worth a word */
	if (listens && p->reset)
		return 0;
	if (!r || flow_cut(q, r, tcp && !listens && sk->state != FLOW_SYN_SENT, out))
		flow_tell(q, r);
	return 0;
}

/* Off the fast path. 1: the packet passes. */
static __always_inline int flow_slow(struct __sk_buff *skb, struct bpf_sock *sk, int out)
{
	struct postern_socket *r = flow_record(sk);
	struct inquiry *q;
	int passes;

	if (flow_is_control(sk)) {
		count(POSTERN_C_CONTROL);
		return 1;
	}
	q = inquiry_take();
	if (!q)
		return enforce_nowhere();
	q->hook = out ? POSTERN_H_EGRESS : POSTERN_H_INGRESS;
	flow_socket(q, skb, sk);
	packet_read(skb, &q->packet, out);
	q->packet.reset = packet_is_reset(skb, &q->packet);
	passes = flow_decide(q, r, sk, &q->packet, out);
	inquiry_drop(q);
	return passes;
}

/* As flow_stands(), of the packet. A frame of its own leaves what it has read there. */
POSTERN_FRAME int flow_fast(struct __sk_buff *skb, struct bpf_sock *sk, int out)
{
	const struct postern_socket *r = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	struct packet p = {};

	if (!r)
		return -1;
	packet_read(skb, &p, out);
	return flow_stands(r, sk, &p, out);
}

static __always_inline int flow(struct __sk_buff *skb, int out)
{
	struct bpf_sock *sk = skb->sk;
	int stands;

	/* the kernel asks for whole sockets only */
	if (!sk)
		return 0;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return 0;
	stands = flow_fast(skb, sk, out);
	if (stands < 0)
		return flow_slow(skb, sk, out);
	if (!stands)
		count(POSTERN_C_PACKETS_CUT);
	return stands;
}
