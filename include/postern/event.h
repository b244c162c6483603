/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The record of one decision, written at decision time: nothing in it is worked out again later
 * with another policy. Fixed size; readers refuse another version or size.
 */
#pragma once

#include <postern/process.h>

#define POSTERN_EVENT_VERSION 1

enum postern_event_hook {
	POSTERN_H_SOCK_CREATE = 0,
	POSTERN_H_CONNECT4,
	POSTERN_H_CONNECT6,
	POSTERN_H_SENDMSG4,
	POSTERN_H_SENDMSG6,
	POSTERN_HOOKS,
};

struct postern_event {
	__u16 version;
	__u16 size; /* sizeof(struct postern_event) */
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
	__u64 facts; /* that held */
	__u32 flags; /* enum postern_process_flag */
	__u16 exe_len;
	__u16 parent_len;
	char comm[16];
	char unit[64];
	char exe[POSTERN_PATH_SHORT]; /* the end of a longer path, which exe_len tells */
	char parent[POSTERN_PATH_SHORT];
};
