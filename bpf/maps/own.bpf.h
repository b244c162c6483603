/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the guard keeps from others, and whom it obeys. The second dies with the programs: it is in no pin. */
#pragma once

#include "world.bpf.h"

#include <postern/guard.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, POSTERN_OWN_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct postern_own);
	__type(value, __u32);
} own __weak SEC(".maps");

struct postern_guard guard __weak = {};
