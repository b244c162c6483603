/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What differs between the two worlds that run the same lookups: how a line of the image is
 * reached, how bytes behind an address are read, and how a loop is written so that the verifier
 * can bound it. Everything above this header is written once.
 */
#pragma once

#include <postern/abi.h>
#include <postern/limits.h>

#define POSTERN_LINE 64 /* bytes: one cache line, the unit of the image */

struct postern_line {
	__u32 word[POSTERN_LINE / 4];
};

#ifdef __bpf__

#ifndef __VMLINUX_H__
#include <linux/bpf.h>
#endif
#include <bpf/bpf_helpers.h>

/* The inner ARRAY map of one image slot. */
typedef void *postern_image_t;

static __always_inline const struct postern_line *postern_line(postern_image_t image, __u32 i)
{
	return bpf_map_lookup_elem(image, &i);
}

static __always_inline void postern_read(void *to, __u32 n, __u64 addr)
{
	bpf_probe_read_kernel(to, n, (const void *)addr);
}

/*
 * An address as a number: the verifier refuses arithmetic with unbounded offsets on what it knows to
 * be a pointer, and forgets that it is one when it is negated. Read it with postern_read() only.
 */
static __always_inline __u64 postern_address(const void *p)
{
	__u64 n = (__u64)p;

	asm volatile("%0 = -%0; %0 = -%0" : "+r"(n) : : "memory");
	return n;
}

/*
 * Hides a number's origin from the compiler, which else turns arithmetic back into branches: sixteen
 * comparisons would be sixteen forks of the verifier's path.
 */
#define postern_opaque(x) asm volatile("" : "+r"(x))

/*
 * Makes the verifier forget what it knows of two words: a loop that starts from known zeros is
 * followed once more for each of them. It does not look into a global function's callee, and expects
 * any bytes behind the pointer afterwards.
 */
struct postern_forgotten {
	__u32 word[2];
};

__attribute__((weak, noinline)) int postern_forget(struct postern_forgotten *f)
{
	postern_opaque(f);
	return 0;
}

#define postern_unknown(x) ((void)postern_forget((struct postern_forgotten *)(x)))

#define postern_loop(n, body, ctx) bpf_loop((n), (body), (ctx), 0)
#define POSTERN_BODY static __attribute__((unused)) long
/* A function with a stack frame of its own: 512 bytes must do for all that are active at once. */
#define POSTERN_FRAME static __attribute__((noinline, unused))

#else

#include <stddef.h>
#include <string.h>

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

struct postern_memory {
	const struct postern_line *lines;
	__u32 n;
};

typedef const struct postern_memory *postern_image_t;

/* NULL outside the image, as a map lookup answers. */
static __always_inline const struct postern_line *postern_line(postern_image_t image, __u32 i)
{
	return i < image->n ? &image->lines[i] : NULL;
}

static __always_inline void postern_read(void *to, __u32 n, __u64 addr)
{
	memcpy(to, (const void *)(unsigned long)addr, n);
}

static __always_inline __u64 postern_address(const void *p)
{
	return (__u64)(unsigned long)p;
}

#define postern_opaque(x) ((void)(x))
#define postern_unknown(x) ((void)(x))

static inline long postern_loop(__u32 n, long (*body)(__u32 i, void *ctx), void *ctx)
{
	__u32 i;

	for (i = 0; i < n; i++) {
		if (body(i, ctx))
			return (long)i + 1;
	}
	return n;
}

#define POSTERN_BODY static inline long
#define POSTERN_FRAME static inline

#endif
