/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The record of one decision, written at decision time: nothing in it is worked out again later
 * with another policy. Readers refuse another version.
 */
#pragma once

#include <postern/process.h>

#define POSTERN_EVENT_VERSION 4

enum postern_event_hook {
	POSTERN_H_SOCK_CREATE = 0,
	POSTERN_H_CONNECT4,
	POSTERN_H_CONNECT6,
	POSTERN_H_SENDMSG4,
	POSTERN_H_SENDMSG6,
	POSTERN_H_BIND4,
	POSTERN_H_BIND6,
	POSTERN_H_POST_BIND4,
	POSTERN_H_POST_BIND6,
	POSTERN_H_INGRESS,
	POSTERN_H_EGRESS,
	POSTERN_H_SETSOCKOPT,
	POSTERN_H_DEVICE,
	POSTERN_H_UNIX_CONNECT,
	POSTERN_H_UNIX_SENDMSG,
	POSTERN_H_LSM, /* any LSM program */
	POSTERN_H_SWEEP, /* judged again by the controller's sweep */
	POSTERN_HOOKS,
};

enum postern_event_text {
	POSTERN_EVENT_EXE = 0,
	POSTERN_EVENT_PARENT,
	POSTERN_EVENT_SCRIPT,
	POSTERN_EVENT_CONTAINER,
	POSTERN_EVENT_IDENTITY,
	POSTERN_EVENT_TEXTS = 8, /* with room for more */
};

struct postern_event {
	__u16 version;
	__u16 size; /* of the record in the ring: POSTERN_EVENT_HEAD, and its texts */
	__u32 cpu;
	__u64 sequence; /* per CPU, from 1: gaps are losses */
	__u64 boottime; /* ns */
	__u32 image_id;
	__u32 policy; /* number in that image; POSTERN_NONE */
	__u8 verdict; /* enum postern_verdict */
	__u8 reason; /* enum postern_reason */
	__u8 action; /* enum postern_action */
	__u8 protocol; /* enum postern_protocol; POSTERN_NO_PROTOCOL with create */
	__u8 hook; /* enum postern_event_hook */
	__u8 v4;
	__u16 port; /* host order */
	__u8 addr[16]; /* network order; IPv4 in the last four bytes after ::ffff */
	__u32 family, type, ip_protocol; /* of the socket, as the kernel has them: for create */
	__u32 uid, gid;
	__u32 tid;
	struct postern_process_key process;
	__u64 cgroup_id;
	__u64 socket_cookie;
	__u64 facts; /* that held, of those that the cell asks for */
	__u64 asked; /* facts that the cell asks for */
	__u64 mfa_age_ms; /* POSTERN_AGE_WORST without a proof */
	__u64 folded; /* decisions like this one since the last that was told: they have no record */
	__u32 session; /* audit session id */
	__u8 party; /* enum postern_which: whom the verdict is about */
	__u8 passed; /* the socket has an opener and another user, and both were asked */
	__u16 local_port; /* this end, host order */
	__u8 local[16]; /* network order, as addr */
	__u32 flags; /* enum postern_process_flag */
	__u16 exe_len;
	__u16 parent_len;
	char comm[16];
	char unit[64];
	__u8 sha256[32]; /* of the executable; all zero while it is not verified */
	__u8 text_len[POSTERN_EVENT_TEXTS]; /* in the ring: bytes of each, without NUL */
	/*
	 * These are in the ring without what is empty of them, one right behind the other in this order. Whoever is
	 * handed a record has them here, zero-padded.
	 */
	char exe[POSTERN_PATH_SHORT]; /* the end of a longer path, which exe_len tells */
	char parent[POSTERN_PATH_SHORT];
	char script[POSTERN_PATH_SHORT];
	char container[POSTERN_CONTAINER_MAX];
	char identity[64]; /* the person proven in the session; the start of a longer id */
};

#define POSTERN_EVENT_HEAD __builtin_offsetof(struct postern_event, exe)

/*
 * Records are limited, verdicts are not. Of decisions that differ in nothing but their time, and of those of one
 * process, so many a second have a record; the others are counted, in the next record of their like (`folded`) and all
 * together (POSTERN_C_EVENTS_FOLDED).
 */
#define POSTERN_FOLD_WINDOW_NS 1000000000ull

struct postern_like { /* what decisions of a kind have in common; `of` only: all of a process */
	struct postern_process_key of;
	__u8 addr[16];
	__u32 image_id, policy;
	__u16 port;
	__u8 action, protocol, verdict, reason, party;
	__u8 alike; /* 1: the rest counts, 0: it is all zero */
	__u32 pad;
};

struct postern_fold {
	__u64 window; /* boot ns, when this second began */
	__u64 told; /* in it, or meant to be */
	__u64 folded; /* since the last that was told */
};
