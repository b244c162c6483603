/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * One party's verdict, from raw values: in a system call, for a packet, or for a sweep. Answers add up in
 * the inquiry: what was worst is what is told, and all must allow.
 */
#pragma once

#include "core/facts.bpf.h"
#include "core/inquiry.bpf.h"
#include "core/party.bpf.h"
#include "core/program.bpf.h"
#include "core/recall.bpf.h"
#include "core/unit.bpf.h"
#include "core/verdict.bpf.h"

/* What the party keeps itself: programs that are gone may have been forgotten. */
static __always_inline int judge_recall(const struct force *f, const struct postern_party *p,
					struct program *ret)
{
	ret->exe = program_recall(&p->exe_class, f->image_id);
	ret->parent = program_recall(&p->parent_class, f->image_id);
	ret->script = program_recall(&p->script_class, f->image_id);
	ret->sha256 = program_recall(&p->sha256_class, f->image_id);
	return ret->exe == POSTERN_NONE || ret->parent == POSTERN_NONE ||
	       ret->script == POSTERN_NONE || ret->sha256 == POSTERN_NONE;
}

/* A digest that is not verified yet may be in a moment, so that answer is not kept. */
static __always_inline void judge_keep(const struct force *f, struct postern_party *p,
				       const struct program *found)
{
	program_keep(&p->exe_class, f->image_id, found->exe);
	program_keep(&p->parent_class, f->image_id, found->parent);
	program_keep(&p->script_class, f->image_id, found->script);
	if (found->sha256 != program_empty(f, POSTERN_DIM_SHA256))
		program_keep(&p->sha256_class, f->image_id, found->sha256);
}

/* The record of the program that acted: the process may run another by now, or be gone. `ret_runs`: it is running. */
POSTERN_FRAME struct postern_process *judge_process(const struct postern_party *p, __u32 *ret_runs)
{
	struct postern_departed_key key;
	struct postern_process *now;

	key.process = p->process;
	key.exec_boottime = p->exec_boottime;
	now = bpf_map_lookup_elem(&processes, &key.process);
	*ret_runs = now && now->exec_boottime == p->exec_boottime;
	return *ret_runs ? now : bpf_map_lookup_elem(&departed, &key);
}

/*
 * The classes of a process that is known. 0, or the reason; *ret_stood: the record was that program's all along. That of
 * the program that runs us stays. The room of any other one may be given to a third one at once, also while it is read.
 */
static __always_inline __u32 judge_known(const struct force *f, const struct postern_party *p,
					 struct postern_process *process, struct program *ret,
					 __u32 *ret_stood)
{
	struct postern_process_key key = p->process;
	__u32 reason, runs;

	ret->own = task_is_of(&key);
	ret->stays &= ret->own;
	reason = program_of(f, process, &key, ret);
	*ret_stood = ret->stays || judge_process(p, &runs) == process;
	return reason;
}

static __always_inline __u32 judge_program(const struct force *f, struct postern_party *p,
					   struct postern_subject *ret)
{
	struct postern_process *process;
	struct program found = {};
	__u32 reason, stood = 0;

	if (p->flags & POSTERN_PARTY_KERNEL) {
		reason = program_of_nobody(f, &found);
	} else {
		process = judge_process(p, &found.stays);
		if (process)
			reason = judge_known(f, p, process, &found, &stood);
		if (!stood)
			reason = judge_recall(f, p, &found) ? POSTERN_R_OPENER_GONE
							    : POSTERN_R_NONE;
		else if (!reason)
			judge_keep(f, p, &found);
	}
	if (reason)
		return reason;
	ret->cls[POSTERN_DIM_EXE] = found.exe;
	ret->cls[POSTERN_DIM_PARENT] = found.parent;
	ret->cls[POSTERN_DIM_SCRIPT] = found.script;
	ret->cls[POSTERN_DIM_SHA256] = found.sha256;
	ret->cls[POSTERN_DIM_PREEXISTING] = !!(p->flags & POSTERN_PARTY_PREEXISTING);
	return POSTERN_R_NONE;
}

/* The party's cgroup, if that of the current task or of the socket is it. */
static __always_inline struct cgroup *judge_cgroup(const struct inquiry *q, __u64 id)
{
	struct cgroup *c = (struct cgroup *)q->cgroup[0];

	if (c && cgroup_id(c) == id)
		return c;
	c = (struct cgroup *)q->cgroup[1];
	return c && cgroup_id(c) == id ? c : NULL;
}

static __always_inline void judge_look(const struct force *f, const struct inquiry *q, __u64 id,
				       struct postern_cgroup *ret)
{
	struct cgroup *c;

	if (!unit_recall(id, f->image_id, ret))
		return;
	c = judge_cgroup(q, id);
	if (!c) {
		ret->reason = POSTERN_R_NO_CGROUP;
		return;
	}
	unit_look(f, c, ret);
	unit_remember(id, f->image_id, ret);
}

/* Units and container. Nothing is looked at when the bundle names none. */
static __always_inline __u32 judge_unit(const struct force *f, const struct inquiry *q,
					const struct postern_party *p, struct postern_subject *ret)
{
	const struct postern_directory *dir = postern_directory(f->image);
	const struct postern_dimension *d =
		(const void *)postern_line(f->image, POSTERN_DIMENSION_LINE(POSTERN_DIM_CONTAINER));
	struct postern_cgroup found = {};

	if (!dir || !d)
		return POSTERN_R_IMAGE_BROKEN;
	found.container = d->empty_class;
	if (!(p->flags & POSTERN_PARTY_KERNEL) && (dir->units || d->classes > 1))
		judge_look(f, q, p->cgroup_id, &found);
	ret->cls[POSTERN_DIM_CONTAINER] = found.container;
	ret->units = found.units;
	return found.reason;
}

POSTERN_FRAME __u32 judge_account(const struct force *f, const struct postern_party *p,
				  struct postern_subject *ret)
{
	struct postern_bits groups = {};
	__u32 reason = POSTERN_R_NONE;

	ret->cls[POSTERN_DIM_USER] = postern_classify_user(f->image, p->uid);
	ret->cls[POSTERN_DIM_GID] = postern_classify_gid(f->image, p->gid);
	if (ret->cls[POSTERN_DIM_USER] == POSTERN_NONE || ret->cls[POSTERN_DIM_GID] == POSTERN_NONE)
		return POSTERN_R_IMAGE_BROKEN;
	if (subject_needs_groups(f->image))
		reason = party_named_groups(f, p, &groups);
	ret->groups = groups;
	return reason;
}

static __always_inline __u32 judge_identity(const struct force *f, struct inquiry *q,
					    const struct postern_party *p)
{
	const struct postern_dimension *d =
		(const void *)postern_line(f->image, POSTERN_DIMENSION_LINE(POSTERN_DIM_IDENTITY));
	struct identity who = {};
	__u32 reason = session_identity(f, p->session, p->uid, &who);

	if (!d)
		return POSTERN_R_IMAGE_BROKEN;
	q->subject.cls[POSTERN_DIM_IDENTITY] = who.cls;
	q->party_until = who.until;
	if (d->classes > 1)
		q->flags |= INQUIRY_FACTS;
	return reason;
}

/* The facts that the cell asks for: q->found. 0, or the reason why nobody can tell. */
__weak int judge_facts(struct inquiry *q, struct postern_party *p)
{
	struct force f = {};
	struct told t;
	__u32 reason;

	if (!q || !p)
		return POSTERN_R_NO_OPENER;
	q->query.local_high = q->local_high;
	q->query.local_low = q->local_low;
	q->query.local_v4 = q->local_v4;
	q->query.local_port = q->local_port;
	q->query.session = p->session;
	reason = force_slot(&f, q->slot);
	if (reason)
		return reason;
	told_now(&t);
	reason = facts_find(&f, &t, &q->query, &q->found);
	q->party_until = postern_sooner(q->party_until, q->found.until);
	q->flags |= INQUIRY_FACTS;
	return reason;
}

POSTERN_FRAME __u32 judge_match(const struct force *f, struct inquiry *q,
				const struct postern_lines *cell)
{
	struct postern_walk w = { .image = f->image, .cell = *cell, .subject = q->subject };

	w.subject.facts = q->found.bits;
	if (postern_match_cell(&w))
		return POSTERN_R_IMAGE_BROKEN;
	q->match = w.match;
	return POSTERN_R_NONE;
}

/* Who it is, once for all that is asked about it. 0, or the reason why nobody can tell. */
__weak int judge_subject(struct inquiry *q, struct postern_party *p)
{
	struct force f = {};
	__u32 reason;

	if (!q || !p)
		return POSTERN_R_NO_OPENER;
	reason = force_slot(&f, q->slot);
	if (!reason)
		reason = judge_program(&f, p, &q->subject);
	return reason;
}

/* Where it is, and in whose name it acts; apart, since the frames of all these do not fit on one stack. */
__weak int judge_place(struct inquiry *q, struct postern_party *p)
{
	struct force f = {};
	__u32 reason;

	if (!q || !p)
		return POSTERN_R_NO_OPENER;
	reason = force_slot(&f, q->slot);
	return reason ? reason : judge_unit(&f, q, p, &q->subject);
}

__weak int judge_person(struct inquiry *q, struct postern_party *p)
{
	struct force f = {};
	__u32 reason;

	if (!q || !p)
		return POSTERN_R_NO_OPENER;
	reason = force_slot(&f, q->slot);
	if (!reason)
		reason = judge_account(&f, p, &q->subject);
	if (!reason)
		reason = judge_identity(&f, q, p);
	return reason;
}

/* The alternatives for that action at the other end. 0, or -1 when the image is broken. */
static __always_inline int judge_cell(const struct force *f, struct inquiry *q, __u32 action,
				      struct postern_lines *ret)
{
	__u32 asked = q->to.action;
	int r;

	q->to.action = action;
	r = postern_cell(f->image, &q->to, ret);
	q->to.action = asked;
	return r;
}

/* The alternatives for that action, and which facts they ask for. 0, or the reason why nobody can tell. */
__weak int judge_choose(struct inquiry *q, __u32 action)
{
	struct postern_lines cell;
	struct force f = {};
	__u32 reason;

	if (!q)
		return POSTERN_R_NO_OPENER;
	reason = force_slot(&f, q->slot);
	if (reason)
		return reason;
	if (judge_cell(&f, q, action, &cell))
		return POSTERN_R_IMAGE_BROKEN;
	q->cell = cell;
	q->query.mask = cell.facts;
	q->found.bits = 0;
	return POSTERN_R_NONE;
}

__weak int judge_alternatives(struct inquiry *q)
{
	struct postern_lines cell;
	struct force f = {};
	__u32 reason;

	if (!q)
		return POSTERN_R_NO_OPENER;
	reason = force_slot(&f, q->slot);
	cell = q->cell;
	return reason ? reason : judge_match(&f, q, &cell);
}

/* What the policy says to that action of the subject: q->match. 0, or the reason why nothing. */
static __always_inline __u32 judge_action(struct inquiry *q, struct postern_party *p, __u32 action)
{
	__u32 reason = judge_choose(q, action);

	if (!reason && q->query.mask)
		reason = judge_facts(q, p);
	return reason ? reason : judge_alternatives(q);
}

/* Nobody decided, in either set or in the one: there the other action's answer counts. A forbid stands. */
static __always_inline void judge_merge(struct postern_match *m, const struct postern_match *other)
{
	if (m->forbid_enforced == POSTERN_NONE &&
	    !postern_allows(POSTERN_NONE, m->permit_enforced)) {
		m->forbid_enforced = other->forbid_enforced;
		m->permit_enforced = other->permit_enforced;
	}
	if (m->forbid_reported == POSTERN_NONE &&
	    !postern_allows(POSTERN_NONE, m->permit_reported)) {
		m->forbid_reported = other->forbid_reported;
		m->permit_reported = other->permit_reported;
	}
}

/* Verdicts that are worse come later. */
static __always_inline __u32 judge_badness(__u32 verdict)
{
	if (verdict == POSTERN_ALLOW)
		return 1;
	return verdict == POSTERN_WOULD_DENY ? 2 : 3;
}

/* Keeps the answer about a party if it is worse than what is known of the others. */
static __always_inline void judge_note(struct inquiry *q, __u32 which,
				       const struct postern_outcome *o)
{
	q->until = postern_sooner(q->until, q->party_until);
	if (q->answered && judge_badness(o->verdict) <= judge_badness(q->outcome.verdict))
		return;
	q->answered = 1;
	q->outcome = *o;
	q->party = which;
	q->asked = q->primary_facts;
	q->held = q->primary_held;
}

/*
 * Whether actions that count besides the one asked for let it through; q->first is what that one's policies
 * said. What is told of a denial is about the action asked for.
 */
static __always_inline void judge_also(struct inquiry *q, struct postern_party *p, __u32 also,
				       struct postern_outcome *o)
{
	struct postern_outcome both;

	if (!also || o->verdict == POSTERN_ALLOW || judge_action(q, p, also - 1))
		return;
	judge_merge(&q->first, &q->match);
	both = postern_decide(q->mode, q->first);
	if (both.verdict == POSTERN_ALLOW)
		*o = both;
	o->verdict = both.verdict;
}

/* Who the party is to the image: q->subject, and kept. 0, or the reason why nobody can tell. */
static __always_inline __u32 judge_who(struct inquiry *q, struct postern_party *p)
{
	__u32 reason;

	if (q->known && !recall_subject(q, p))
		return POSTERN_R_NONE;
	reason = judge_subject(q, p);
	if (!reason)
		reason = judge_place(q, p);
	if (!reason)
		reason = judge_person(q, p);
	if (!reason)
		recall_keep(q, p);
	return reason;
}

/* Asks the policy about one party: q->own, and what else counts, into `o`. */
static __always_inline void judge_afresh(struct inquiry *q, struct postern_party *p,
					 struct postern_outcome *o)
{
	__u32 reason = judge_who(q, p);

	if (!reason)
		reason = judge_action(q, p, q->to.action);
	q->primary_facts = q->query.mask;
	q->primary_held = q->found.bits;
	if (reason) {
		*o = postern_lock_down(q->mode, reason);
		return;
	}
	q->first = q->match;
	q->own = postern_decide(q->mode, q->first);
	verdict_keep(q);
	*o = q->own;
	judge_also(q, p, q->also[0], o);
	judge_also(q, p, q->also[1], o);
}

/* Asks about one party, and adds the answer to the inquiry's. 0. */
__weak int judge_ask(struct inquiry *q, struct postern_party *p, __u32 which)
{
	struct postern_outcome o;

	if (!q || !p)
		return 0;
	q->party_until = POSTERN_FOREVER;
	recall(q, p);
	if (verdict_recall(q)) {
		q->primary_facts = 0;
		q->primary_held = 0;
		o = q->own;
	} else {
		judge_afresh(q, p, &o);
	}
	judge_note(q, which, &o);
	return 0;
}
