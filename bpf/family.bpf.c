/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What no cgroup hook sees, on kernels where LSM programs run: socket families beside IPv4 and IPv6, a
 * listen() on a port that nobody named, and sockets that come in from elsewhere, at the moment they do.
 */
#include "core/alone.bpf.h"
#include "core/attempt.bpf.h"
#include "read/end.bpf.h"

#define AF_UNIX_FAMILY 1
#define AF_NETLINK_FAMILY 16
#define AF_PACKET_FAMILY 17
#define AF_VSOCK_FAMILY 40
#define AF_XDP_FAMILY 44

static __always_inline __u32 family_kind(int family)
{
	switch (family) {
	case AF_PACKET_FAMILY:
		return KIND_PACKET;
	case AF_XDP_FAMILY:
		return KIND_XDP;
	case AF_VSOCK_FAMILY:
		return KIND_VSOCK;
	default:
		return KIND_OTHER;
	}
}

/* Inet sockets have their own hook, and those that the kernel makes for itself nobody asked for. */
SEC("lsm_cgroup/socket_create")
int BPF_PROG(postern_family, int family, int type, int protocol, int kern)
{
	if (kern || family == AF_INET || family == AF_INET6 || family == AF_UNIX_FAMILY ||
	    family == AF_NETLINK_FAMILY)
		return 1;
	return alone_create(POSTERN_H_LSM, family_kind(family), family, type, protocol);
}

/*
 * This end, into the inquiry; 1 when it is the wildcard of both families. A frame of its own: what decides
 * afterwards needs the room.
 */
POSTERN_FRAME int family_end(struct inquiry *q, struct sock *sk)
{
	struct end e;

	end_of(sk, &e);
	q->family = e.family;
	q->type = e.type;
	q->ip_protocol = e.ip_protocol;
	q->cgroup[1] = (__u64)socket_cgroup(sk);
	q->to.protocol = attempt_protocol(e.type, e.ip_protocol);
	q->local_v4 = e.v4;
	q->local_high = e.high;
	q->local_low = e.low;
	q->local_port = e.port;
	return e.both;
}

static __always_inline int family_is_inet(struct sock *sk)
{
	__u32 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	return family == AF_INET || family == AF_INET6;
}

static __always_inline void family_listen_at(struct inquiry *q, __u32 v4, __u64 high, __u64 low)
{
	q->to.v4 = v4;
	q->to.high = high;
	q->to.low = low;
	q->to.port = q->local_port;
}

static __always_inline int family_listen(struct inquiry *q, struct sock *sk,
					 struct postern_socket *r)
{
	int both = family_end(q, sk);

	family_listen_at(q, q->local_v4, q->local_high, q->local_low);
	(void)enforce_judge(q, r, record_party(r, sk));
	if (both && enforce_answer(&q->outcome)) {
		family_listen_at(q, 1, 0, 0);
		(void)enforce_judge(q, r, record_party(r, sk));
	}
	if (r && q->local_port && enforce_answer(&q->outcome))
		record_flag(r, POSTERN_S_LISTEN);
	return enforce_tell(q, r);
}

/* A port that is to be chosen by the kernel is 0 here; what it becomes is asked about with the first SYN. */
SEC("lsm_cgroup/socket_listen")
int BPF_PROG(postern_listen, struct socket *socket, int backlog)
{
	struct sock *sk = socket->sk;
	struct postern_socket *r;
	struct inquiry *q;
	int answer;

	if (!sk || !family_is_inet(sk))
		return 1;
	r = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	if (r && r->flags & POSTERN_S_LISTEN)
		return 1;
	q = enforce_begin(POSTERN_H_LSM, POSTERN_LISTEN);
	if (!q)
		return enforce_nowhere();
	answer = family_listen(q, sk, r);
	inquiry_drop(q);
	return answer;
}

/* What the socket was last admitted for is asked again, of who opened it and of who gets it. */
static __always_inline int family_receive(struct sock *sk, struct postern_socket *r,
					  const struct postern_approval *a)
{
	struct inquiry *q = enforce_begin(POSTERN_H_LSM, a->action);
	int answer;

	if (!q)
		return enforce_nowhere();
	(void)family_end(q, sk);
	q->to.v4 = a->v4;
	q->to.high = a->high;
	q->to.low = a->low;
	q->to.port = a->port;
	(void)enforce_judge(q, r, record_party(r, sk));
	answer = enforce_tell(q, r);
	inquiry_drop(q);
	return answer;
}

/*
 * A connected one: one that was never used is judged when it is, and a listener stays its creator's until
 * somebody else listens.
 */
SEC("lsm_cgroup/file_receive")
int BPF_PROG(postern_receive, struct file *file)
{
	struct socket *socket = bpf_sock_from_file(file);
	struct postern_socket *r;
	struct sock *sk;

	if (!socket)
		return 1;
	sk = socket->sk;
	if (!sk || !family_is_inet(sk))
		return 1;
	r = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	return r && r->peer.generation ? family_receive(sk, r, &r->peer) : 1;
}
