/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the policy said to a subject at one end: it gets the same answer from the same image there whenever it asks, or,
 * where the cell asks for facts, in the same epoch and as long as none of them lapses.
 */
#pragma once

#include "core/inquiry.bpf.h"
#include "core/known.bpf.h"

#define VERDICT_BY_CLASS 0x80000000u /* the door is a class of doors */
#define VERDICT_OBSERVED                                                                           \
	0x40000000u /* under the mode observe: an image can be under either for a while */

/* The class of a door in the image of a slot. POSTERN_NONE: it cannot be told. */
static __always_inline __u32 verdict_class(__u32 slot, __u32 door)
{
	const struct postern_directory *dir;
	struct force f = {};

	if (force_slot(&f, slot))
		return POSTERN_NONE;
	dir = postern_directory(f.image);
	door = dir ? postern_find32(f.image, dir->tree_door, door) : POSTERN_NONE;
	return door < VERDICT_OBSERVED ? door | VERDICT_BY_CLASS : POSTERN_NONE;
}

/*
 * What is asked for besides the address. Whoever comes in has any port: there it is the class of doors, which an
 * ordinary policy has few of. POSTERN_NONE: it cannot be told.
 */
static __always_inline __u32 verdict_door(const struct inquiry *q)
{
	__u32 door = POSTERN_DOOR(q->to.action, q->to.protocol, q->to.port);

	return q->to.action == POSTERN_ACCEPT ? verdict_class(q->slot, door) : door;
}

static __always_inline __u32 verdict_set(const struct postern_destination *to, __u32 door,
					 __u64 subject)
{
	__u64 h = known_mix(to->low ^ door, to->high ^ subject);

	return h & (KNOWN_VERDICTS - 1) & ~(KNOWN_WAYS - 1);
}

static __always_inline struct known_verdict *verdict_at(__u32 index)
{
	return bpf_map_lookup_elem(&known_verdicts, &index);
}

static __always_inline int verdict_is_of(const struct known_verdict *k,
					 const struct postern_destination *to, __u32 door,
					 __u64 subject)
{
	__u64 d = k->subject ^ subject;

	d |= k->high ^ to->high;
	d |= k->low ^ to->low;
	d |= k->door ^ door;
	d |= k->v4 ^ to->v4;
	return !d;
}

/* The place where that is known, or NULL; `busy` is its word before anything of it was read. */
static __always_inline struct known_verdict *verdict_find(const struct postern_destination *to,
							  __u32 door, __u64 subject, __u32 *busy)
{
	__u32 set = verdict_set(to, door, subject), way;
	struct known_verdict *k;

#pragma unroll
	for (way = 0; way < KNOWN_WAYS; way++) {
		k = verdict_at(set + way);
		if (!k)
			return NULL;
		*busy = known_before(&k->busy);
		if (verdict_is_of(k, to, door, subject))
			return k;
	}
	return NULL;
}

/* Whether the facts that it hangs on stand. */
static __always_inline int verdict_stands(const struct known_verdict *k, __u32 epoch)
{
	return !k->facts || (k->epoch == epoch && known_lasts(k->until));
}

/*
 * The outcome that is known for q->known at q->to, into q->own; q->party_until is no later than the facts stand that it
 * hangs on. 1, or 0 when it must be found out: also where other actions count and this one does not allow.
 */
__weak int verdict_recall(struct inquiry *q)
{
	struct postern_outcome o;
	struct known_verdict *k;
	__u32 before, facts;
	__u64 until;

	if (!q)
		return 0;
	q->door = POSTERN_NONE;
	if (!q->known || !q->image_id)
		return 0;
	q->door = verdict_door(q);
	if (q->mode == POSTERN_MODE_OBSERVE)
		q->door |= VERDICT_OBSERVED; /* POSTERN_NONE stays what it is */
	if (q->door == POSTERN_NONE)
		return 0;
	k = verdict_find(&q->to, q->door, q->known, &before);
	if (!k || !verdict_stands(k, q->epoch))
		return 0;
	facts = k->facts;
	until = k->until;
	o.verdict = k->verdict;
	o.reason = k->reason;
	o.policy = k->policy;
	if (!known_stood(&k->busy, before) ||
	    (o.verdict != POSTERN_ALLOW && (q->also[0] | q->also[1])))
		return 0;
	if (facts) {
		q->party_until = postern_sooner(q->party_until, until);
		q->flags |= INQUIRY_FACTS;
	}
	q->own = o;
	return 1;
}

/* What is told of a denial is which facts did not hold: that is found out each time. */
static __always_inline int verdict_is_worth(const struct inquiry *q)
{
	return !q->query.mask || (q->own.verdict == POSTERN_ALLOW && !q->query.about_local);
}

/*
 * The place to keep it in: where it was, where nothing is or what another image said, or else where it is longest ago
 * that something was put, which the turns tell.
 */
static __always_inline struct known_verdict *verdict_place(const struct inquiry *q)
{
	__u32 set = verdict_set(&q->to, q->door, q->known), way;
	struct known_verdict *k, *oldest = NULL;

#pragma unroll
	for (way = 0; way < KNOWN_WAYS; way++) {
		k = verdict_at(set + way);
		if (!k || k->image_id != q->image_id || verdict_is_of(k, &q->to, q->door, q->known))
			return k;
		if (!oldest || (__s32)(k->busy - oldest->busy) < 0)
			oldest = k;
	}
	return oldest;
}

/* Keeps q->own, what the policy said to the action asked for. 0. */
__weak int verdict_keep(struct inquiry *q)
{
	struct known_verdict *k;
	__u32 word;

	if (!q || !q->known || !q->image_id || q->door == POSTERN_NONE || !verdict_is_worth(q))
		return 0;
	k = verdict_place(q);
	if (!k)
		return 0;
	word = known_begin(&k->busy);
	if (word & 1)
		return 0;
	k->image_id = q->image_id;
	k->subject = q->known;
	k->high = q->to.high;
	k->low = q->to.low;
	k->door = q->door;
	k->v4 = q->to.v4;
	k->policy = q->own.policy;
	k->facts = q->query.mask != 0;
	k->epoch = q->epoch;
	k->until = q->party_until;
	k->verdict = q->own.verdict;
	k->reason = q->own.reason;
	known_end(&k->busy, word);
	return 0;
}
