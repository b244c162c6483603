/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Which decisions have a record, and which are only counted: see struct postern_fold. Verdicts do not depend on it. */
#pragma once

#include "core/counter.bpf.h"
#include "core/inquiry.bpf.h"

static __always_inline void fold_like(struct postern_like *like, const struct inquiry *q,
				      const struct postern_party *p)
{
	__builtin_memset(like, 0, sizeof(*like));
	like->of = p->process;
	((__u64 *)like->addr)[0] = q->to.high;
	((__u64 *)like->addr)[1] = q->to.low;
	like->image_id = q->image_id;
	like->policy = q->outcome.policy;
	like->port = q->to.port;
	like->action = q->to.action;
	like->protocol = q->to.protocol;
	like->verdict = q->outcome.verdict;
	like->reason = q->outcome.reason;
	like->party = q->party;
	like->alike = 1;
}

/* The same with nothing but whose it is. */
static __always_inline void fold_of_process(struct postern_like *like)
{
	struct postern_process_key of = like->of;

	__builtin_memset(like, 0, sizeof(*like));
	like->of = of;
}

/* One that begins with this decision. A second that two begin at once tells a few more. */
static __always_inline void fold_begin(struct inquiry *q, __u64 now)
{
	q->fold.window = now;
	q->fold.told = 1;
	q->fold.folded = 0;
	bpf_map_update_elem(&folds, &q->like, &q->fold, BPF_NOEXIST);
}

/* Whether one more is told of this second; else it is counted, with those that it was to tell of. */
static __always_inline int fold_tells(struct inquiry *q, struct postern_fold *f, __u64 now,
				      __u64 most)
{
	if (now - f->window >= POSTERN_FOLD_WINDOW_NS) {
		f->window = now;
		f->told = 0;
	}
	if (__sync_fetch_and_add(&f->told, 1) >= most) {
		__sync_fetch_and_add(&f->folded, 1 + q->folded);
		return 0;
	}
	q->folded += __sync_lock_test_and_set(&f->folded, 0);
	return 1;
}

/*
 * The same of all of the process. A kind that has not been told of is begun only now: who makes many kinds must not push
 * those of others out, and pays for no more than two look-ups.
 */
static __always_inline int fold_process_tells(struct inquiry *q, const struct postern_party *p,
					      __u64 now, int is_new)
{
	struct postern_fold *f;

	fold_of_process(&q->like);
	f = bpf_map_lookup_elem(&folds, &q->like);
	if (f && !fold_tells(q, f, now, POSTERN_EVENTS_PROCESS_MAX))
		return 0;
	if (!f)
		fold_begin(q, now);
	if (is_new) {
		fold_like(&q->like, q, p);
		fold_begin(q, now);
	}
	return 1;
}

/*
 * Whether the inquiry's answer has a record; q->folded is how many before it had none. Linux 6.1 takes no key
 * out of what a function was given, so the inquiry is found once more in its map.
 */
static __always_inline int fold_passes(struct inquiry *given, const struct postern_party *p)
{
	struct inquiry *q = inquiry_at(given->place);
	__u64 now = bpf_ktime_get_boot_ns();
	struct postern_fold *f;

	if (!q)
		return 1;
	q->folded = 0;
	fold_like(&q->like, q, p);
	f = bpf_map_lookup_elem(&folds, &q->like);
	if (!f || fold_tells(q, f, now, POSTERN_EVENTS_ALIKE_MAX))
		if (fold_process_tells(q, p, now, !f))
			return 1;
	count(POSTERN_C_EVENTS_FOLDED);
	return 0;
}
