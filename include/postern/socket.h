/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the kernel side remembers with a socket: who opened it, who else used it last, and what was
 * admitted for how long. Kept in socket storage, so it goes with the socket; an accepted socket starts
 * with a copy of its listener's. Principals are kept as raw values, not as classes of one image: under
 * the next policy a live connection is judged again from the same facts.
 */
#pragma once

#include <postern/process.h>

#define POSTERN_PARTY_GROUPS 32 /* supplementary groups kept with a socket */

enum postern_party_flag {
	POSTERN_PARTY_KERNEL = 1, /* the kernel itself: no process, User "#kernel" */
	POSTERN_PARTY_PREEXISTING = 2, /* process older than the enforcer */
	POSTERN_PARTY_MANY_GROUPS =
		4, /* more groups than are kept: only the image of `image_id` can judge it */
};

/* A principal at the moment it acted. */
struct postern_party {
	struct postern_process_key process;
	__u64 exec_boottime; /* which of the process's programs: postern_process.exec_boottime */
	__u64 execs; /* the same, as the kernel counts a task's own; 0: nobody saw */
	__u64 cgroup_id;
	__u32 uid, gid; /* effective, of the thread */
	__u32 session; /* audit session id */
	__u32 flags; /* enum postern_party_flag */
	__u32 groups; /* supplementary ones; more than group[] holds: POSTERN_PARTY_MANY_GROUPS */
	__u32 image_id; /* with POSTERN_PARTY_MANY_GROUPS: that the bits are of; 0: none yet */
	__u64 exe_class, parent_class, script_class, sha256_class; /* POSTERN_CACHED */
	__u32 group[POSTERN_PARTY_GROUPS]; /* gids; or the bits (struct postern_bits) of many */
};

/* A destination that was admitted, and how long that holds. */
struct postern_approval {
	__u64 high, low; /* of the other end, as struct postern_destination */
	__u32 v4;
	__u32 action; /* enum postern_action */
	__u32 port; /* of the other end, host order */
	__u32 generation; /* word it was judged under; 0: nothing admitted */
	__u32 epoch; /* word; matters only when `facts` */
	__u32 facts; /* 1: the verdict depended on facts */
	__u64 until; /* boot ns, from which on facts may have lapsed; POSTERN_FOREVER */
	__u64 sure; /* when `until` was last seen to be far off: see known_surely_lasts(); 0 */
	__u32 policy, image_id;
	__u8 verdict, reason; /* enum postern_verdict, enum postern_reason */
	__u8 party; /* enum postern_which: who was refused, or whose policy is named */
	__u8 ways; /* enum postern_way: which directions were judged */
	__u8 pad[4];
};

/* With a listener's port: bit 0, 0.0.0.0 was judged, bit 1, :: was. */
enum postern_way { POSTERN_WAY_OUT = 1, POSTERN_WAY_IN = 2 };

enum postern_which { POSTERN_OPENER = 0, POSTERN_USER = 1 };

enum postern_socket_flag {
	POSTERN_S_LISTEN = 1, /* `listen` was admitted for the port it has */
	POSTERN_S_OLD = 2, /* older than the enforcer: the opener is a holder found at start */
	POSTERN_S_PASSED = 4, /* has been used by somebody else than its opener */
	POSTERN_S_CUT = 8, /* what it was admitted for has been withdrawn */
	POSTERN_S_NAMED = 16, /* was bound to a port that its user named */
	POSTERN_S_ACCEPTS = 32, /* TCP: flows come in, as it listens or was accepted */
};

struct postern_socket {
	__u32 flags; /* enum postern_socket_flag */
	__u32 busy; /* odd while `user`, `peer`, `port` or its party in `users` is being written; moves with each writing */
	struct postern_party opener;
	struct postern_approval peer; /* the last other end judged */
	struct postern_approval port; /* this end, for `listen` */
	__u32 swept; /* postern_sweeping.run of the last sweep that saw it */
	__u32 user; /* 1: somebody else uses it, the socket's party in `users`; 0: nobody but the opener */
};

/* What the iterators are to do: the one element of the map `sweeping`. */
struct postern_sweeping {
	__u32 slot; /* postern_sweep: of the image to judge by; POSTERN_SLOTS: the one in force */
	__u32 adopts; /* postern_adopt: enum postern_adopts */
	__u32 run; /* number of the sweep, never 0: a socket is judged once in each */
	__u32 pad;
};

/* Sockets that are older than the enforcer: first who listens, since connections to such a port came in. */
enum postern_adopts { POSTERN_ADOPTS_LISTENERS = 0, POSTERN_ADOPTS_ALL = 1 };

struct postern_old_port {
	__u32 netns; /* inode number */
	__u32 port; /* host order */
};

/* It writes one byte for each socket with a record; after POSTERN_SWEPT_SIGHTING follows the sighting. */
enum postern_swept { POSTERN_SWEPT_WELL = 0, POSTERN_SWEPT_SIGHTING = 1 };

/* A socket with a record, open in some process, that would not be allowed what it does now. */
struct postern_sighting {
	__u64 cookie;
	__u32 netns; /* inode number */
	__u16 family; /* AF_INET, AF_INET6 */
	__u16 ip_protocol;
	__u32 state; /* TCP state number */
	__u16 local_port, peer_port; /* host order */
	__u8 local[16], peer[16]; /* network order, IPv4 as ::ffff:a.b.c.d */
	__u32 ifindex; /* bound device or scope; 0 */
	__u32 type; /* SOCK_STREAM, … */
	__u8 verdict, reason, action, party; /* of the flow, now */
	__u32 policy, image_id;
	__u32 pad;
	__u64 until; /* boot ns when that may change by itself; POSTERN_FOREVER */
	struct postern_party who; /* the one that the verdict names */
};
