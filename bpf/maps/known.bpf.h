/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What decisions have found out: the subject that a principal is, and the verdict that a subject gets at an
 * end. Each place holds all that its answer depends on, compared whole: no hash stands for it, so that
 * there is no false hit. Writers take turns by one word that is odd meanwhile, and whoever finds it so does without.
 */
#pragma once

#include "world.bpf.h"

#include <postern/lookup.h>

#define KNOWN_SUBJECTS 256 /* powers of two */
#define KNOWN_VERDICTS 2048
#define KNOWN_WAYS 2 /* places side by side that a verdict can be in */
#define KNOWN_GROUPS 16 /* parties with more are found out each time, where groups matter */

/* A principal as it was asked for, and the subject that it is to one image. */
struct known_subject {
	__u32 busy;
	__u32 image_id; /* 0: nothing */
	__u64 number; /* of this filling of this place: never another subject's */
	__u64 start_boottime, exec_boottime, cgroup_id;
	__u32 tgid, uid, gid, session;
	__u32 flags, groups; /* as in struct postern_party */
	__u32 group[KNOWN_GROUPS];
	__u32 grouped; /* 1: the image names groups */
	__u32 proven; /* 1: the image names people: good for one epoch, and until then */
	__u32 epoch;
	__u32 word; /* a generation word that stands for just this image and mode as long as it lasts; 0: none */
	__u64 until; /* boot ns; POSTERN_FOREVER */
	__u64 sure; /* see known_surely_lasts() */
	__u32 slot, mode; /* of the image under that word */
	struct postern_subject subject; /* without facts */
};

/* What a subject may do at one end. One cache line. */
struct known_verdict {
	__u32 busy;
	__u32 image_id; /* 0: nothing */
	__u64 subject; /* known_subject.number */
	__u64 high, low;
	__u64 until; /* boot ns; POSTERN_FOREVER */
	__u64 sure; /* see known_surely_lasts() */
	__u32 door; /* POSTERN_DOOR(), or the class of it, and what it is */
	__u32 policy;
	__u32 epoch; /* with `facts`: good for this one, and until then */
	__u8 verdict, reason;
	__u8 facts; /* 1: it hangs on facts */
	__u8 v4;
};

_Static_assert(sizeof(struct known_verdict) == POSTERN_LINE, "a verdict is one line");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, KNOWN_SUBJECTS);
	__type(key, __u32);
	__type(value, struct known_subject);
} known_subjects __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, KNOWN_VERDICTS);
	__type(key, __u32);
	__type(value, struct known_verdict);
} known_verdicts __weak SEC(".maps");
