/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What the controller tells the kernel side of the world outside packets: proofs of persons by login
 * session, the device, the wall clock. Written by the controller, decided upon by the kernel against
 * the boot clock, so that what should lapse does so when the controller is dead or the machine slept.
 */
#pragma once

#include <postern/context.h>
#include <postern/state.h>

#define POSTERN_NO_SESSION 0xffffffffu /* audit session id of what belongs to no login */
#define POSTERN_IDENTITY_MAX 256 /* bytes of an Identity's id, with room for a NUL */
#define POSTERN_SESSION_KEY 32

enum postern_session_flag {
	POSTERN_SESSION_VERIFIED = 1, /* the proof carried a PIN or biometric */
	POSTERN_SESSION_INTERACTIVE = 2, /* registered by the PAM helper */
	POSTERN_SESSION_TOUCHED =
		4, /* the proof's key is in a token that somebody touched: for people */
};

/*
 * Of the map `sessions`, by audit session id. Replaced whole, never in place. No class is kept here: a
 * reader that was slow could leave one person's in the place that is another's by then.
 */
struct postern_session {
	__u64 proof_boottime; /* ns, of the last good proof; 0: none */
	__u64 end_boottime; /* ns, from which on the proof counts for nothing */
	__u32 uid; /* account of the identity: Identity and Team hold while it is the effective uid */
	__u32 flags; /* enum postern_session_flag */
	__u32 identity_len; /* bytes, without NUL; 0 without a proof */
	__u32 pad;
	char identity[POSTERN_IDENTITY_MAX]; /* zero-padded */
	__u8 key[POSTERN_SESSION_KEY]; /* SHA-256 of the key that proved it: for the controller only */
};

/* From `from_ms` (UTC, since 1970) on, local time is UTC plus `shift_ms`. */
struct postern_zone {
	__s64 from_ms;
	__s64 shift_ms;
};

#define POSTERN_ZONES 16

/* Device facts of one loaded image: bit i is fact i. */
struct postern_device_facts {
	__u32 image_id; /* 0: unused */
	__u32 pad;
	__u64 facts;
};

/*
 * Of the map `conditions`; the word in the map `epoch` chooses one as the generation word chooses a
 * descriptor, and each is immutable while its number can be in the word. The word also moves when a
 * session changes: a verdict that depended on facts is good for the epoch it was made in.
 */
struct postern_conditions {
	__s64 real_minus_boot_ns; /* CLOCK_REALTIME - CLOCK_BOOTTIME */
	__u64 device_until; /* boot ns: the lease of the device facts, afterwards they are worst */
	struct postern_device_facts device[POSTERN_SLOTS];
	__u32 zones; /* used of zone[], in order of time, the first from the beginning of time; 0: no time was told */
	__u32 pad;
	struct postern_zone zone[POSTERN_ZONES];
};

#define POSTERN_EPOCHS 64 /* conditions; the word 0 means that none were told yet */

/* Wall-clock time at a boot time, and what local time is then. */
struct postern_moment {
	__s64 now_ms; /* since 1970 */
	__u64 rest_ns; /* since that millisecond began */
	__s64 local_ms; /* since 1970 on a local clock */
	__u64 zone_left_ms; /* until the zone's shift changes; POSTERN_FOREVER */
};

/* `c->zones` is not 0. */
static __always_inline void postern_moment_at(const struct postern_conditions *c, __u64 boot_ns,
					      struct postern_moment *ret)
{
	__s64 real_ns = (__s64)(boot_ns + (__u64)c->real_minus_boot_ns);
	__s64 shift = c->zone[0].shift_ms;
	__u32 i;

	ret->now_ms = postern_ms_of(real_ns);
	ret->rest_ns = (__u64)real_ns - (__u64)ret->now_ms * POSTERN_MS;
	ret->zone_left_ms = POSTERN_FOREVER;
	for (i = 1; i < POSTERN_ZONES && i < c->zones; i++) {
		if (c->zone[i].from_ms > ret->now_ms) {
			ret->zone_left_ms = (__u64)c->zone[i].from_ms - (__u64)ret->now_ms;
			break;
		}
		shift = c->zone[i].shift_ms;
	}
	ret->local_ms = (__s64)((__u64)ret->now_ms + (__u64)shift);
}
