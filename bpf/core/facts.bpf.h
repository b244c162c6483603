/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Which facts of an image hold for a party and an end, and until when. What is decided here is
 * decided against the boot clock, so it lapses on time with nobody awake. Not called for a cell that
 * asks for no fact.
 */
#pragma once

#include "core/session.bpf.h"
#include "maps/inquiries.bpf.h"

struct facts_walk {
	struct postern_context context;
	struct facts facts;
	__u64 mask;
	__u32 line;
	__u8 clock; /* 1: the time is known */
	__u8 local; /* 1: some fact is about this end */
	__u16 reason;
	postern_image_t image; /* behind all that facts_forget() reaches */
};

/* As postern_unknown() for the whole walk: how its values became known no longer matters. */
struct facts_known {
	__u8 byte[__builtin_offsetof(struct facts_walk, image)];
};

__weak int facts_forget(struct facts_known *k)
{
	postern_opaque(k);
	return 0;
}

#define FACTS_CLOCK_KINDS                                                                          \
	(1u << POSTERN_FACT_NOW | 1u << POSTERN_FACT_UTC_TIME | 1u << POSTERN_FACT_LOCAL_TIME |    \
	 1u << POSTERN_FACT_WEEKDAY)

static __always_inline int facts_is_of_clock(__u32 kind)
{
	return (FACTS_CLOCK_KINDS >> (kind & 31)) & 1;
}

#define FACTS_LOCAL_KINDS                                                                          \
	(1u << POSTERN_FACT_LOCAL_PORT | 1u << POSTERN_FACT_LOCAL_IP | 1u << POSTERN_FACT_LOCAL_V4)

static __always_inline __u8 facts_is_of_this_end(__u32 kind)
{
	return (FACTS_LOCAL_KINDS >> (kind & 31)) & 1;
}

POSTERN_BODY facts_step(__u32 i, void *ctx)
{
	struct facts_walk *w = ctx;
	const struct postern_line *l;
	const struct postern_fact *f;

	if (!((w->mask >> (i & 63)) & 1))
		return 0;
	l = postern_line(w->image, w->line + (i >> 1));
	if (!l) {
		w->reason = POSTERN_R_IMAGE_BROKEN;
		return 1;
	}
	f = (const struct postern_fact *)l + (i & 1);
	if (!w->clock && facts_is_of_clock(f->kind)) {
		w->reason = POSTERN_R_NO_CLOCK;
		return 1;
	}
	w->facts.bits |= (__u64)postern_fact_holds(f, i, &w->context) << (i & 63);
	w->facts.until = postern_sooner(w->facts.until, postern_fact_until(f, &w->context));
	w->local |= facts_is_of_this_end(f->kind);
	return 0;
}

/* Decides the facts of w->mask from w->context. 0, or the reason. */
static __always_inline __u32 facts_decide(struct facts_walk *w)
{
	const struct postern_annex *annex =
		(const void *)postern_line(w->image, POSTERN_ANNEX_LINE);

	if (!annex)
		return POSTERN_R_IMAGE_BROKEN;
	w->line = annex->facts_line;
	w->facts.until = POSTERN_FOREVER;
	facts_forget((struct facts_known *)w);
	bpf_loop(annex->facts, facts_step, w, 0);
	return w->reason;
}

static __always_inline void facts_clock(struct facts_walk *w, const struct postern_conditions *now)
{
	struct postern_moment m;

	if (!now || !now->zones)
		return;
	postern_moment_at(now, w->context.boot, &m);
	w->clock = 1;
	w->context.now_rest = (__u32)m.rest_ns;
	w->context.now_ms = m.now_ms;
	w->context.local_time_ms = postern_time_of_day(m.local_ms);
	w->context.weekday = postern_weekday(m.local_ms);
	w->context.zone_left_ms = m.zone_left_ms;
}

/* The image's device facts, while their lease lasts. */
static __always_inline void facts_device(struct facts_walk *w, const struct postern_conditions *now,
					 __u32 image_id)
{
	__u32 i;

	if (!now || w->context.boot >= now->device_until)
		return;
	for (i = 0; i < POSTERN_SLOTS; i++) {
		if (now->device[i].image_id != image_id)
			continue;
		w->context.device = now->device[i].facts;
		w->context.flags |= POSTERN_X_DEVICE;
		w->context.device_end = now->device_until;
		return;
	}
}

static __always_inline void facts_session(struct facts_walk *w, __u32 session)
{
	struct proof p;
	__u64 age;

	session_proof(session, w->context.boot, &p);
	w->context.session_end = p.end;
	w->context.mfa_age_ms = POSTERN_AGE_WORST;
	if (p.flags & POSTERN_SESSION_INTERACTIVE)
		w->context.flags |= POSTERN_X_INTERACTIVE;
	if (!p.boottime)
		return;
	/* a proof of the future is one of now: the clocks of two CPUs may differ a little */
	age = w->context.boot > p.boottime ? w->context.boot - p.boottime : 0;
	w->context.flags |= POSTERN_X_MFA;
	if (p.flags & POSTERN_SESSION_VERIFIED)
		w->context.flags |= POSTERN_X_VERIFIED;
	w->context.mfa_age_ms = (__s64)(age / POSTERN_MS);
	w->context.age_rest = (__u32)(age % POSTERN_MS);
}

static __always_inline void facts_local(struct facts_walk *w, const struct facts_query *q)
{
	w->context.local_high = q->local_high;
	w->context.local_low = q->local_low;
	w->context.local_port = q->local_port;
	if (q->local_v4)
		w->context.flags |= POSTERN_X_LOCAL_V4;
}

/* 0, or the reason why they cannot be decided; q->about_local is set. */
POSTERN_FRAME __u32 facts_find(const struct force *f, const struct told *t, struct facts_query *q,
			       struct facts *ret)
{
	struct facts_walk w = { .image = f->image, .mask = q->mask };
	__u32 reason;

	w.context.boot = bpf_ktime_get_boot_ns();
	facts_clock(&w, t->now);
	facts_device(&w, t->now, f->image_id);
	facts_session(&w, q->session);
	facts_local(&w, q);
	reason = facts_decide(&w);
	if (!reason)
		*ret = w.facts;
	q->about_local = w.local;
	return reason;
}
