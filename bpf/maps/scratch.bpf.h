/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Room for what does not fit a stack of 512 bytes. Per CPU and therefore only for programs that are
 * not preempted by one with the same slot: what follows processes runs with preemption off, see
 * compat_preemption_off(). The cgroup hooks run with it on and use their stack.
 */
#pragma once

#include "world.bpf.h"

enum scratch_slot { SCRATCH_TRACE = 0, SCRATCH_LATCH = 1, SCRATCH_SLOTS = 2 };

/*
 * A path grows from the middle towards the start; behind the middle all is zero. So the finished
 * text is followed by at least POSTERN_PATH_MAX zeros and is stored without another copy.
 */
#define SCRATCH_END POSTERN_PATH_MAX

struct scratch {
	struct postern_process record;
	__u64 dentry; /* the walk is here … */
	__u64 mount; /* … on this mount */
	__u32 at; /* first byte of the text */
	__u32 components;
	__u32 flags; /* enum postern_process_flag of this text */
	__u32 whole; /* the walk reached the top */
	__u32 part; /* bytes of a component so far … */
	__u32 dots; /* … and how many of them are dots */
	char text[2 * POSTERN_PATH_MAX];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SCRATCH_SLOTS);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches __weak SEC(".maps");

static __always_inline struct scratch *scratch(__u32 slot)
{
	return bpf_map_lookup_elem(&scratches, &slot);
}
