/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* One record for each denial and would-be denial, complete at the moment of the decision. */
#pragma once

#include "core/counter.bpf.h"
#include "core/fold.bpf.h"
#include "core/judge.bpf.h"

/* The number of the next event of this CPU, also where there is no room for it. */
static __always_inline __u64 emit_number(void)
{
	__u32 zero = 0;
	__u64 *n = bpf_map_lookup_elem(&sequence, &zero);

	return n ? __sync_fetch_and_add(n, 1) + 1 : 0;
}

/* As on the wire, an IPv4 address in the last four bytes after ::ffff. */
static __always_inline void emit_address(__u8 *to, __u64 high, __u64 low, __u32 v4)
{
	((__u64 *)to)[0] = bpf_cpu_to_be64(high);
	((__u64 *)to)[1] = bpf_cpu_to_be64(v4 ? 0xffff00000000ull | (__u32)low : low);
}

static __always_inline void emit_ends(struct postern_event *e, const struct inquiry *q)
{
	e->action = q->to.action;
	e->protocol = q->to.protocol;
	e->port = q->to.port;
	e->hook = q->hook;
	e->v4 = q->to.v4;
	e->family = q->family;
	e->type = q->type;
	e->ip_protocol = q->ip_protocol;
	e->socket_cookie = q->cookie;
	e->local_port = q->local_port;
	emit_address(e->addr, q->to.high, q->to.low, q->to.v4);
	emit_address(e->local, q->local_high, q->local_low, q->local_v4);
}

static __always_inline void emit_answer(struct postern_event *e, const struct inquiry *q)
{
	e->image_id = q->image_id;
	e->policy = q->outcome.policy;
	e->verdict = q->outcome.verdict;
	e->reason = q->outcome.reason;
	e->party = q->party;
	e->passed = !!(q->flags & INQUIRY_PASSED);
	e->asked = q->asked;
	e->facts = q->held & q->asked;
}

static __always_inline void emit_cgroup(struct postern_event *e, struct cgroup *c)
{
	struct postern_text id;

	bpf_probe_read_kernel_str(e->unit, sizeof(e->unit), (void *)unit_name(c));
	container_find(c, &id);
	if (id.len < sizeof(e->container))
		bpf_probe_read_kernel(e->container, id.len, (void *)id.addr);
}

/* Who the verdict is about; the thread only where it is the current one. */
static __always_inline void emit_party(struct postern_event *e, const struct inquiry *q,
				       const struct postern_party *p)
{
	struct task_struct *t;
	struct cgroup *c = judge_cgroup(q, p->cgroup_id);

	e->uid = p->uid;
	e->gid = p->gid;
	e->session = p->session;
	e->process = p->process;
	e->cgroup_id = p->cgroup_id;
	if (p->flags & POSTERN_PARTY_KERNEL || q->flags & INQUIRY_BY_KERNEL)
		e->flags = POSTERN_P_KERNEL;
	if (q->flags & INQUIRY_OF_CURRENT) {
		t = bpf_get_current_task_btf();
		e->tid = t->pid;
		/* Linux 6.1 has no bpf_get_current_comm() where packets are looked at */
		bpf_probe_read_kernel_str(e->comm, sizeof(e->comm), t->comm);
	}
	if (c)
		emit_cgroup(e, c);
}

static __always_inline void emit_program(struct postern_event *e, const struct postern_party *p)
{
	const struct postern_process *process = judge_process(p);
	const struct postern_digest *digest;
	struct postern_digest_key key = {};

	if (!process)
		return;
	e->flags |= process->flags;
	e->exe_len = process->exe_len;
	e->parent_len = process->parent_len;
	bpf_probe_read_kernel(e->exe, sizeof(e->exe), process->exe);
	bpf_probe_read_kernel(e->parent, sizeof(e->parent), process->parent);
	bpf_probe_read_kernel(e->script, sizeof(e->script), process->script);
	digest_key(process, &key);
	digest = bpf_map_lookup_elem(&digests, &key);
	if (digest)
		bpf_probe_read_kernel(e->sha256, sizeof(e->sha256), digest->sha256);
}

/* The person proven in the session, while the proof counts for this account. */
static __always_inline void emit_person(struct postern_event *e, const struct postern_party *p)
{
	const struct postern_session *s = session_find(p->session);
	struct proof proof;

	e->mfa_age_ms = POSTERN_AGE_WORST;
	session_proof(p->session, e->boottime, &proof);
	if (!proof.boottime)
		return;
	e->mfa_age_ms = e->boottime > proof.boottime ? (e->boottime - proof.boottime) / POSTERN_MS
						     : 0;
	if (proof.uid != p->uid || !s)
		return;
	bpf_probe_read_kernel_str(e->identity, sizeof(e->identity), s->identity);
	if (!session_stood(p->session, s))
		e->identity[0] = '\0';
}

#define EMIT_HALF 656

static __always_inline void emit_empty(struct postern_event *e)
{
	/* in two parts: clang 14 knows no memset of more than 1024 bytes */
	__builtin_memset(e, 0, EMIT_HALF);
	asm volatile("" ::: "memory");
	__builtin_memset((char *)e + EMIT_HALF, 0, sizeof(*e) - EMIT_HALF);
}

/* The inquiry's answer, which is about that party. 0. */
__weak int emit(struct inquiry *q, struct postern_party *p)
{
	struct postern_event *e;
	__u64 number;

	if (!q || !p || !fold_passes(q, p))
		return 0;
	number = emit_number();
	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) {
		count(POSTERN_C_EVENTS_LOST);
		return 0;
	}
	emit_empty(e);
	e->version = POSTERN_EVENT_VERSION;
	e->size = sizeof(*e);
	e->cpu = bpf_get_smp_processor_id();
	e->sequence = number;
	e->boottime = bpf_ktime_get_boot_ns();
	e->folded = q->folded;
	emit_answer(e, q);
	emit_ends(e, q);
	emit_party(e, q, p);
	emit_program(e, p);
	emit_person(e, p);
	bpf_ringbuf_submit(e, 0);
	count(POSTERN_C_EVENTS);
	return 0;
}
