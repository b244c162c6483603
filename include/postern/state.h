/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Which image is in force, and what is counted. One 32-bit word chooses; every run of a program reads
 * it exactly once, so that no decision mixes two policies.
 */
#pragma once

#include <postern/abi.h>

#define POSTERN_SLOTS 8 /* images that can be loaded at once */
#define POSTERN_DESCRIPTORS 64

/*
 * Immutable while its number can still be in the word. The moments are of CLOCK_BOOTTIME, in ns, so that
 * suspended time counts; the programs look at them by themselves, whoever else is alive.
 */
struct postern_descriptor {
	__u32 slot; /* of the image in force */
	__u32 fallback; /* slot from the deadline on, or POSTERN_OPEN */
	__u64 deadline; /* 0: none */
	__u64 observe_until; /* before it the image denies nothing and reports the same; 0: never */
};

/* Instead of a slot: no policy. What comes is let through, and reported with POSTERN_R_NO_IMAGE. */
#define POSTERN_OPEN 0xffffffffu

/* The word: 0 means that no image is in force; else the descriptor's index is word % POSTERN_DESCRIPTORS. */

/* Per-CPU counters. */
enum postern_counter {
	POSTERN_C_ALLOW = 0,
	POSTERN_C_DENY,
	POSTERN_C_WOULD_DENY,
	POSTERN_C_EVENTS, /* put into the ring */
	POSTERN_C_EVENTS_LOST, /* the ring had no room */
	POSTERN_C_EVENTS_FOLDED, /* like others of the same second, and counted with them */
	POSTERN_C_PROCESSES_LOST, /* the process map had no room */
	POSTERN_C_EXECS,
	POSTERN_C_CONTROL, /* packets of the kernel's own control sockets, let through */
	POSTERN_C_PACKETS_CUT, /* packets of admitted flows dropped because the admission was withdrawn */
	POSTERN_C_SOCKETS_LOST, /* a socket's record found no room */
	POSTERN_C_UNIX, /* connects and sends to named Unix sockets: seen, not governed */
	POSTERN_C_REASON, /* + enum postern_reason */
	POSTERN_COUNTERS = POSTERN_C_REASON + POSTERN_REASONS,
};

/* What a controller must know of the maps that it finds; one, in the map `ledger`. */
struct postern_ledger {
	__u32 abi; /* POSTERN_ABI_VERSION */
	__u32 last_image_id; /* given so far */
	__u32 latched; /* 1 once every process older than the enforcer is known */
	__u32 programs; /* POSTERN_PROGRAMS_VERSION of those that were attached last; 0: from before there were numbers */
};

/* Knobs that the loader sets before it loads the programs. */
struct postern_knobs {
	__u32 host_mount_ns; /* inode number of the host's mount namespace */
	__u32 exe_changes; /* 1: this kernel lets a file be written to while it runs (6.11, 6.12) */
	__u64 cgroup_id; /* of the cgroup that is governed; 0: none */
	__u32 inquiries; /* decisions that can be on their way at once: a power of two; 0: as compiled */
	__u32 pad;
};
