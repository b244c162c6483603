/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* One record for each denial and would-be denial, complete at the moment of the decision, and no longer than its texts. */
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

/* Who the verdict is about; the thread only where it is the current one. */
static __always_inline void emit_party(struct postern_event *e, const struct inquiry *q,
				       const struct postern_party *p)
{
	struct cgroup *c = judge_cgroup(q, p->cgroup_id);
	struct task_struct *t;

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
		bpf_probe_read_kernel_str(e->unit, sizeof(e->unit), (void *)unit_name(c));
}

static __always_inline void emit_program(struct postern_event *e,
					 const struct postern_process *process)
{
	const struct postern_digest *digest;
	struct postern_digest_key key = {};
	__u64 put;

	e->flags |= process->flags;
	e->exe_len = process->exe_len;
	e->parent_len = process->parent_len;
	digest_key(process, &key);
	digest = bpf_map_lookup_elem(&digests, &key);
	if (!digest)
		return;
	put = digest_put(digest);
	bpf_probe_read_kernel(e->sha256, sizeof(e->sha256), digest->sha256);
	if (!digest_stood(&key, digest, put))
		__builtin_memset(e->sha256, 0, sizeof(e->sha256));
}

/* What of a text is in the record: its end, or all. */
static __always_inline __u32 emit_length(__u32 len)
{
	return len < POSTERN_PATH_SHORT ? len : POSTERN_PATH_SHORT - 1;
}

static __always_inline void emit_head(struct postern_event *e, const struct inquiry *q,
				      __u64 number)
{
	__builtin_memset(e, 0, POSTERN_EVENT_HEAD);
	e->version = POSTERN_EVENT_VERSION;
	e->cpu = bpf_get_smp_processor_id();
	e->sequence = number;
	e->boottime = bpf_ktime_get_boot_ns();
	e->folded = q->folded;
	emit_answer(e, q);
	emit_ends(e, q);
}

/* Where the next text goes. */
static __always_inline __u32 emit_text(struct bpf_dynptr *to, __u32 at, const char *text, __u32 len)
{
	/* it has been on the stack, where the verifier loses sight of it */
	asm volatile("" : "+r"(len));
	len &= POSTERN_PATH_SHORT - 1;
	bpf_dynptr_write(to, at, (void *)text, len, 0);
	return at + len;
}

/* A container's id, whose length is not a number that the verifier can follow: it takes all of its room. */
static __always_inline __u32 emit_container(struct bpf_dynptr *to, __u32 at,
					    const struct postern_text *id)
{
	char *room = bpf_dynptr_data(to, at, POSTERN_CONTAINER_MAX);

	if (!room)
		return at;
	__builtin_memset(room, 0, POSTERN_CONTAINER_MAX);
	if (id->len < POSTERN_CONTAINER_MAX)
		bpf_probe_read_kernel(room, id->len, (void *)id->addr);
	return at + POSTERN_CONTAINER_MAX;
}

/* The person proven in the session, while the proof counts for this account; the last text. */
static __always_inline void emit_identity(struct bpf_dynptr *to, struct postern_event *e,
					  const struct postern_party *p)
{
	enum { ROOM = sizeof(((struct postern_event *)0)->identity) };
	const struct postern_session *s = session_find(p->session);
	__u64 of = session_of(s);
	char *room = s ? bpf_dynptr_data(to, e->size, ROOM) : NULL;

	if (!room)
		return;
	__builtin_memset(room, 0, ROOM);
	bpf_probe_read_kernel_str(room, ROOM, s->identity);
	if (!session_stood(p->session, s, of))
		return;
	e->text_len[POSTERN_EVENT_IDENTITY] = ROOM;
	e->size += ROOM;
}

static __always_inline void emit_person(struct bpf_dynptr *to, struct postern_event *e,
					const struct postern_party *p)
{
	struct proof proof;

	e->mfa_age_ms = POSTERN_AGE_WORST;
	session_proof(p->session, e->boottime, &proof);
	if (!proof.boottime)
		return;
	e->mfa_age_ms = e->boottime > proof.boottime ? (e->boottime - proof.boottime) / POSTERN_MS
						     : 0;
	if (proof.uid == p->uid)
		emit_identity(to, e, p);
}

/* What a record takes, at most, and of what parts. */
struct emit_parts {
	struct postern_text container;
	__u32 exe, parent, script; /* bytes */
	__u32 size;
};

/* A function of its own to the verifier, which would follow every way through the record once for each way through this. */
__weak int emit_measure(struct inquiry *q, struct postern_party *p, struct emit_parts *ret)
{
	const struct postern_process *process;
	const struct postern_session *s;
	struct cgroup *c;
	__u32 runs;

	if (!q || !p || !ret)
		return 0;
	process = judge_process(p, &runs);
	if (process) {
		ret->exe = emit_length(process->exe_len);
		ret->parent = emit_length(process->parent_len);
		ret->script = emit_length(process->script_len);
	}
	c = judge_cgroup(q, p->cgroup_id);
	if (c)
		container_find(c, &ret->container);
	s = session_find(p->session);
	ret->size = POSTERN_EVENT_HEAD + ret->exe + ret->parent + ret->script;
	if (ret->container.len)
		ret->size += POSTERN_CONTAINER_MAX;
	if (s && s->identity_len)
		ret->size += sizeof(s->identity);
	return 0;
}

static __always_inline void emit_texts(struct bpf_dynptr *to, struct postern_event *e,
				       const struct emit_parts *parts,
				       const struct postern_process *process)
{
	__u32 at = POSTERN_EVENT_HEAD, before;

	if (process) {
		at = emit_text(to, at, process->exe, parts->exe);
		at = emit_text(to, at, process->parent, parts->parent);
		at = emit_text(to, at, process->script, parts->script);
		e->text_len[POSTERN_EVENT_EXE] = parts->exe;
		e->text_len[POSTERN_EVENT_PARENT] = parts->parent;
		e->text_len[POSTERN_EVENT_SCRIPT] = parts->script;
	}
	before = at;
	if (parts->container.len)
		at = emit_container(to, at, &parts->container);
	e->text_len[POSTERN_EVENT_CONTAINER] = at - before;
	e->size = at;
}

/* The inquiry's answer, which is about that party. 0. */
__weak int emit(struct inquiry *q, struct postern_party *p)
{
	const struct postern_process *process;
	struct emit_parts parts = {};
	__u32 runs;
	struct postern_event *e = NULL;
	struct bpf_dynptr to;
	__u64 number;

	if (!q || !p || !fold_passes(q, p))
		return 0;
	number = emit_number();
	emit_measure(q, p, &parts);
	if (bpf_ringbuf_reserve_dynptr(&events, parts.size, 0, &to) == 0)
		e = bpf_dynptr_data(&to, 0, POSTERN_EVENT_HEAD);
	if (!e) {
		bpf_ringbuf_discard_dynptr(&to, 0);
		count(POSTERN_C_EVENTS_LOST);
		return 0;
	}
	emit_head(e, q, number);
	emit_party(e, q, p);
	process = judge_process(p, &runs);
	if (process)
		emit_program(e, process);
	emit_texts(&to, e, &parts, process);
	emit_person(&to, e, p);
	bpf_ringbuf_submit_dynptr(&to, 0);
	count(POSTERN_C_EVENTS);
	return 0;
}
