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

/*
 * What is asked for besides the address. Whoever comes in has any port: there it is the class of doors, which an
 * ordinary policy has few of. POSTERN_NONE: it cannot be told.
 */
static __always_inline __u32 verdict_door(const struct inquiry *q)
{
	__u32 door = POSTERN_DOOR(q->to.action, q->to.protocol, q->to.port);
	const struct postern_directory *dir;
	struct force f = {};

	if (q->to.action != POSTERN_ACCEPT)
		return door;
	if (force_slot(&f, q->slot))
		return POSTERN_NONE;
	dir = postern_directory(f.image);
	door = dir ? postern_find32(f.image, dir->tree_door, door) : POSTERN_NONE;
	return door < VERDICT_OBSERVED ? door | VERDICT_BY_CLASS : POSTERN_NONE;
}

static __always_inline struct known_verdict *verdict_at(const struct inquiry *q)
{
	__u64 h = known_mix(q->to.low ^ q->door, q->to.high ^ q->known);
	__u32 index = h & (KNOWN_VERDICTS - 1);

	return bpf_map_lookup_elem(&known_verdicts, &index);
}

static __always_inline int verdict_is_of(const struct known_verdict *k, const struct inquiry *q)
{
	__u64 d = k->subject ^ q->known;

	d |= k->high ^ q->to.high;
	d |= k->low ^ q->to.low;
	d |= k->door ^ q->door;
	d |= k->v4 ^ q->to.v4;
	d |= k->image_id ^ q->image_id;
	return !d;
}

/* Whether the facts that it hangs on stand; then q->party_until is no later than they do. */
static __always_inline int verdict_stands(const struct known_verdict *k, struct inquiry *q)
{
	__u64 until = k->until;

	if (!k->facts)
		return 1;
	if (k->epoch != q->epoch || (until != POSTERN_FOREVER && bpf_ktime_get_boot_ns() >= until))
		return 0;
	q->party_until = postern_sooner(q->party_until, until);
	q->flags |= INQUIRY_FACTS;
	return 1;
}

/*
 * The outcome that is known for q->known at q->to, into q->own. 1, or 0 when it must be found out: also where other
 * actions count and this one does not allow.
 */
__weak int verdict_recall(struct inquiry *q)
{
	struct postern_outcome o;
	struct known_verdict *k;
	__u32 before;

	if (!q)
		return 0;
	q->door = POSTERN_NONE;
	if (!q->known || !q->image_id)
		return 0;
	q->door = verdict_door(q);
	if (q->mode == POSTERN_MODE_OBSERVE)
		q->door |= VERDICT_OBSERVED; /* POSTERN_NONE stays what it is */
	k = verdict_at(q);
	if (!k || q->door == POSTERN_NONE)
		return 0;
	before = known_before(&k->busy);
	if (!verdict_is_of(k, q) || !verdict_stands(k, q))
		return 0;
	o.verdict = k->verdict;
	o.reason = k->reason;
	o.policy = k->policy;
	if (!known_stood(&k->busy, before) ||
	    (o.verdict != POSTERN_ALLOW && (q->also[0] | q->also[1])))
		return 0;
	q->own = o;
	return 1;
}

/* What is told of a denial is which facts did not hold: that is found out each time. */
static __always_inline int verdict_is_worth(const struct inquiry *q)
{
	return !q->query.mask || (q->own.verdict == POSTERN_ALLOW && !q->query.about_local);
}

/* Keeps q->own, what the policy said to the action asked for. 0. */
__weak int verdict_keep(struct inquiry *q)
{
	struct known_verdict *k;
	__u32 word;

	if (!q || !q->known || !q->image_id || q->door == POSTERN_NONE || !verdict_is_worth(q))
		return 0;
	k = verdict_at(q);
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
