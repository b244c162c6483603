/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The turn at a place of what is known. Readers believe what they read when the word did not move. */
#pragma once

#include "maps/known.bpf.h"

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
