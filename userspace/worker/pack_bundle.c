/* SPDX-License-Identifier: BSD-2-Clause */
/* What a bundle says of itself. */
#include "worker/pack.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 255 };

void put_bundle(struct buf *out, const struct bundle *b)
{
	put_string(out, b->name);
	put_u64(out, b->version);
	put_u64(out, (uint64_t)b->issued_ms);
	put_u64(out, (uint64_t)b->not_after_ms);
	put_u32(out, b->observe);
	put_u32(out, b->phases.identity);
	put_u32(out, b->phases.device);
	put_u32(out, b->phases.network);
	put_u64(out, b->n_audience);
	for (size_t i = 0; i < b->n_audience; i++)
		put_string(out, b->audience[i]);
}

static enum postern_phase take_phase(struct parcel *p)
{
	return (enum postern_phase)take_below(p, POSTERN_PHASE_OFF + 1);
}

/* An owned text that must be there. */
static char *take_owned(struct parcel *p)
{
	char *s = take_bool(p) ? strdup(take_clean(p).s) : NULL;

	if (!s)
		p->broken = true;
	return s;
}

static void take_audience(struct parcel *p, struct bundle *b)
{
	size_t n = take_count(p, sizeof(uint32_t));

	b->audience = calloc(n ? n : 1, sizeof(*b->audience));
	for (size_t i = 0; b->audience && i < n && !p->broken; i++) {
		b->audience[i] = take_owned(p);
		b->n_audience += b->audience[i] != NULL;
	}
	if (!b->audience)
		p->broken = true;
}

struct bundle *take_bundle(struct parcel *p)
{
	_cleanup_bundle_ struct bundle *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->name = take_owned(p);
	if (b->name && strlen(b->name) > NAME_BYTES)
		p->broken = true;
	b->version = take_u64(p);
	b->issued_ms = (int64_t)take_u64(p);
	b->not_after_ms = (int64_t)take_u64(p);
	b->observe = take_bool(p);
	b->phases.identity = take_phase(p);
	b->phases.device = take_phase(p);
	b->phases.network = take_phase(p);
	take_audience(p, b);
	return p->broken ? NULL : TAKE_PTR(b);
}
