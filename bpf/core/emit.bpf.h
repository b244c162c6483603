/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* One record for each denial and would-be denial, complete at the moment of the decision. */
#pragma once

#include "core/counter.bpf.h"
#include "core/attempt.bpf.h"
#include "core/unit.bpf.h"
#include "read/task.bpf.h"

/* The number of the next event of this CPU, also where there is no room for it. */
static __always_inline __u64 emit_number(void)
{
	__u32 zero = 0;
	__u64 *n = bpf_map_lookup_elem(&sequence, &zero);

	return n ? __sync_fetch_and_add(n, 1) + 1 : 0;
}

static __always_inline void emit_destination(struct postern_event *e, const struct attempt *a)
{
	__u64 *addr = (__u64 *)e->addr;

	e->action = a->to.action;
	e->protocol = a->to.protocol;
	e->port = a->to.port;
	e->hook = a->hook;
	e->v4 = a->to.v4;
	e->family = a->family;
	e->type = a->type;
	e->ip_protocol = a->ip_protocol;
	e->socket_cookie = a->cookie;
	addr[0] = bpf_cpu_to_be64(a->to.high);
	addr[1] = bpf_cpu_to_be64(a->to.v4 ? 0xffff00000000ull | a->to.low : a->to.low);
}

static __always_inline void emit_task(struct postern_event *e, struct task_struct *t)
{
	struct cgroup *c = cgroup_of(t);
	struct credentials who;

	task_credentials(t, &who);
	e->uid = who.uid;
	e->gid = who.gid;
	e->tid = t->pid;
	task_key(t, &e->process);
	e->cgroup_id = cgroup_id(c);
	if (task_is_kernel(t))
		e->flags = POSTERN_P_KERNEL;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	bpf_probe_read_kernel_str(e->unit, sizeof(e->unit), (void *)unit_name(c));
}

static __always_inline void emit_process(struct postern_event *e,
					 const struct postern_process_key *key)
{
	const struct postern_process *p = bpf_map_lookup_elem(&processes, key);

	if (!p)
		return;
	e->flags = p->flags;
	e->exe_len = p->exe_len;
	e->parent_len = p->parent_len;
	bpf_probe_read_kernel(e->exe, sizeof(e->exe), p->exe);
	bpf_probe_read_kernel(e->parent, sizeof(e->parent), p->parent);
}

#define EMIT_HALF 592

POSTERN_FRAME int emit(const struct attempt *a, __u32 image_id, const struct postern_outcome *o)
{
	struct task_struct *t = bpf_get_current_task_btf();
	__u64 number = emit_number();
	struct postern_process_key key;
	struct postern_event *e;

	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) {
		count(POSTERN_C_EVENTS_LOST);
		return 0;
	}
	/* in two parts: clang 14 knows no memset of more than 1024 bytes */
	__builtin_memset(e, 0, EMIT_HALF);
	asm volatile("" ::: "memory");
	__builtin_memset((char *)e + EMIT_HALF, 0, sizeof(*e) - EMIT_HALF);
	e->version = POSTERN_EVENT_VERSION;
	e->size = sizeof(*e);
	e->cpu = bpf_get_smp_processor_id();
	e->sequence = number;
	e->boottime = bpf_ktime_get_boot_ns();
	e->image_id = image_id;
	e->policy = o->policy;
	e->verdict = o->verdict;
	e->reason = o->reason;
	emit_destination(e, a);
	emit_task(e, t);
	task_key(t, &key);
	emit_process(e, &key);
	bpf_ringbuf_submit(e, 0);
	count(POSTERN_C_EVENTS);
	return 0;
}
