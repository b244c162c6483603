/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The subject: a principal reduced to what the image distinguishes. One class per dimension, the
 * named groups and units it is in, and the facts that hold. How each is found from raw values.
 */
#pragma once

#include <postern/text.h>
#include <postern/tree.h>

struct postern_subject {
	__u32 cls[POSTERN_DIM_SLOTS]; /* by enum postern_dim */
	struct postern_bits groups;
	struct postern_units units;
	__u64 facts;
};

static __always_inline const struct postern_directory *postern_directory(postern_image_t image)
{
	return (const struct postern_directory *)postern_line(image, 1);
}

static __always_inline __u32 postern_classify_bytes(postern_image_t image, __u32 dim, __u64 addr,
						    __u32 len)
{
	const struct postern_dimension *d;
	__u32 cls, prefix, suffix;

	cls = postern_seek_bytes(image, dim, 0, addr, len);
	if (cls != POSTERN_NONE)
		return cls;
	d = (const struct postern_dimension *)postern_line(image, POSTERN_DIMENSION_LINE(dim));
	if (!d)
		return POSTERN_NONE;
	prefix = postern_affix(image, addr, len, d, 0);
	suffix = postern_affix(image, addr, len, d, 1);
	return postern_word(image, d->combos_line, prefix * (d->suffixes + 1) + suffix);
}

/* Class of a string in a string dimension. POSTERN_NONE when the image is broken. */
static __always_inline __u32 postern_classify(postern_image_t image, __u32 dim,
					      const struct postern_text *t)
{
	return postern_classify_bytes(image, dim, t->addr, t->len);
}

/*
 * Class of an executable that lies on a mount which is not the host's; `cls` is the class that
 * "container:/path" has. If it is the very file that a Program names on the host, that Program is a
 * further parent.
 */
POSTERN_FRAME __u32 postern_classify_alias(postern_image_t image, __u32 cls,
					   const struct postern_file_key *file)
{
	struct postern_text key = { .addr = postern_address(file), .len = sizeof(*file) };
	struct postern_aliased pair = { .string_class = cls };

	pair.alias_set = postern_seek(image, POSTERN_STRING_FILE, 0, &key);
	if (pair.alias_set == POSTERN_NONE)
		return cls;
	key.addr = postern_address(&pair);
	key.len = sizeof(pair);
	return postern_seek(image, POSTERN_STRING_ALIASED, 0, &key);
}

static __always_inline __u32 postern_classify_user(postern_image_t image, __u32 uid)
{
	const struct postern_directory *d = postern_directory(image);

	return d ? postern_find32(image, d->tree_user, uid) : POSTERN_NONE;
}

static __always_inline __u32 postern_classify_gid(postern_image_t image, __u32 gid)
{
	const struct postern_directory *d = postern_directory(image);

	return d ? postern_find32(image, d->tree_gid, gid) : POSTERN_NONE;
}

/* Adds the named groups that a gid is to `bits`. 0, or -1 when the image is broken. */
static __always_inline int postern_add_group(postern_image_t image, __u32 gid,
					     struct postern_bits *bits)
{
	const struct postern_directory *d = postern_directory(image);
	const struct postern_line *l;
	const struct postern_bits *set;
	__u32 i;

	if (!d)
		return -1;
	i = postern_find32(image, d->tree_group, gid);
	if (i == 0)
		return 0;
	if (i >= d->group_sets)
		return -1;
	l = postern_line(image, d->group_sets_line + (i >> 1));
	if (!l)
		return -1;
	set = (const struct postern_bits *)l + (i & 1);
	bits->word[0] |= set->word[0];
	bits->word[1] |= set->word[1];
	bits->word[2] |= set->word[2];
	bits->word[3] |= set->word[3];
	return 0;
}

static __always_inline void postern_set_bit(struct postern_bits *bits, __u32 bit)
{
	bits->word[(bit >> 6) & 3] |= 1ull << (bit & 63);
}

static __always_inline int postern_has_bit(const struct postern_bits *bits, __u32 bit)
{
	return (int)((bits->word[(bit >> 6) & 3] >> (bit & 63)) & 1);
}

/* Adds a unit. 0, or -1 when there is no room: a cgroup lies in more of them than anybody can mean. */
static __always_inline int postern_add_unit(struct postern_units *units, __u32 *n, __u32 unit)
{
	if (*n >= POSTERN_UNITS_NESTED_MAX)
		return -1;
	units->unit[*n & (POSTERN_UNITS_NESTED_MAX - 1)] = (__u16)(unit + 1);
	(*n)++;
	return 0;
}

/*
 * Whether a subject is in that unit: whether one of four times four numbers is it, and so 0 once it is taken away. After
 * Hacker's Delight, 6-1.
 */
static __always_inline int postern_in_unit(const struct postern_units *units, __u32 unit)
{
	const __u64 ones = 0x0001000100010001ull;
	__u64 found = 0, w;
	int i;

	for (i = 0; i < POSTERN_UNITS_NESTED_MAX / 4; i++) {
		w = units->word[i] ^ ones * (__u16)(unit + 1);
		found |= (w - ones) & ~w & ones << 15;
	}
	return found != 0;
}
