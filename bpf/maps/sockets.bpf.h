/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Records that sockets carry with them, and programs that opened some and are gone. */
#pragma once

#include "world.bpf.h"

#include <postern/socket.h>

/* Accepted sockets start with a copy of their listener's record. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct postern_socket);
} sockets __weak SEC(".maps");

/* Who uses a socket besides its opener: apart, since few sockets change hands and all pay for their records. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct postern_party);
} users __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, POSTERN_DEPARTED_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct postern_departed_key);
	__type(value, struct postern_process);
} departed __weak SEC(".maps");

/* Their keys in the order in which they went, so that there is room for a record only where there is a record. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, POSTERN_DEPARTED_MAX);
	__type(value, struct postern_departed_key);
} departures __weak SEC(".maps");
