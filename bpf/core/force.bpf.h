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
	__u64 deadline; /* boot ns, from which on another image is in force; POSTERN_FOREVER */
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

static __always_inline __u32 force_now(struct force *ret)
{
	__u32 zero = 0, index, word;
	const volatile __u32 *now = bpf_map_lookup_elem(&generation, &zero);
	const struct postern_descriptor *d;
	__u32 slot;

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
	slot = d->slot;
	if (d->deadline && bpf_ktime_get_boot_ns() >= d->deadline)
		slot = d->fallback;
	else if (d->deadline)
		ret->deadline = d->deadline;
	return force_slot(ret, slot);
}
