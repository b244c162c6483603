/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Words that the kernel side and user space share. Fixed-width types, explicit padding, natural
 * alignment, no bit-fields, no bool, no long: every shared struct has one layout in both worlds.
 */
#pragma once

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

#define POSTERN_ABI_VERSION 4

/*
 * Of the programs themselves: raised by every release that changes what they do. Newer ones take the place of
 * older ones in what is pinned, and older ones refuse to take the place of newer ones.
 */
#define POSTERN_PROGRAMS_VERSION 1

/* Protocols of endpoints; the numbers are ours, dense, and part of the image's door keys. */
enum postern_protocol {
	POSTERN_TCP = 0,
	POSTERN_UDP = 1,
	POSTERN_UDPLITE = 2,
	POSTERN_SCTP = 3,
	POSTERN_DCCP = 4,
	POSTERN_ICMP = 5,
	POSTERN_ICMP6 = 6,
	POSTERN_RAW = 7,
	POSTERN_PROTOCOLS = 8,
	POSTERN_NO_PROTOCOL = 15, /* create: the resource is a kind of socket */
};

enum postern_action {
	POSTERN_CONNECT = 0,
	POSTERN_SEND = 1,
	POSTERN_LISTEN = 2,
	POSTERN_ACCEPT = 3,
	POSTERN_CREATE = 4,
	POSTERN_ACTIONS = 5,
};

enum postern_mode {
	POSTERN_MODE_ENFORCE = 0, /* 0, so that an unset word is the strict one */
	POSTERN_MODE_OBSERVE = 1,
};

enum postern_verdict {
	POSTERN_DENY = 0, /* 0, so that an unset word is the strict one */
	POSTERN_ALLOW = 1,
	POSTERN_WOULD_DENY = 2, /* goes through, and is reported */
};

/* Why a verdict is what it is. Names: postern_reason_name() in user space, the manual's table. */
enum postern_reason {
	POSTERN_R_NONE = 0,
	/* decided by policy */
	POSTERN_R_PERMIT,
	POSTERN_R_FORBID,
	POSTERN_R_DEFAULT_DENY,
	/* locked down outside the policy: a fact that has no worst value could not be had */
	POSTERN_R_NO_IMAGE, /* no image behind the generation word */
	POSTERN_R_NO_PROCESS, /* the process was never latched, it has executed since, or the process map was full */
	POSTERN_R_NO_PATH, /* its executable's path could not be read */
	POSTERN_R_PATH_TOO_LONG,
	POSTERN_R_TOO_MANY_GROUPS,
	POSTERN_R_CGROUP_TOO_DEEP,
	POSTERN_R_NO_CGROUP, /* the cgroup's name could not be read */
	POSTERN_R_IMAGE_BROKEN, /* a lookup inside the image left its bounds */
	POSTERN_R_ADDRESS, /* the destination could not be read */
	POSTERN_R_KIND, /* a protocol that no action has a word for */
	POSTERN_R_NO_OPENER, /* nobody knows who opened the socket, or its record found no room */
	POSTERN_R_OPENER_GONE, /* its opener's program is not known any more under this policy */
	POSTERN_R_ROUTE, /* a source route: the packet would visit others than the approved address */
	POSTERN_R_OPTION, /* a socket option that parts the wire address from the approved one */
	POSTERN_R_NO_CLOCK, /* a condition on time, and no controller has told the time yet */
	POSTERN_R_CONTESTED, /* two users of one socket were being written at once */
	POSTERN_REASONS,
};
