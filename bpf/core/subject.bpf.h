/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* From raw values to the subject that an image knows; for the hooks and for questions alike. */
#pragma once

#include "core/force.bpf.h"

/* The class of the empty text in each dimension that nothing here fills. */
static __always_inline __u32 subject_empty(postern_image_t image, struct postern_subject *s)
{
	const struct postern_dimension *d;
	__u32 dim;

	for (dim = POSTERN_DIM_SCRIPT; dim <= POSTERN_DIM_IDENTITY; dim++) {
		d = (const void *)postern_line(image, POSTERN_DIMENSION_LINE(dim));
		if (!d)
			return POSTERN_R_IMAGE_BROKEN;
		s->cls[dim] = d->empty_class;
	}
	return POSTERN_R_NONE;
}

struct subject_groups {
	postern_image_t image;
	struct postern_bits *bits;
	__u64 gids; /* address of u32 */
	__u32 n;
	__u32 broken;
};

POSTERN_BODY subject_group_step(__u32 i, void *ctx)
{
	struct subject_groups *g = ctx;
	__u32 gid = 0;

	if (i >= g->n)
		return 1;
	postern_read(&gid, sizeof(gid), g->gids + i * sizeof(gid));
	if (postern_add_group(g->image, gid, g->bits))
		g->broken = 1;
	return g->broken != 0;
}

/* Adds the named groups of `n` gids at an address. 0, or the reason. */
static __always_inline __u32 subject_groups(postern_image_t image, __u64 gids, __u32 n,
					    struct postern_bits *bits)
{
	struct subject_groups g = { .image = image, .bits = bits, .gids = gids, .n = n };

	bpf_loop(POSTERN_PROCESS_GROUPS_MAX + 8, subject_group_step, &g, 0);
	return g.broken ? POSTERN_R_IMAGE_BROKEN : POSTERN_R_NONE;
}

/* Whether the bundle names any group. */
static __always_inline int subject_needs_groups(postern_image_t image)
{
	const struct postern_directory *d = postern_directory(image);

	return !d || d->group_sets > 1;
}
