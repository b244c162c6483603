/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Lookup in a range tree: the value of the greatest key at or below a number. After DXR and the
 * static B+ trees of the literature: one cache line a level, no pointers, no branches on keys.
 */
#pragma once

#include <postern/image.h>

/* How many of a line's keys are at most x. No branch on a key: see postern_opaque(). */
static __always_inline __u32 postern_count32(const struct postern_line *l, __u32 x)
{
	__u64 n = 16, difference;
	int i;

	for (i = 0; i < 16; i++) {
		difference = (__u64)x - l->word[i];
		postern_opaque(difference);
		n -= difference >> 63;
	}
	return (__u32)n;
}

static __always_inline __u32 postern_count64(const struct postern_line *l, __u64 x)
{
	const __u64 *key = (const __u64 *)l;
	__u64 n = 8, k, borrow;
	int i;

	for (i = 0; i < 8; i++) {
		k = key[i];
		postern_opaque(k);
		borrow = (~x & k) | ((~x | k) & (x - k));
		n -= borrow >> 63;
	}
	return (__u32)n;
}

/* The u32 at `index` of an array that starts at `line`. POSTERN_NONE outside the image. */
static __always_inline __u32 postern_word(postern_image_t image, __u32 line, __u32 index)
{
	const struct postern_line *l = postern_line(image, line + (index >> 4));

	return l ? l->word[index & 15] : POSTERN_NONE;
}

struct postern_descent {
	postern_image_t image;
	__u64 x;
	__u32 tree; /* line of the descriptor */
	__u32 wide; /* keys of 64 bits */
	__u32 at; /* key found on the level above */
	__u32 broken;
};

/*
 * One level. The descriptor's arrays are read word by word: level[] begins in its first line, the
 * rest is in the second.
 */
POSTERN_BODY postern_descend(__u32 i, void *ctx)
{
	struct postern_descent *s = ctx;
	__u32 line = postern_word(s->image, s->tree, 4 + i);
	__u32 keys = postern_word(s->image, s->tree, 4 + POSTERN_TREE_LEVELS + i);
	const struct postern_line *l = postern_line(s->image, line + s->at);

	if (!l) {
		s->broken = 1;
		return 1;
	}
	if (s->wide)
		s->at = s->at * 8 + postern_count64(l, s->x) - 1;
	else
		s->at = s->at * 16 + postern_count32(l, (__u32)s->x) - 1;
	if (s->at >= keys)
		s->at = keys - 1;
	return 0;
}

POSTERN_FRAME __u32 postern_find(postern_image_t image, __u32 tree, __u64 x, int wide)
{
	struct postern_descent s = { .image = image, .x = x, .tree = tree, .wide = wide };
	const struct postern_line *top = postern_line(image, tree);
	__u32 values;

	if (!top || top->word[0] > POSTERN_TREE_LEVELS)
		return POSTERN_NONE;
	values = top->word[2];
	postern_unknown(&s.at);
	postern_loop(top->word[0], postern_descend, &s);
	return s.broken ? POSTERN_NONE : postern_word(image, values, s.at);
}

static __always_inline __u32 postern_find32(postern_image_t image, __u32 tree, __u32 x)
{
	return postern_find(image, tree, x, 0);
}

static __always_inline __u32 postern_find64(postern_image_t image, __u32 tree, __u64 x)
{
	return postern_find(image, tree, x, 1);
}
