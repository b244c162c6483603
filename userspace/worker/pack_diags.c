/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages. Their codes are static texts on this side, too: each is kept once, and only so many. */
#include "worker/pack.h"

#include <stdlib.h>
#include <string.h>

enum { CODES_MAX = 512, CODE_BYTES = 48 };

static const char other[] = "worker";

/* The code as a static text. */
static const char *code_of(const char *s)
{
	static char codes[CODES_MAX][CODE_BYTES];
	static size_t n;

	if (strlen(s) >= CODE_BYTES ||
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(s))
		return other;
	for (size_t i = 0; i < n; i++)
		if (strcmp(codes[i], s) == 0)
			return codes[i];
	if (n == CODES_MAX)
		return other;
	memcpy(codes[n], s, strlen(s));
	return codes[n++];
}

static void put_diag(struct buf *out, const struct diag *m)
{
	put_u32(out, m->level);
	put_string(out, m->code);
	put_string(out, m->file);
	put_string(out, m->text);
	put_string(out, m->hint);
	put_string(out, m->excerpt);
	put_u32(out, m->line);
	put_u32(out, m->col);
	put_u32(out, m->caret);
	put_u32(out, m->width);
}

void put_diags(struct buf *out, const struct diags *d)
{
	put_u64(out, d->errors);
	put_u64(out, d->warnings);
	put_u64(out, d->n);
	for (size_t i = 0; i < d->n; i++)
		put_diag(out, &d->items[i]);
}

/* An owned copy, or NULL. */
static char *take_owned(struct parcel *p)
{
	return take_bool(p) ? strdup(take_clean(p).s) : NULL;
}

static void take_diag(struct parcel *p, struct diag *ret)
{
	const char *code;

	ret->level = (enum diag_level)take_below(p, DIAG_ERROR + 1);
	code = take_string(p);
	ret->code = code_of(code ? code : "");
	ret->file = take_owned(p);
	ret->text = take_owned(p);
	ret->hint = take_owned(p);
	ret->excerpt = take_owned(p);
	ret->line = take_u32(p);
	ret->col = take_u32(p);
	ret->caret = take_u32(p);
	ret->width = take_u32(p);
	/* A caret stands within the line that it is shown under. */
	if (!ret->text || ret->caret > 4096 || ret->width > 4096)
		p->broken = true;
}

void take_diags(struct parcel *p, struct diags *d)
{
	uint64_t errors = take_u64(p), warnings = take_u64(p);
	size_t n = take_count(p, 10 * sizeof(uint32_t));

	for (size_t i = 0; i < n && !p->broken; i++) {
		struct diag m = { 0 };

		take_diag(p, &m);
		diags_take(d, &m);
		errors -= m.level == DIAG_ERROR && errors;
		warnings -= m.level == DIAG_WARNING && warnings;
	}
	/* those that were counted, not kept */
	d->errors += errors;
	d->warnings += warnings;
}
