/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the controller told of the world. One run of a program reads the epoch word once, and holds to it. */
#pragma once

#include "maps/sessions.bpf.h"

struct told {
	const struct postern_conditions *now; /* NULL while nothing was told */
	__u32 epoch; /* the word */
	__u32 pad;
};

static __always_inline void told_now(struct told *ret)
{
	const volatile __u32 *word;
	__u32 zero = 0, index;

	ret->now = NULL;
	ret->epoch = 0;
	ret->pad = 0;
	word = bpf_map_lookup_elem(&epoch, &zero);
	if (!word)
		return;
	ret->epoch = *word;
	index = ret->epoch % POSTERN_EPOCHS;
	if (ret->epoch)
		ret->now = bpf_map_lookup_elem(&conditions, &index);
}
