/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The texts of a question that is put outside any hook. */
#pragma once

#include "world.bpf.h"

#include <postern/ask.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, POSTERN_ASK_TEXTS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct postern_long_path);
} ask_texts __weak SEC(".maps");
