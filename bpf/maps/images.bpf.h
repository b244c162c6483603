/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What is in force: the word, what it stands for, and the images. */
#pragma once

#include "world.bpf.h"

/*
 * One image: lines by number. How many is each image's own matter, BPF_F_INNER_MAP frees it from
 * this one. Sizes instead of types, because clang 14 leaves the types of an inner map undefined.
 */
struct image_lines {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_INNER_MAP | BPF_F_MMAPABLE);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct postern_line));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, POSTERN_SLOTS);
	__type(key, __u32);
	__array(values, struct image_lines);
} images __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} generation __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, POSTERN_DESCRIPTORS);
	__type(key, __u32);
	__type(value, struct postern_descriptor);
} descriptors __weak SEC(".maps");

/* Not read by any program: user space's own memory beside the maps. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct postern_ledger);
} ledger __weak SEC(".maps");
