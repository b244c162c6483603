/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the controller tells of the world: login sessions, and behind the epoch word clock, zone and device. */
#pragma once

#include "world.bpf.h"

#include <postern/session.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, POSTERN_SESSIONS_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct postern_session);
} sessions __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, POSTERN_EPOCHS);
	__type(key, __u32);
	__type(value, struct postern_conditions);
} conditions __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} epoch __weak SEC(".maps");
