/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * From a subject and a destination to the alternatives that hold. Lookups turn lines of the image
 * into values; postern_decide() turns the values into a verdict.
 */
#pragma once

#include <postern/decide.h>
#include <postern/subject.h>

struct postern_destination {
	__u64 high, low; /* IPv6 address, host order; IPv4 in the low half's low 32 bits */
	__u32 v4;
	__u32 action; /* enum postern_action */
	__u32 protocol; /* enum postern_protocol */
	__u32 port; /* host order */
};

/* Row for an address. */
static __always_inline __u32 postern_row(postern_image_t image, const struct postern_destination *d)
{
	const struct postern_directory *dir = postern_directory(image);
	__u32 row, sub;

	if (!dir)
		return POSTERN_NONE;
	if (d->v4)
		return postern_find_front(image, dir->tree_v4, (__u32)d->low);
	row = postern_find64(image, dir->tree_v6, d->high);
	if (row == POSTERN_NONE || !(row & POSTERN_SUBTREE))
		return row;
	sub = row & ~POSTERN_SUBTREE;
	dir = postern_directory(image);
	if (!dir || sub >= dir->subtrees)
		return POSTERN_NONE;
	return postern_find64(image, dir->subtrees_line + sub, d->low);
}

/* The cell of a destination: the lines of its alternatives, and the facts that those ask for. */
struct postern_lines {
	__u32 first;
	__u32 n;
	__u64 facts; /* 0: nothing about the session, the device, the time or this end matters here */
};

/* The cell that a row has for a door. POSTERN_NONE when the image is broken. */
static __always_inline __u32 postern_cell_of(postern_image_t image, __u32 line, __u32 door)
{
	const struct postern_row *r = (const void *)postern_line(image, line);
	__u64 n = POSTERN_ROW_STEPS, difference;
	int i;

	if (!r)
		return POSTERN_NONE;
	if (r->depth)
		return postern_find32(image, line, door);
	/* the largest key is no door, and the first one is never greater */
	for (i = 1; i < POSTERN_ROW_STEPS; i++) {
		difference = (__u64)door - r->key[i];
		postern_opaque(difference);
		n -= difference >> 63;
	}
	n = (n - 1) & 7;
	return n < POSTERN_ROW_STEPS ? r->cell[n] : POSTERN_NONE;
}

/* 0, or -1 when the image is broken. */
POSTERN_FRAME int postern_cell(postern_image_t image, const struct postern_destination *d,
			       struct postern_lines *ret)
{
	const struct postern_header *h;
	const struct postern_directory *dir = postern_directory(image);
	const struct postern_line *l;
	const struct postern_cell *c;
	__u32 row, cell;

	row = postern_row(image, d);
	h = (const struct postern_header *)postern_line(image, 0);
	if (!dir || !h || row >= h->rows)
		return -1;
	cell = postern_cell_of(image, h->rows_line + row,
			       POSTERN_DOOR(d->action, d->protocol, d->port));
	if (cell >= dir->cells)
		return -1;
	l = postern_line(image, dir->cells_line + (cell >> 2));
	if (!l)
		return -1;
	c = (const struct postern_cell *)l + (cell & 3);
	ret->first = dir->alternatives_line + c->first;
	ret->n = c->lines;
	ret->facts = c->facts;
	return 0;
}

/* Whether one term holds; -1 when the image is broken. */
static __always_inline int postern_term(postern_image_t image, const struct postern_subject *s,
					__u32 term)
{
	__u32 dim = POSTERN_TERM_DIM(term), arg = POSTERN_TERM_ARG(term);
	const struct postern_dimension *d;
	const struct postern_line *l;
	__u32 index, cls;

	if (dim >= POSTERN_DIM_SLOTS)
		return -1;
	cls = s->cls[dim];
	switch (POSTERN_TERM_OP(term)) {
	case POSTERN_TERM_CLASS:
		return cls == arg;
	case POSTERN_TERM_NOT_CLASS:
		return cls != arg;
	case POSTERN_TERM_GROUP:
		return postern_has_bit(&s->groups, arg);
	case POSTERN_TERM_NO_GROUP:
		return !postern_has_bit(&s->groups, arg);
	case POSTERN_TERM_UNIT:
		return postern_in_unit(&s->units, arg);
	case POSTERN_TERM_NO_UNIT:
		return !postern_in_unit(&s->units, arg);
	case POSTERN_TERM_SET:
		d = (const struct postern_dimension *)postern_line(image,
								   POSTERN_DIMENSION_LINE(dim));
		if (!d)
			return -1;
		index = cls * d->row_words + (arg >> 5);
		l = postern_line(image, d->matrix_line + (index >> 4));
		return l ? (int)(l->word[index & 15] >> (arg & 31)) & 1 : -1;
	default:
		return -1;
	}
}

struct postern_walk {
	postern_image_t image;
	struct postern_subject subject;
	struct postern_match match;
	const struct postern_alternative *at; /* the line being read */
	struct postern_lines cell;
	__u32 failed; /* the alternative being read has a term that does not hold */
	__u32 broken;
};

/* Notes that an alternative held. */
static __always_inline void postern_note(struct postern_match *m, __u32 flags, __u32 policy)
{
	if (flags & POSTERN_ALT_FORBID) {
		if (flags & POSTERN_ALT_ENFORCED && m->forbid_enforced == POSTERN_NONE)
			m->forbid_enforced = policy;
		if (flags & POSTERN_ALT_REPORTED && m->forbid_reported == POSTERN_NONE)
			m->forbid_reported = policy;
		return;
	}
	if (flags & POSTERN_ALT_ENFORCED && m->permit_enforced == POSTERN_NONE)
		m->permit_enforced = policy;
	if (flags & POSTERN_ALT_REPORTED && m->permit_reported == POSTERN_NONE)
		m->permit_reported = policy;
}

/* Nothing that follows can change the outcome. */
static __always_inline int postern_settled(const struct postern_match *m)
{
	return (m->forbid_enforced != POSTERN_NONE || m->permit_enforced != POSTERN_NONE) &&
	       (m->forbid_reported != POSTERN_NONE || m->permit_reported != POSTERN_NONE);
}

POSTERN_BODY postern_term_step(__u32 i, void *ctx)
{
	struct postern_walk *w = ctx;
	int holds;

	if (i >= POSTERN_TERMS_MAX || i >= w->at->terms)
		return 1;
	holds = postern_term(w->image, &w->subject, w->at->term[i]);
	if (holds < 0)
		w->broken = 1;
	if (holds > 0)
		return 0;
	w->failed = 1;
	return 1;
}

POSTERN_BODY postern_walk_step(__u32 i, void *ctx)
{
	struct postern_walk *w = ctx;
	const struct postern_line *l = postern_line(w->image, w->cell.first + i);
	const struct postern_alternative *a = (const struct postern_alternative *)l;

	if (!a) {
		w->broken = 1;
		return 1;
	}
	w->at = a;
	if ((w->subject.facts & a->must) != a->must || w->subject.facts & a->must_not)
		w->failed = 1;
	if (!w->failed)
		postern_loop(POSTERN_TERMS_MAX, postern_term_step, w);
	if (w->broken)
		return 1;
	if (a->flags & POSTERN_ALT_MORE)
		return 0;
	if (!w->failed)
		postern_note(&w->match, a->flags, a->policy);
	w->failed = 0;
	return postern_settled(&w->match);
}

/*
 * Fills walk->match from walk->cell; image and subject are set by the caller too. 0, or -1 when a
 * lookup left the image: the caller locks down with POSTERN_R_IMAGE_BROKEN.
 */
static __always_inline int postern_match_cell(struct postern_walk *w)
{
	w->match = POSTERN_MATCH_NONE;
	w->failed = 0;
	w->broken = 0;
	postern_unknown(&w->match.forbid_enforced);
	postern_unknown(&w->match.forbid_reported);
	postern_unknown(&w->failed);
	if (postern_loop(w->cell.n, postern_walk_step, w) < 0)
		return -1;
	return w->broken ? -1 : 0;
}

/* The same for a destination. */
static __always_inline int postern_match(struct postern_walk *w,
					 const struct postern_destination *d)
{
	return postern_cell(w->image, d, &w->cell) ? -1 : postern_match_cell(w);
}
