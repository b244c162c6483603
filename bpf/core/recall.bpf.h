/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The subject that a party is to an image, found out once: programs, units and accounts do not change behind the
 * raw values that a party consists of. Sessions do: where the image names people, an answer is good for the epoch it
 * was found in and until the proof ends.
 */
#pragma once

#include "core/inquiry.bpf.h"
#include "core/known.bpf.h"
#include "core/party.bpf.h"
#include "core/program.bpf.h"

static __always_inline __u32 recall_index(const struct postern_party *p)
{
	__u64 h = known_mix(p->process.start_boottime ^ p->process.tgid,
			    (__u64)p->uid << 32 | p->gid);

	return h & (KNOWN_SUBJECTS - 1);
}

static __always_inline struct known_subject *recall_at(const struct postern_party *p)
{
	__u32 index = recall_index(p);

	return bpf_map_lookup_elem(&known_subjects, &index);
}

static __always_inline __u64 recall_groups_differ(const struct known_subject *k,
						  const struct postern_party *p)
{
	__u64 d = k->groups ^ p->groups;
	__u32 i;

	for (i = 0; i < KNOWN_GROUPS; i++)
		d |= k->group[i] ^ p->group[i];
	return d;
}

static __always_inline int recall_is_of(const struct known_subject *k,
					const struct postern_party *p)
{
	__u64 d = k->start_boottime ^ p->process.start_boottime;

	d |= k->exec_boottime ^ p->exec_boottime;
	d |= k->cgroup_id ^ p->cgroup_id;
	d |= k->tgid ^ p->process.tgid;
	d |= k->uid ^ p->uid;
	d |= k->gid ^ p->gid;
	d |= k->session ^ p->session;
	d |= k->flags ^ p->flags;
	if (k->grouped)
		d |= recall_groups_differ(k, p);
	return !d;
}

/* Whether what was found out has not lapsed. */
static __always_inline int recall_stands(const struct known_subject *k, __u32 epoch)
{
	return !k->proven || (k->epoch == epoch && known_lasts(k->until));
}

/* The word that stands for nothing but the inquiry's image and mode as long as it lasts, or 0. */
static __always_inline __u32 recall_word(const struct inquiry *q)
{
	return q->deadline == POSTERN_FOREVER ? q->generation : 0;
}

/* The same subject under another word. */
static __always_inline void recall_renew(struct known_subject *k, const struct inquiry *q,
					 __u64 number)
{
	__u32 word = known_begin(&k->busy);

	if (word & 1)
		return;
	if (k->number == number) {
		k->word = recall_word(q);
		k->slot = q->slot;
		k->mode = q->mode;
	}
	known_end(&k->busy, word);
}

/* q->known, if somebody has found out who that is; q->party_until and whether time or facts matter are set then. 0. */
__weak int recall(struct inquiry *q, struct postern_party *p)
{
	__u32 before, word, proven;
	struct known_subject *k;
	__u64 number, until;

	if (!q || !p)
		return 0;
	q->known = 0;
	k = recall_at(p);
	if (!k)
		return 0;
	before = known_before(&k->busy);
	if (!k->image_id || k->image_id != q->image_id || !recall_is_of(k, p) ||
	    !recall_stands(k, q->epoch))
		return 0;
	number = k->number;
	word = k->word;
	proven = k->proven;
	until = k->until;
	if (!known_stood(&k->busy, before))
		return 0;
	q->known = number;
	if (proven) {
		q->party_until = until;
		q->flags |= INQUIRY_FACTS;
	}
	if (recall_word(q) && word != recall_word(q))
		recall_renew(k, q, number);
	return 0;
}

/* The subject of q->known into q->subject. 0, or -1 when it is known no more. */
__weak int recall_subject(struct inquiry *q, struct postern_party *p)
{
	struct known_subject *k;
	__u32 before;

	if (!q || !p || !q->known)
		return -1;
	k = recall_at(p);
	if (!k)
		return -1;
	before = known_before(&k->busy);
	if (k->number != q->known)
		return -1;
	q->subject = k->subject;
	return known_stood(&k->busy, before) ? 0 : -1;
}

/* Whether the same raw values may be another subject soon: an executable's content can still be verified. */
static __always_inline int recall_may_change(const struct force *f, const struct inquiry *q)
{
	const struct postern_dimension *d = digest_dimension(f);

	return !d || (d->classes > 1 &&
		      (knobs.exe_changes || q->subject.cls[POSTERN_DIM_SHA256] == d->empty_class));
}

static __always_inline void recall_fill(struct known_subject *k, const struct inquiry *q,
					const struct postern_party *p)
{
	__u32 i;

	k->number = (k->number ? k->number : recall_index(p)) + KNOWN_SUBJECTS;
	k->start_boottime = p->process.start_boottime;
	k->exec_boottime = p->exec_boottime;
	k->cgroup_id = p->cgroup_id;
	k->tgid = p->process.tgid;
	k->uid = p->uid;
	k->gid = p->gid;
	k->session = p->session;
	k->flags = p->flags;
	k->groups = p->groups;
	for (i = 0; i < KNOWN_GROUPS; i++)
		k->group[i] = p->group[i];
	k->epoch = q->epoch;
	k->until = q->party_until;
	k->word = recall_word(q);
	k->slot = q->slot;
	k->mode = q->mode;
	k->subject = q->subject;
	k->image_id = q->image_id;
}

/* Keeps q->subject, which that party is. 0. */
__weak int recall_keep(struct inquiry *q, struct postern_party *p)
{
	const struct postern_dimension *people;
	struct known_subject *k;
	struct force f = {};
	__u32 grouped, word;

	if (!q || !p || p->flags & POSTERN_PARTY_MANY_GROUPS || force_slot(&f, q->slot))
		return 0;
	people = (const void *)postern_line(f.image, POSTERN_DIMENSION_LINE(POSTERN_DIM_IDENTITY));
	grouped = subject_needs_groups(f.image);
	if (!people || (grouped && p->groups > KNOWN_GROUPS) || recall_may_change(&f, q))
		return 0;
	k = recall_at(p);
	if (!k)
		return 0;
	word = known_begin(&k->busy);
	if (word & 1)
		return 0;
	recall_fill(k, q, p);
	k->grouped = grouped;
	k->proven = people->classes > 1;
	q->known = k->number;
	known_end(&k->busy, word);
	return 0;
}
