/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Who the processes are, and in which units the cgroups. Sizes are set by the loader. */
#pragma once

#include "world.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, POSTERN_PROCESSES_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct postern_process_key);
	__type(value, struct postern_process);
} processes __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, POSTERN_PROCESSES_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct postern_long_key);
	__type(value, struct postern_long_path);
} long_paths __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct postern_cgroup_key);
	__type(value, struct postern_cgroup);
} cgroups __weak SEC(".maps");

/* Contents of executables, verified by the controller. Some go when there is no more room: they are verified again. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, POSTERN_DIGESTS_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct postern_digest_key);
	__type(value, struct postern_digest);
} digests __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, POSTERN_WANTED_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct postern_digest_key);
	__type(value, struct postern_process);
} wanted __weak SEC(".maps");
