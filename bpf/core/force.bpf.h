/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The image in force. One run of a program calls this once, and holds to the answer. */
#pragma once

#include "maps/images.bpf.h"

#include <postern/context.h>

struct force {
	postern_image_t image;
	__u32 image_id;
	__u32 mode; /* enum postern_mode */
	__u32 slot;
	__u32 generation; /* the word */
	__u64 deadline; /* boot ns, from which on another image or mode is in force; POSTERN_FOREVER */
};

/* Takes the image in a slot. 0, or the reason why not. */
static __always_inline __u32 force_slot(struct force *ret, __u32 slot)
{
	const struct postern_header *h;

	ret->mode = POSTERN_MODE_ENFORCE;
	ret->image_id = 0;
	ret->slot = slot;
	ret->image = bpf_map_lookup_elem(&images, &slot);
	if (!ret->image)
		return POSTERN_R_NO_IMAGE;
	h = (const struct postern_header *)postern_line(ret->image, 0);
	if (!h || h->magic != POSTERN_IMAGE_MAGIC)
		return POSTERN_R_IMAGE_BROKEN;
	ret->image_id = h->image_id;
	ret->mode = h->mode;
	return POSTERN_R_NONE;
}

/* Which slot a descriptor stands for now, and until when. */
static __always_inline __u32 force_when(struct force *ret, const struct postern_descriptor *d)
{
	if (!d->deadline)
		return d->slot;
	if (bpf_ktime_get_boot_ns() >= d->deadline)
		return d->fallback;
	ret->deadline = d->deadline;
	return d->slot;
}

/* While somebody has asked to only observe, the image's own mode does not matter. */
static __always_inline void force_observe(struct force *ret, const struct postern_descriptor *d)
{
	if (!d->observe_until || bpf_ktime_get_boot_ns() >= d->observe_until)
		return;
	ret->mode = POSTERN_MODE_OBSERVE;
	if (d->observe_until < ret->deadline)
		ret->deadline = d->observe_until;
}

static __always_inline __u32 force_now(struct force *ret)
{
	__u32 zero = 0, index, word, reason;
	const volatile __u32 *now = bpf_map_lookup_elem(&generation, &zero);
	const struct postern_descriptor *d;

	ret->image_id = 0;
	ret->mode = POSTERN_MODE_ENFORCE;
	ret->deadline = POSTERN_FOREVER;
	if (!now)
		return POSTERN_R_NO_IMAGE;
	word = *now;
	ret->generation = word;
	index = word % POSTERN_DESCRIPTORS;
	d = bpf_map_lookup_elem(&descriptors, &index);
	if (!word || !d)
		return POSTERN_R_NO_IMAGE;
	ret->slot = force_when(ret, d);
	if (ret->slot == POSTERN_OPEN) {
		ret->mode = POSTERN_MODE_OBSERVE;
		return POSTERN_R_NO_IMAGE;
	}
	reason = force_slot(ret, ret->slot);
	force_observe(ret, d);
	return reason;
}
