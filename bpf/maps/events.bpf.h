/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What leaves the kernel: events with their per-CPU numbers, and counters. */
#pragma once

#include "world.bpf.h"

#include <postern/event.h>

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} sequence __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, POSTERN_COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} counters __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, POSTERN_FOLDS_MAX);
	__type(key, struct postern_like);
	__type(value, struct postern_fold);
} folds __weak SEC(".maps");
