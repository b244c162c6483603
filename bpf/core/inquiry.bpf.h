/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Taking and giving back the room for a decision, and what every decision begins with. */
#pragma once

#include "core/force.bpf.h"
#include "core/told.bpf.h"
#include "maps/inquiries.bpf.h"

#define INQUIRY_PER_CPU 4 /* places between where two CPUs begin to look */

struct inquiry_search {
	__u32 from;
	__u32 found; /* + 1 */
};

static __always_inline struct inquiry *inquiry_at(__u32 i)
{
	__u32 index = i & (inquiry_places() - 1);

	return bpf_map_lookup_elem(&inquiries, &index);
}

POSTERN_BODY inquiry_step(__u32 i, void *ctx)
{
	struct inquiry_search *s = ctx;
	struct inquiry *q = inquiry_at(s->from + i);

	if (!q || __sync_val_compare_and_swap(&q->taken, 0, 1))
		return 0;
	s->found = ((s->from + i) & (inquiry_places() - 1)) + 1;
	return 1;
}

/* Empty but for `who`. NULL when every place is taken, which takes as many preempted tasks. */
static __always_inline struct inquiry *inquiry_take(void)
{
	struct inquiry_search s = { .from = bpf_get_smp_processor_id() * INQUIRY_PER_CPU };
	struct inquiry *q;

	bpf_loop(inquiry_places(), inquiry_step, &s, 0);
	if (!s.found)
		return NULL;
	q = inquiry_at(s.found - 1);
	if (!q)
		return NULL;
	__builtin_memset(&q->flags, 0,
			 __builtin_offsetof(struct inquiry, who) -
				 __builtin_offsetof(struct inquiry, flags));
	q->place = s.found - 1;
	return q;
}

static __always_inline void inquiry_drop(struct inquiry *q)
{
	asm volatile("" ::: "memory");
	*(volatile __u32 *)&q->taken = 0;
}

/* Which image decides: read once for all that this decision asks. 0, or the reason why there is none. */
__weak int inquiry_force(struct inquiry *q)
{
	struct force f = {};
	struct told t;
	__u32 reason = force_now(&f);

	if (!q)
		return POSTERN_R_NO_IMAGE;
	told_now(&t);
	q->mode = f.mode;
	q->slot = f.slot;
	q->image_id = f.image_id;
	q->generation = f.generation;
	q->deadline = f.deadline;
	q->epoch = t.epoch;
	q->until = POSTERN_FOREVER;
	q->outcome.policy = POSTERN_NONE;
	return reason;
}
