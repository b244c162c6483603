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
	const struct postern_tree *tree;
	__u64 x;
	__u32 wide; /* keys of 64 bits */
	__u32 at; /* key found on the level above */
	__u32 broken;
};

POSTERN_BODY postern_descend(__u32 i, void *ctx)
{
	struct postern_descent *s = ctx;
	const struct postern_line *l;
	__u32 keys;

	if (i >= POSTERN_TREE_LEVELS) {
		s->broken = 1;
		return 1;
	}
	keys = s->tree->level[i + 2] - s->tree->level[i + 1];
	l = postern_line(s->image, s->tree->level[i] + s->at);
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

/* Which of a line's words are greater than x: a bit each, the first one the lowest. No branch on a word. */
static __always_inline __u64 postern_greater32(const struct postern_line *l, __u32 x)
{
	__u64 bits = 0, difference;
	int i;

	for (i = 15; i >= 0; i--) {
		difference = (__u64)x - l->word[i];
		postern_opaque(difference);
		bits += bits + (difference >> 63);
	}
	return bits;
}

/* How many bits are set. eBPF has no instruction for it; after Hacker's Delight, 5-1. */
static __always_inline __u32 postern_bits_set(__u64 b)
{
	b -= b >> 1 & 0x5555555555555555ull;
	b = (b & 0x3333333333333333ull) + (b >> 2 & 0x3333333333333333ull);
	b = (b + (b >> 4)) & 0x0f0f0f0f0f0f0f0full;
	return b * 0x0101010101010101ull >> 56;
}

/*
 * The value at x in a tree that can have a front; or POSTERN_SUBTREE and the line of the tree without one to look into.
 * POSTERN_NONE: the image is broken.
 */
POSTERN_FRAME __u32 postern_run(postern_image_t image, __u32 tree, __u32 x)
{
	const struct postern_tree *t = (const void *)postern_line(image, tree);
	__u32 first, n, skip, i;
	const struct postern_line *l;
	__u64 greater = 0;

	if (!t)
		return POSTERN_NONE;
	if (!t->front_line)
		return POSTERN_SUBTREE | tree;
	first = postern_word(image, t->front_line, x >> 16);
	n = postern_word(image, t->front_line, (x >> 16) + 1) - first;
	skip = first & 15;
	if (!n || n + skip > 16 * POSTERN_RUN_LINES)
		return POSTERN_NONE;
	if (n == 2 && postern_word(image, t->keys_line, first) == POSTERN_RUN_TREE)
		return POSTERN_SUBTREE | postern_word(image, t->keys_line, first + 1);
	for (i = 0; i < POSTERN_RUN_LINES && i * 16 < n + skip; i++) {
		l = postern_line(image, t->keys_line + (first >> 4) + i);
		if (!l)
			return POSTERN_NONE;
		greater |= postern_greater32(l, x << 16 | 0xffff) << i * 16;
	}
	/* of this run's words; its first one is never greater */
	greater = greater >> skip << (64 - n);
	first += n - 1 - postern_bits_set(greater);
	return POSTERN_RUN_VALUE(postern_word(image, t->keys_line, first));
}

POSTERN_FRAME __u32 postern_find(postern_image_t image, __u32 tree, __u64 x, int wide)
{
	struct postern_descent s = { .image = image, .x = x, .wide = wide };
	const struct postern_tree *t = (const void *)postern_line(image, tree);

	if (!t || !t->depth || t->depth > POSTERN_TREE_LEVELS)
		return POSTERN_NONE;
	s.tree = t;
	postern_unknown(&s.at);
	postern_loop(t->depth, postern_descend, &s);
	return s.broken ? POSTERN_NONE : postern_word(image, t->values_line, s.at);
}

static __always_inline __u32 postern_find32(postern_image_t image, __u32 tree, __u32 x)
{
	return postern_find(image, tree, x, 0);
}

/* The same in a tree that can have a front. */
static __always_inline __u32 postern_find_front(postern_image_t image, __u32 tree, __u32 x)
{
	__u32 value = postern_run(image, tree, x);

	if (value == POSTERN_NONE || !(value & POSTERN_SUBTREE))
		return value;
	return postern_find32(image, value & ~POSTERN_SUBTREE, x);
}

static __always_inline __u32 postern_find64(postern_image_t image, __u32 tree, __u64 x)
{
	return postern_find(image, tree, x, 1);
}
