/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A socket's record: found, made, and written. Writers take turns by one word that is odd meanwhile;
 * readers believe what they read when it did not move.
 */
#pragma once

#include "core/counter.bpf.h"
#include "core/inquiry.bpf.h"
#include "core/lapse.bpf.h"
#include "core/party.bpf.h"
#include "read/socket.bpf.h"

#define RECORD_TRIES 64

struct record_turn {
	struct postern_socket *record;
	__u32 taken;
	__u32 word;
};

POSTERN_BODY record_try(__u32 i, void *ctx)
{
	struct record_turn *t = ctx;
	__u32 word = *(volatile __u32 *)&t->record->busy;

	if (word & 1 || __sync_val_compare_and_swap(&t->record->busy, word, word + 1) != word)
		return 0;
	t->word = word;
	t->taken = 1;
	return 1;
}

/* 0, or -1 when somebody writes all the while. */
static __always_inline int record_begin(struct postern_socket *r, struct record_turn *t)
{
	t->record = r;
	t->taken = 0;
	t->word = 0;
	bpf_loop(RECORD_TRIES, record_try, t, 0);
	return t->taken ? 0 : -1;
}

static __always_inline void record_end(struct postern_socket *r, const struct record_turn *t)
{
	asm volatile("" ::: "memory");
	*(volatile __u32 *)&r->busy = t->word + 2;
}

/* The party of who uses the socket besides its opener. NULL where nobody does. */
static __always_inline struct postern_party *record_party(const struct postern_socket *r, void *sk)
{
	return r && r->user ? bpf_sk_storage_get(&users, sk, NULL, 0) : NULL;
}

static __always_inline void record_flag(struct postern_socket *r, __u32 set)
{
	if ((*(volatile __u32 *)&r->flags & set) != set)
		__sync_fetch_and_or(&r->flags, set);
}

static __always_inline void record_unflag(struct postern_socket *r, __u32 clear)
{
	if (*(volatile __u32 *)&r->flags & clear)
		__sync_fetch_and_and(&r->flags, ~clear);
}

/* Whoever has the turn: the word that makes it count comes last. */
static __always_inline void record_write(struct postern_approval *a,
					 const struct postern_approval *n)
{
	a->generation = 0;
	asm volatile("" ::: "memory");
	a->high = n->high;
	a->low = n->low;
	a->v4 = n->v4;
	a->action = n->action;
	a->port = n->port;
	a->epoch = n->epoch;
	a->facts = n->facts;
	a->until = n->until;
	a->sure = 0;
	a->policy = n->policy;
	a->image_id = n->image_id;
	a->verdict = n->verdict;
	a->reason = n->reason;
	a->party = n->party;
	a->ways = n->ways;
	asm volatile("" ::: "memory");
	a->generation = n->generation;
}

/* What the inquiry's answer is worth, and for how long. */
static __always_inline void record_approval(struct postern_approval *a, const struct inquiry *q,
					    __u32 ways)
{
	const struct postern_approval n = {
		.high = q->to.high,
		.low = q->to.low,
		.v4 = q->to.v4,
		.action = q->to.action,
		.port = q->to.port,
		.generation = q->generation,
		.epoch = q->epoch,
		.facts = !!(q->flags & INQUIRY_FACTS),
		.until = postern_sooner(q->until, q->deadline),
		.policy = q->outcome.policy,
		.image_id = q->image_id,
		.verdict = q->outcome.verdict,
		.reason = q->outcome.reason,
		.party = q->party,
		.ways = ways,
	};

	record_write(a, &n);
}

/* Whether an answer still stands for that end, under the words that are now. `until` is the caller's. */
static __always_inline int record_is_of(const struct postern_approval *a,
					const struct postern_destination *to)
{
	return a->high == to->high && a->low == to->low && a->v4 == to->v4 && a->port == to->port;
}

static __always_inline __u32 record_generation(void)
{
	__u32 zero = 0;
	const volatile __u32 *now = bpf_map_lookup_elem(&generation, &zero);

	return now ? *now : 0;
}

static __always_inline __u32 record_epoch(void)
{
	__u32 zero = 0;
	const volatile __u32 *now = bpf_map_lookup_elem(&epoch, &zero);

	return now ? *now : 0;
}

/* Whether the words are still those that an answer was given under. */
static __always_inline int record_is_current(const struct postern_approval *a, __u32 word)
{
	if (!word || a->generation != word)
		return 0;
	return !a->facts || a->epoch == record_epoch();
}

/* Whether an answer has not lapsed. Without facts and deadlines it costs two comparisons. */
static __always_inline int record_stands(const struct postern_approval *a, __u32 word)
{
	if (!record_is_current(a, word))
		return 0;
	return a->until == POSTERN_FOREVER || bpf_ktime_get_boot_ns() < a->until;
}

/* Stores the answer about the other end, and who asked if it was not the opener. 0, or -1 when contested. */
__weak int record_peer(struct postern_socket *r, struct inquiry *q, __u32 ways)
{
	struct record_turn turn;

	if (!r || !q || record_begin(r, &turn))
		return -1;
	record_approval(&r->peer, q, ways);
	record_end(r, &turn);
	lapse_note(r->peer.until);
	return 0;
}

__weak int record_port(struct postern_socket *r, struct inquiry *q, __u32 ways)
{
	struct record_turn turn;

	if (!r || !q || record_begin(r, &turn))
		return -1;
	record_approval(&r->port, q, ways);
	record_end(r, &turn);
	lapse_note(r->port.until);
	return 0;
}

/*
 * Who used the socket last, into its party in `users`; NULL: its opener. 0, or -1 when contested, or when there is no
 * room for him.
 */
__weak int record_user(struct postern_socket *r, struct postern_party *to,
		       struct postern_party *who)
{
	struct record_turn turn;

	if (!r || (who && !to))
		return -1;
	if (!who && !r->user)
		return 0;
	if (record_begin(r, &turn))
		return -1;
	if (who && to)
		__builtin_memcpy(to, who, sizeof(*to));
	r->user = who != NULL;
	record_end(r, &turn);
	if (who)
		record_flag(r, POSTERN_S_PASSED);
	return 0;
}
