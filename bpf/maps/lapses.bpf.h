/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What iterators over sockets are to do, where they build their answers, and when the next sweep is due. */
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

/* Where the iterator builds a sighting: nobody else runs it at the same time. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct postern_sighting);
} sighted __weak SEC(".maps");

/* Ports that somebody listened on when the enforcer came. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct postern_old_port);
	__type(value, __u8);
} old_ports __weak SEC(".maps");
