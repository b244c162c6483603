/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The decision of a system call's hook: who asks on whose socket, under which image, with what verdict;
 * counted, reported, and turned into what the kernel understands in one place. The kernel holds the
 * socket's lock meanwhile.
 */
#pragma once

#include "core/emit.bpf.h"
#include "core/record.bpf.h"

/* What a cgroup hook answers: the only place where a verdict becomes one. */
static __always_inline int enforce_answer(const struct postern_outcome *o)
{
	return o->verdict == POSTERN_ALLOW || o->verdict == POSTERN_WOULD_DENY;
}

static __always_inline __u32 enforce_counter(__u32 verdict)
{
	if (verdict == POSTERN_ALLOW)
		return POSTERN_C_ALLOW;
	return verdict == POSTERN_WOULD_DENY ? POSTERN_C_WOULD_DENY : POSTERN_C_DENY;
}

static __always_inline void enforce_count(const struct postern_outcome *o)
{
	count(enforce_counter(o->verdict));
	count(POSTERN_C_REASON + o->reason);
}

/* There was no room to decide in: the strict mode's verdict, counted but not reported. */
static __always_inline int enforce_nowhere(void)
{
	struct postern_outcome o;
	struct force f = {};

	(void)force_now(&f);
	o = postern_lock_down(f.mode, POSTERN_R_CONTESTED);
	enforce_count(&o);
	return enforce_answer(&o);
}

static __always_inline void enforce_lock_down(struct inquiry *q, __u32 which, __u32 reason)
{
	q->outcome = postern_lock_down(q->mode, reason);
	q->party = which;
}

/* The inquiry can be asked something else. */
static __always_inline void enforce_again(struct inquiry *q)
{
	q->flags = 0;
	q->answered = 0;
	q->until = POSTERN_FOREVER;
	q->outcome.policy = POSTERN_NONE;
}

/* Room for a decision about the current task. NULL: enforce_nowhere(). */
static __always_inline struct inquiry *enforce_begin(__u32 hook, __u32 action)
{
	struct inquiry *q = inquiry_take();

	if (!q)
		return NULL;
	q->flags = INQUIRY_OF_CURRENT;
	q->hook = hook;
	q->to.action = action;
	q->cgroup[0] = (__u64)cgroup_of(bpf_get_current_task_btf());
	return q;
}

/*
 * A subflow of MPTCP has the record of its connection. Linux 6.1 takes whatever has the protocol TCP for
 * a TCP socket when it is asked, and faults on the raw one by which it sends resets: streams only.
 */
static __always_inline struct postern_socket *enforce_subflow(struct bpf_sock *sk)
{
	struct postern_socket *whole, *own;
	struct postern_party *user;
	struct mptcp_sock *m;

	if (!bpf_core_type_exists(struct mptcp_sock) || sk->type != SOCK_STREAM_TYPE)
		return NULL;
	m = bpf_skc_to_mptcp_sock(sk);
	if (!m)
		return NULL;
	whole = bpf_sk_storage_get(&sockets, m, NULL, 0);
	if (!whole)
		return NULL;
	own = bpf_sk_storage_get(&sockets, sk, whole, BPF_SK_STORAGE_GET_F_CREATE);
	if (own)
		own->busy = 0;
	user = own && own->user ? bpf_sk_storage_get(&users, m, NULL, 0) : NULL;
	if (user)
		(void)bpf_sk_storage_get(&users, sk, user, BPF_SK_STORAGE_GET_F_CREATE);
	return own;
}

/*
 * The record of a socket that is being used. Those of processes have one since they were made, or never
 * (NULL); what the kernel made for somebody gets one from whoever acts first.
 */
static __always_inline struct postern_socket *enforce_record(struct bpf_sock *sk)
{
	struct postern_socket *r = bpf_sk_storage_get(&sockets, sk, NULL, 0);

	if (!r)
		r = enforce_subflow(sk);
	if (r || !socket_is_of_kernel(sk))
		return r;
	r = bpf_sk_storage_get(&sockets, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (r)
		(void)party_now(&r->opener);
	else
		count(POSTERN_C_SOCKETS_LOST);
	return r;
}

/* Its program stays known for as long as its sockets may live. */
static __always_inline void enforce_remember(const struct postern_party *p)
{
	struct postern_process *process = bpf_map_lookup_elem(&processes, &p->process);

	if (process && !(process->flags & POSTERN_P_OPENER))
		__sync_fetch_and_or(&process->flags, POSTERN_P_OPENER);
}

/* Who asks, into q->who. 0, or the reason why nobody can tell. */
__weak int enforce_who(struct inquiry *q)
{
	struct force f = {};
	__u32 reason;

	if (!q)
		return POSTERN_R_NO_PROCESS;
	reason = party_now(&q->who);
	if (!reason)
		reason = force_slot(&f, q->slot);
	if (reason)
		return reason;
	q->groups = subject_needs_groups(f.image);
	if (q->groups && q->who.flags & POSTERN_PARTY_MANY_GROUPS)
		reason = party_many(&f, &q->who);
	return reason;
}

/* One request, or two when the socket has changed hands. 1 when it has. */
static __always_inline int enforce_parties(struct inquiry *q, struct postern_socket *r,
					   struct postern_party *user)
{
	if (q->who.flags & POSTERN_PARTY_KERNEL) {
		q->flags |= INQUIRY_BY_KERNEL;
		judge_ask(q, &r->opener, POSTERN_OPENER);
		return 0;
	}
	if (!party_differs(&q->who, &r->opener, q->groups)) {
		judge_ask(q, &r->opener, POSTERN_OPENER);
		return 0;
	}
	q->flags |= INQUIRY_PASSED;
	if (!user || !r->user || party_differs(&q->who, user, q->groups))
		judge_ask(q, &q->who, POSTERN_USER);
	else
		judge_ask(q, user, POSTERN_USER);
	judge_ask(q, &r->opener, POSTERN_OPENER);
	return 1;
}

/* Counts and tells the answer. */
static __always_inline int enforce_tell(struct inquiry *q, struct postern_socket *r)
{
	enforce_count(&q->outcome);
	if (q->outcome.verdict == POSTERN_ALLOW)
		return 1;
	if (r && q->answered && q->party == POSTERN_OPENER)
		emit(q, &r->opener);
	else
		emit(q, &q->who);
	return enforce_answer(&q->outcome);
}

/* Whether the opener itself uses its socket, which nobody else has. */
static __always_inline int enforce_is_openers(const struct postern_socket *r)
{
	return !r->user && party_is_current(&r->opener);
}

/*
 * Judges what q->to asks for. What was let through is not written down yet: a hook may have more than
 * one thing to ask. The answer is in q->outcome; 1 when somebody else than the opener uses the socket.
 */
static __always_inline int enforce_judge(struct inquiry *q, struct postern_socket *r,
					 struct postern_party *user)
{
	__u32 reason = inquiry_force(q);

	if (!reason)
		reason = q->reason;
	if (!reason && r && enforce_is_openers(r)) {
		judge_ask(q, &r->opener, POSTERN_OPENER);
		return 0;
	}
	if (!reason)
		reason = enforce_who(q);
	else
		(void)party_now(&q->who);
	if (!reason && !r)
		reason = POSTERN_R_NO_OPENER;
	if (!reason && r)
		return enforce_parties(q, r, user);
	enforce_lock_down(q, POSTERN_OPENER, reason);
	return 0;
}

/* Writes down who uses the socket now; refuses when that cannot be written. */
static __always_inline void enforce_user(struct inquiry *q, struct postern_socket *r,
					 struct bpf_sock *sk, int other)
{
	struct postern_party *to = NULL;

	if (!r || !enforce_answer(&q->outcome) || q->flags & INQUIRY_BY_KERNEL)
		return;
	if (other)
		to = bpf_sk_storage_get(&users, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (other && !to)
		count(POSTERN_C_SOCKETS_LOST);
	if (record_user(r, to, other ? &q->who : NULL))
		enforce_lock_down(q, POSTERN_USER, POSTERN_R_CONTESTED);
	else if (other)
		enforce_remember(&q->who);
}

/* Which directions an answer to that action covers: a TCP connection has both. */
static __always_inline __u32 enforce_ways(const struct inquiry *q)
{
	return q->to.protocol == POSTERN_TCP ? POSTERN_WAY_OUT | POSTERN_WAY_IN : POSTERN_WAY_OUT;
}

/*
 * Whether just this was admitted last, for the same user: then a datagram costs who asks and a few
 * comparisons.
 */
static __always_inline int enforce_stands(struct inquiry *q, const struct postern_socket *r,
					  const struct postern_party *user)
{
	const struct postern_approval *a = &r->peer;
	const volatile __u32 *busy = &r->busy;
	__u32 before = *busy, policy;

	if (before & 1 || q->to.action != POSTERN_SEND || a->action != POSTERN_SEND)
		return 0;
	asm volatile("" ::: "memory");
	if (a->verdict != POSTERN_ALLOW || !(a->ways & POSTERN_WAY_OUT) ||
	    !record_is_of(a, &q->to) || inquiry_force(q) || !record_stands(a, q->generation))
		return 0;
	policy = a->policy;
	asm volatile("" ::: "memory");
	if (*busy != before || q->reason)
		return 0;
	q->outcome.verdict = POSTERN_ALLOW;
	q->outcome.reason = POSTERN_R_PERMIT;
	q->outcome.policy = policy;
	if (enforce_is_openers(r))
		return 1;
	if (enforce_who(q))
		return 0;
	if (r->user)
		return user && !party_differs(&q->who, user, q->groups);
	return !party_differs(&q->who, &r->opener, q->groups);
}

/* A connect or a send: judged, written down, told. */
static __always_inline int enforce(struct inquiry *q, struct bpf_sock *sk)
{
	struct postern_party *user;
	struct postern_socket *r;
	int other;

	if (!sk)
		return 0;
	q->cgroup[1] = (__u64)socket_cgroup(sk);
	r = enforce_record(sk);
	user = record_party(r, sk);
	if (r && enforce_stands(q, r, user)) {
		enforce_count(&q->outcome);
		return 1;
	}
	other = enforce_judge(q, r, user);
	enforce_user(q, r, sk, other);
	if (r && enforce_answer(&q->outcome)) {
		record_unflag(r, POSTERN_S_CUT);
		if (q->to.action == POSTERN_CONNECT)
			record_unflag(r, POSTERN_S_ACCEPTS);
		(void)record_peer(r, q, enforce_ways(q));
	}
	return enforce_tell(q, r);
}
