/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Room for the decision that a hook makes: more than a stack of 512 bytes holds, and not per CPU, since
 * the cgroup hooks can be preempted by one another. A run takes a place and gives it back.
 */
#pragma once

#include "world.bpf.h"

#include <postern/event.h>
#include <postern/lookup.h>
#include <postern/socket.h>

#include "maps/knobs.bpf.h"

struct facts_query {
	__u64 mask; /* of the facts to decide: postern_cell.facts */
	__u64 local_high, local_low; /* this end, as struct postern_destination has an address */
	__u32 local_v4, local_port;
	__u32 session; /* audit session id */
	__u32 about_local; /* answered: 1 when some of them are about this end */
};

struct facts {
	__u64 bits; /* those of the mask that hold */
	__u64 until; /* boot ns, from which on one of them may differ; POSTERN_FOREVER */
};

/* A packet as it is on the wire. */
struct packet {
	__u64 high, low; /* the other end */
	__u64 own_high, own_low; /* this end */
	__u32 v4;
	__u16 port, own_port; /* host order; 0 where they cannot be read */
	__u8 protocol; /* that follows the IP headers */
	__u8 routed; /* a source route or a routing header */
	__u8 bad; /* it cannot be read */
	__u8 reset; /* TCP: it ends the connection; read off the fast path only */
	__u16 at; /* where the transport header is; 0: nowhere */
};

enum inquiry_flag {
	INQUIRY_OF_CURRENT = 1, /* the current task asks: not so where packets are looked at */
	INQUIRY_BY_KERNEL = 2, /* a kernel thread acts for the socket */
	INQUIRY_FACTS = 4, /* the verdict depended on facts */
	INQUIRY_PASSED = 8, /* opener and another user were asked */
};

struct inquiry {
	__u32 taken;
	__u32 flags; /* enum inquiry_flag; the first of what is emptied */
	/* what is asked for */
	struct postern_destination to;
	__u64 local_high, local_low; /* this end */
	__u32 local_v4, local_port;
	__u64 cookie;
	__u64 cgroup[2]; /* addresses: the current task's or 0, the socket's or 0 */
	__u16 family, type, ip_protocol;
	__u8 hook; /* enum postern_event_hook */
	__u8 reason; /* why it cannot be judged; 0 when it can */
	/* what it is judged by */
	__u32 slot, image_id, mode;
	__u32 generation, epoch; /* words */
	__u32 groups; /* 1: the image names groups */
	__u32 also[2]; /* actions that count where nobody decides the one asked for, + 1; 0: none */
	/* the answer: of the party that it is about */
	struct postern_outcome outcome;
	__u32 party; /* enum postern_which */
	__u32 answered; /* there is an answer */
	__u64 asked, held; /* facts */
	__u64 until; /* boot ns; of all parties */
	__u64 deadline; /* boot ns, when another image comes in force by itself; 0: never */
	/* the party being judged */
	__u64 known; /* known_subject.number of it; 0: it must be found out */
	struct postern_outcome own; /* of the action asked for, by itself */
	__u32 door; /* known_verdict.door of what is asked for */
	struct postern_match match;
	struct postern_match first; /* of the action asked for, with what else counts */
	struct postern_subject subject;
	struct facts_query query; /* of the action last looked at */
	struct facts found;
	struct postern_lines cell; /* of that action */
	__u64 primary_facts, primary_held; /* of the action asked for */
	__u64 party_until;
	struct packet packet; /* where a packet is what is judged */
	struct postern_like like; /* of its record */
	struct postern_fold fold; /* a new one */
	__u64 folded; /* decisions before this one that had none */
	__u32 place; /* of this inquiry among all */
	__u32 pad1;
	/* the last: who asks, if that is not the opener */
	struct postern_party who;
};

/* A power of two; as many tasks can be preempted while they decide. The loader makes it more where there are more CPUs. */
#define INQUIRIES 64

static __always_inline __u32 inquiry_places(void)
{
	return knobs.inquiries ? knobs.inquiries : INQUIRIES;
}

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, INQUIRIES);
	__type(key, __u32);
	__type(value, struct inquiry);
} inquiries __weak SEC(".maps");
