/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The turn at a place of what is known. Readers believe what they read when the word did not move. */
#pragma once

#include "maps/known.bpf.h"

#include <postern/context.h>

#define KNOWN_NEAR_NS 100000000ull /* much more than a tick of the coarse clock */

static __always_inline __u64 known_mix(__u64 a, __u64 b)
{
	__u64 h = (a ^ b * 0x9e3779b97f4a7c15ull) * 0xd6e8feb86659fd93ull;

	return h ^ h >> 32;
}

/* The word before something is read; odd when it cannot be. */
static __always_inline __u32 known_before(const __u32 *busy)
{
	__u32 word = *(const volatile __u32 *)busy;

	asm volatile("" ::: "memory");
	return word;
}

/* Whether nobody wrote since. */
static __always_inline int known_stood(const __u32 *busy, __u32 before)
{
	asm volatile("" ::: "memory");
	return !(before & 1) && *(const volatile __u32 *)busy == before;
}

/* The word with which known_end() gives the turn back; odd when somebody else has it. */
static __always_inline __u32 known_begin(__u32 *busy)
{
	__u32 word = *(volatile __u32 *)busy;

	if (word & 1 || __sync_val_compare_and_swap(busy, word, word + 1) != word)
		return 1;
	return word + 2;
}

static __always_inline void known_end(__u32 *busy, __u32 word)
{
	asm volatile("" ::: "memory");
	*(volatile __u32 *)busy = word;
}

/* Whether the moment has not come. */
static __always_inline int known_lasts(__u64 until)
{
	return until == POSTERN_FOREVER || bpf_ktime_get_boot_ns() < until;
}

/*
 * The same at less cost: the boot clock is not asked again in the tick of the coarse one in which the moment was seen
 * to be further away than any tick is long. `sure` is of that tick and that moment, so that it says nothing of another
 * one. Iterators have no coarse clock.
 */
static __always_inline int known_surely_lasts(__u64 until, __u64 *sure)
{
	__u64 tick, now;

	if (until == POSTERN_FOREVER)
		return 1;
	tick = bpf_ktime_get_coarse_ns() + until;
	if (*(volatile __u64 *)sure == tick)
		return 1;
	now = bpf_ktime_get_boot_ns();
	if (now >= until)
		return 0;
	if (until - now > KNOWN_NEAR_NS)
		*(volatile __u64 *)sure = tick;
	return 1;
}
