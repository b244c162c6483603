/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the kernel side keeps of processes and cgroups between their birth and a decision. Latched
 * at exec, carried over fork, independent of any policy; the classes beside the texts are a cache
 * that names the image it belongs to.
 */
#pragma once

#include <postern/image.h>

/* A process for as long as it lives: pids are reused, start times are not. */
struct postern_process_key {
	__u32 tgid;
	__u32 pad;
	__u64 start_boottime; /* of the group leader, ns */
};

enum postern_process_flag {
	POSTERN_P_PREEXISTING = 1, /* older than the enforcer: latched once at start */
	POSTERN_P_FOREIGN = 2, /* executable on a mount that is not the host's */
	POSTERN_P_DELETED = 4, /* executable had no name any more at exec */
	POSTERN_P_MEMFD = 8, /* executable was never in a file system of names */
	POSTERN_P_KERNEL = 16, /* kernel thread */
	POSTERN_P_NO_PATH = 32, /* path could not be read: locked down */
	POSTERN_P_LONG_PATH = 64, /* path longer than POSTERN_PATH_MAX - 1: locked down */
	POSTERN_P_LONG_EXE = 128, /* exe text is in the map of long paths */
	POSTERN_P_LONG_PARENT = 256,
	POSTERN_P_NO_PARENT = 512, /* parent was not known at exec: locked down if a policy asks */
	POSTERN_P_LONG_SCRIPT = 1024,
	POSTERN_P_OPENER = 2048, /* has opened a socket: its record outlives it in `departed` */
};

/* A class with the image it was found in: image id << 32 | class; 0 when none was found yet. */
#define POSTERN_CACHED(image_id, cls) ((__u64)(image_id) << 32 | (__u32)(cls))

struct postern_process {
	__u32 flags;
	__u16 exe_len; /* bytes, without NUL */
	__u16 parent_len;
	struct postern_file_key file; /* of the executable */
	__u64 ctime_ns;
	__u64 size;
	__u64 exec_boottime; /* ns; of the exec, or of the latch */
	__u64 exe_class; /* POSTERN_CACHED; one aligned store */
	__u64 parent_class;
	__u64 script_class, sha256_class; /* POSTERN_CACHED */
	__u16 script_len;
	__u16 exec_id; /* low bits of the task's own count of execs: with another one an exec was missed */
	__u32 tgid; /* that exec'd it; a fork's record has its parent's */
	char exe[POSTERN_PATH_SHORT]; /* zero-padded; prefixes: "container:", "deleted:", "memfd:" */
	char parent[POSTERN_PATH_SHORT];
	/*
	 * What `#!` had an interpreter run, as it was asked for: absolute and lexically normal, seen from
	 * the host's root in the host's mount namespace; else "". Longer ones are in the map of long paths.
	 */
	char script[POSTERN_PATH_SHORT];
};

/*
 * An executable's content, as the controller has read and hashed it: good for that very file as long
 * as nothing about it changed. Map `digests`; an absent key means "not verified". Executables whose
 * digest a bundle asks for and nobody knows are in the map `wanted`, by the same key, with a record of a
 * process that runs them.
 */
struct postern_digest_key {
	struct postern_file_key file;
	__u64 ctime_ns;
	__u64 size;
};

struct postern_digest {
	__u64 put; /* boot ns when it was put there: no two are put at once */
	__u8 sha256[32];
	char hex[64]; /* the same, as policies write it */
};

/* Texts that do not fit beside the process. */
enum postern_long_text { POSTERN_LONG_EXE = 0, POSTERN_LONG_PARENT = 1, POSTERN_LONG_SCRIPT = 2 };

struct postern_long_key {
	struct postern_process_key process;
	__u32 which; /* enum postern_long_text */
	__u32 pad;
};

struct postern_long_path {
	char text[POSTERN_PATH_MAX];
};

/*
 * A cgroup's units under one image. Never replaced, so that a reader never sees another's: an entry
 * goes only when its image can no longer be in force.
 */
struct postern_cgroup_key {
	__u64 cgroup_id;
	__u32 image_id;
	__u32 pad;
};

struct postern_cgroup {
	__u32 reason; /* POSTERN_R_NONE, or why its units could not be found */
	__u32 container; /* class of POSTERN_DIM_CONTAINER */
	struct postern_units units;
};

/* Programs that opened sockets and are gone, by exec or exit; map `departed`, the oldest go first. */
struct postern_departed_key {
	struct postern_process_key process;
	__u64 exec_boottime;
};

/* User and gid key of kernel threads: no account has it. */
#define POSTERN_UID_KERNEL 0xfffffffeu
