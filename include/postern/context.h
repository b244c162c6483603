/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Facts: the conditions of a bundle on context and on this end, each one attribute against constants,
 * decided from values by the same code everywhere. With each answer goes how long it stays true if
 * nothing but time passes, so that what was admitted can lapse on time without anybody being awake.
 */
#pragma once

#include <postern/image.h>

/* What the facts of one request are decided from. Times are milliseconds, as Cedar's are. */
struct postern_context {
	__s64 now_ms; /* since 1970 */
	__s64 mfa_age_ms; /* since the proof; POSTERN_AGE_WORST without one */
	__u32 local_time_ms; /* since local midnight */
	__u32 weekday; /* 1 Monday … 7 Sunday, local */
	__u32 flags; /* enum postern_context_flag */
	__u32 local_port; /* this end; 0 while unbound */
	__u64 local_high, local_low; /* this end's address, as struct postern_destination has it */
	__u64 device; /* bit i: fact i, of kind POSTERN_FACT_DEVICE, holds */
	/* when it is, and how long what stands above is known to stay so; POSTERN_FOREVER where nothing ends it */
	__u64 boot; /* ns on the boot clock */
	__u64 session_end, device_end; /* boot ns */
	__u64 zone_left_ms; /* until local time is shifted otherwise */
	__u32 now_rest,
		age_rest; /* ns since the millisecond of now_ms and that of mfa_age_ms began */
};

#define POSTERN_AGE_WORST 0x7fffffffffffffffll
#define POSTERN_FOREVER (~0ull)
#define POSTERN_DAY_MS 86400000u
#define POSTERN_MS 1000000ull /* ns */
#define POSTERN_DAYS_BEFORE 106751ull /* days of ns, more than any time has before 1970 */

enum postern_context_flag {
	POSTERN_X_MFA = 1, /* a proof exists for this login session */
	POSTERN_X_VERIFIED = 2, /* it carried a PIN or biometric */
	POSTERN_X_INTERACTIVE = 4, /* the session was registered by the PAM helper */
	POSTERN_X_LOCAL_V4 = 8, /* this end is IPv4 */
	POSTERN_X_DEVICE = 16, /* `device` is fresh: without it device facts are worst */
};

static __always_inline __u64 postern_sooner(__u64 a, __u64 b)
{
	return a < b ? a : b;
}

/* Whole milliseconds of nanoseconds, rounded down also below 0, within 292 years of it. */
static __always_inline __s64 postern_ms_of(__s64 ns)
{
	const __u64 before = POSTERN_DAYS_BEFORE * POSTERN_DAY_MS;

	return (__s64)(((__u64)ns + before * POSTERN_MS) / POSTERN_MS - before);
}

/* Days before 1970 that go into 63 bits of milliseconds: a time plus those is never negative. */
#define POSTERN_WHOLE_DAYS 106751991167ull

/* Milliseconds since midnight, also before 1970: a datetime has years, and those are far fewer. */
static __always_inline __u32 postern_time_of_day(__s64 ms)
{
	return (__u32)(((__u64)ms + POSTERN_WHOLE_DAYS * POSTERN_DAY_MS) % POSTERN_DAY_MS);
}

/* 1 Monday … 7 Sunday; 1970-01-01 was a Thursday, and POSTERN_WHOLE_DAYS is 3 more than whole weeks. */
static __always_inline __u32 postern_weekday(__s64 ms)
{
	return (__u32)(((__u64)ms + POSTERN_WHOLE_DAYS * POSTERN_DAY_MS) / POSTERN_DAY_MS % 7) + 1;
}

/* Whether the first `bits` of two words are the same; 0 to 64. */
static __always_inline int postern_prefix_has(__u64 prefix, __u64 word, __u32 bits)
{
	return !bits || !((prefix ^ word) >> ((64 - bits) & 63));
}

/* Whether a boolean's mask has the bit for its value. */
static __always_inline int postern_fact_bool(const struct postern_fact *f, __u32 value)
{
	return (int)(f->mask >> (value ? 1 : 0)) & 1;
}

/* The number that a fact compares. */
static __always_inline __s64 postern_fact_number(__u32 kind, const struct postern_context *c)
{
	switch (kind) {
	case POSTERN_FACT_AGE:
		return c->mfa_age_ms;
	case POSTERN_FACT_NOW:
		return c->now_ms;
	case POSTERN_FACT_UTC_TIME:
		return postern_time_of_day(c->now_ms);
	case POSTERN_FACT_LOCAL_TIME:
		return c->local_time_ms;
	default:
		return c->local_port;
	}
}

static __always_inline int postern_fact_inside(const struct postern_fact *f,
					       const struct postern_context *c)
{
	__u32 v4 = !!(c->flags & POSTERN_X_LOCAL_V4), bits = f->mask;
	__u64 high = (__u64)f->low, low = (__u64)f->high;

	if (v4 != !!(f->flags & POSTERN_FACT_V4))
		return 0;
	if (v4)
		return postern_prefix_has(low << 32, c->local_low << 32, bits);
	if (bits <= 64)
		return postern_prefix_has(high, c->local_high, bits);
	return high == c->local_high && postern_prefix_has(low, c->local_low, bits - 64);
}

/* Whether fact number `index` of an image holds. */
static __always_inline int postern_fact_holds(const struct postern_fact *f, __u32 index,
					      const struct postern_context *c)
{
	__s64 n;

	switch (f->kind) {
	case POSTERN_FACT_DEVICE:
		if (c->flags & POSTERN_X_DEVICE)
			return (int)(c->device >> (index & 63)) & 1;
		return f->mask & 1;
	case POSTERN_FACT_MFA:
		return postern_fact_bool(f, c->flags & POSTERN_X_MFA);
	case POSTERN_FACT_VERIFIED:
		return postern_fact_bool(f, c->flags & POSTERN_X_VERIFIED);
	case POSTERN_FACT_INTERACTIVE:
		return postern_fact_bool(f, c->flags & POSTERN_X_INTERACTIVE);
	case POSTERN_FACT_LOCAL_V4:
		return postern_fact_bool(f, c->flags & POSTERN_X_LOCAL_V4);
	case POSTERN_FACT_WEEKDAY:
		return (int)(f->mask >> (c->weekday & 31)) & 1;
	case POSTERN_FACT_LOCAL_IP:
		return postern_fact_inside(f, c);
	default:
		n = postern_fact_number(f->kind, c);
		return n >= f->low && n <= f->high;
	}
}

/* Until a number that grows with time enters or leaves the fact's range. */
static __always_inline __u64 postern_fact_crossing(const struct postern_fact *f, __s64 n)
{
	if (n < f->low)
		return (__u64)f->low - (__u64)n;
	if (n <= f->high)
		return (__u64)f->high - (__u64)n + 1;
	return POSTERN_FOREVER;
}

/* The same for a number that starts at 0 again every midnight. */
static __always_inline __u64 postern_fact_daily(const struct postern_fact *f, __u32 time)
{
	return postern_sooner(postern_fact_crossing(f, time), POSTERN_DAY_MS - time);
}

/* The boot time in so many milliseconds of a clock, whose present one began `rest_ns` ago. */
static __always_inline __u64 postern_boot_in(const struct postern_context *c, __u64 left_ms,
					     __u32 rest_ns)
{
	/* 292 years and more are no time at all */
	if (left_ms >= POSTERN_FOREVER / POSTERN_MS / 2)
		return POSTERN_FOREVER;
	return c->boot - rest_ns + left_ms * POSTERN_MS;
}

static __always_inline __u64 postern_age_until(const struct postern_fact *f,
					       const struct postern_context *c)
{
	__u64 left = postern_fact_crossing(f, c->mfa_age_ms);

	if (c->mfa_age_ms == POSTERN_AGE_WORST)
		return POSTERN_FOREVER;
	return postern_sooner(postern_boot_in(c, left, c->age_rest), c->session_end);
}

/* Milliseconds of the wall clock until a fact about it may change; POSTERN_FOREVER. */
static __always_inline __u64 postern_clock_left(const struct postern_fact *f,
						const struct postern_context *c)
{
	switch (f->kind) {
	case POSTERN_FACT_NOW:
		return postern_fact_crossing(f, c->now_ms);
	case POSTERN_FACT_UTC_TIME:
		return postern_fact_daily(f, postern_time_of_day(c->now_ms));
	case POSTERN_FACT_LOCAL_TIME:
		return postern_sooner(postern_fact_daily(f, c->local_time_ms), c->zone_left_ms);
	case POSTERN_FACT_WEEKDAY:
		return postern_sooner(POSTERN_DAY_MS - c->local_time_ms, c->zone_left_ms);
	default:
		return POSTERN_FOREVER;
	}
}

/* The boot time, ns, from which on the answer may be another by time alone; POSTERN_FOREVER. */
static __always_inline __u64 postern_fact_until(const struct postern_fact *f,
						const struct postern_context *c)
{
	switch (f->kind) {
	case POSTERN_FACT_DEVICE:
		return c->flags & POSTERN_X_DEVICE ? c->device_end : POSTERN_FOREVER;
	case POSTERN_FACT_MFA:
	case POSTERN_FACT_VERIFIED:
		return c->session_end;
	case POSTERN_FACT_AGE:
		return postern_age_until(f, c);
	default:
		return postern_boot_in(c, postern_clock_left(f, c), c->now_rest);
	}
}
