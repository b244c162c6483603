/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What a sweep is to do, and when the next one is due. */
#pragma once

#include "world.bpf.h"

#include <postern/socket.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct postern_sweeping);
} sweeping __weak SEC(".maps");

/* Boot ns of the earliest `until` of what was admitted since the controller last took it; 0: none. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} lapses __weak SEC(".maps");
