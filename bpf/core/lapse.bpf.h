/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Tells the controller when something admitted may lapse by time alone, so that it sweeps by then. */
#pragma once

#include "maps/lapses.bpf.h"

#include <postern/context.h>

#define LAPSE_TRIES 4
#define LAPSE_AT_ONCE 1

/*
 * Call after the approval with this `until` stands in the socket's record: the controller takes the word
 * first and looks at the records then, so that it misses none. Free where nothing can lapse.
 */
static __always_inline void lapse_note(__u64 until)
{
	__u32 zero = 0, i;
	volatile __u64 *due;
	__u64 before;

	if (until == POSTERN_FOREVER)
		return;
	due = bpf_map_lookup_elem(&lapses, &zero);
	if (!due)
		return;
	for (i = 0; i < LAPSE_TRIES; i++) {
		before = *due;
		if (before && before <= until)
			return;
		if (__sync_val_compare_and_swap(due, before, until) == before)
			return;
	}
	*due = LAPSE_AT_ONCE;
}
