/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Lookup in a range tree: the value of the greatest key at or below a number. After DXR and the
 * static B+ trees of the literature: one cache line a level, no pointers, no branches on keys.
 */
#pragma once

#include <postern/image.h>

static __always_inline __u32 postern_count32(const struct postern_line *l, __u32 x)
{
	__u32 n = 0;
	int i;

	for (i = 0; i < 16; i++)
		n += l->word[i] <= x;
	return n;
}

static __always_inline __u32 postern_count64(const struct postern_line *l, __u64 x)
{
	const __u64 *key = (const __u64 *)l;
	__u32 n = 0;
	int i;

	for (i = 0; i < 8; i++)
		n += key[i] <= x;
	return n;
}

/* The u32 at `index` of an array that starts at `line`. POSTERN_NONE outside the image. */
static __always_inline __u32 postern_word(postern_image_t image, __u32 line, __u32 index)
{
	const struct postern_line *l = postern_line(image, line + (index >> 4));

	return l ? l->word[index & 15] : POSTERN_NONE;
}

/*
 * Both halves of a descriptor's arrays are read by line: level[] begins in the first line, the
 * rest is in the second.
 */
static __always_inline __u32 postern_find(postern_image_t image, __u32 tree, __u64 x, int wide)
{
	const struct postern_line *top = postern_line(image, tree);
	const struct postern_line *l;
	__u32 depth, values, at = 0, line, keys, n;
	__u32 i;

	if (!top)
		return POSTERN_NONE;
	depth = top->word[0];
	values = top->word[2];
	for (i = 0; i < POSTERN_TREE_LEVELS; i++) {
		if (i >= depth)
			break;
		line = postern_word(image, tree, 4 + i);
		keys = postern_word(image, tree, 4 + POSTERN_TREE_LEVELS + i);
		l = postern_line(image, line + at);
		if (!l)
			return POSTERN_NONE;
		n = wide ? postern_count64(l, x) : postern_count32(l, (__u32)x);
		at = at * (wide ? 8 : 16) + n - 1;
		if (at >= keys)
			at = keys - 1;
	}
	return postern_word(image, values, at);
}

static __always_inline __u32 postern_find32(postern_image_t image, __u32 tree, __u32 x)
{
	return postern_find(image, tree, x, 0);
}

static __always_inline __u32 postern_find64(postern_image_t image, __u32 tree, __u64 x)
{
	return postern_find(image, tree, x, 1);
}
