/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* A question without a hook: the same look-ups over the same maps, for people and for tests. */
#include "core/facts.bpf.h"
#include "core/subject.bpf.h"
#include "maps/asked.bpf.h"

/* Class of one of the texts. */
POSTERN_FRAME __u32 ask_class(postern_image_t image, __u32 dim, __u32 which, __u32 len)
{
	const void *text = bpf_map_lookup_elem(&ask_texts, &which);
	struct postern_text t = { .len = len };

	if (!text || len > POSTERN_STRING_MAX)
		return POSTERN_NONE;
	t.addr = postern_address(text);
	return postern_classify(image, dim, &t);
}

static __always_inline __u32 ask_texts_of(postern_image_t image, const struct postern_ask *ask,
					  struct postern_subject *s)
{
	__u32 which, cls;

	for (which = 0; which < POSTERN_ASK_TEXTS; which++) {
		cls = ask_class(image, POSTERN_DIM_EXE + which, which, ask->text_len[which]);
		if (cls == POSTERN_NONE)
			return POSTERN_R_IMAGE_BROKEN;
		s->cls[POSTERN_DIM_EXE + which] = cls;
	}
	return POSTERN_R_NONE;
}

static __always_inline __u32 ask_account(postern_image_t image, const struct postern_ask *ask,
					 struct postern_subject *s)
{
	__u64 gids = postern_address(ask) + __builtin_offsetof(struct postern_ask, group);

	s->cls[POSTERN_DIM_USER] = postern_classify_user(image, ask->user_key);
	s->cls[POSTERN_DIM_GID] = postern_classify_gid(image, ask->gid);
	if (s->cls[POSTERN_DIM_USER] == POSTERN_NONE || s->cls[POSTERN_DIM_GID] == POSTERN_NONE)
		return POSTERN_R_IMAGE_BROKEN;
	return subject_groups(image, gids, ask->groups, &s->groups);
}

static __always_inline __u32 ask_subject(postern_image_t image, const struct postern_ask *ask,
					 struct postern_subject *s)
{
	__u32 reason = ask_account(image, ask, s);

	if (reason)
		return reason;
	s->units = ask->units;
	s->cls[POSTERN_DIM_PREEXISTING] = !!ask->preexisting;
	return ask_texts_of(image, ask, s);
}

/* The facts that a cell asks for, from the context in the question. */
POSTERN_FRAME __u32 ask_facts(const struct force *f, const struct postern_ask *ask, __u64 mask,
			      __u64 *ret)
{
	struct facts_walk w = {
		.context = ask->context, .image = f->image, .mask = mask, .clock = 1
	};
	__u32 reason = mask ? facts_decide(&w) : POSTERN_R_NONE;

	*ret = w.facts.bits;
	return reason;
}

static __always_inline __u32 ask_match(const struct force *f, const struct postern_ask *ask,
				       struct postern_match *ret)
{
	struct postern_destination to = {
		.high = ask->high,
		.low = ask->low,
		.v4 = ask->v4,
		.action = ask->action,
		.protocol = ask->protocol,
		.port = ask->port,
	};
	struct postern_walk w = { .image = f->image };
	__u32 reason = ask_subject(f->image, ask, &w.subject);

	if (reason)
		return reason;
	if (postern_cell(f->image, &to, &w.cell))
		return POSTERN_R_IMAGE_BROKEN;
	reason = ask_facts(f, ask, w.cell.facts, &w.subject.facts);
	if (reason)
		return reason;
	if (postern_match_cell(&w))
		return POSTERN_R_IMAGE_BROKEN;
	*ret = w.match;
	return POSTERN_R_NONE;
}

SEC("syscall")
int postern_ask(struct postern_ask *ask)
{
	struct postern_match match = POSTERN_MATCH_NONE;
	struct postern_outcome o;
	struct force f = {};
	__u32 reason;

	reason = force_slot(&f, ask->slot);
	if (!reason)
		reason = ask_match(&f, ask, &match);
	o = reason ? postern_lock_down(f.mode, reason) : postern_decide(f.mode, match);
	ask->verdict = o.verdict;
	ask->reason = o.reason;
	ask->policy = o.policy;
	return 0;
}
