/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Strings of the subject against strings of the image: exact lookup in the image's hash table, and
 * the longest prefix and suffix that a pattern names. Equality is always of the bytes; the hash
 * only says where to look.
 */
#pragma once

#include <postern/image.h>

struct postern_text {
	__u64 addr;
	__u32 len; /* at most POSTERN_STRING_MAX */
	__u32 pad;
};

#define POSTERN_TEXT_WORDS ((POSTERN_STRING_MAX + 8) / 8)

/* Eight bytes of a text from `off`, which lies inside it; zero where it has ended. */
static __always_inline __u64 postern_text_word(const struct postern_text *t, __u32 off)
{
	__u64 word = 0;
	__u32 n = t->len - off;

	if (n > sizeof(word))
		n = sizeof(word);
	/* Linux 6.12 also walks the impossible side of the comparison, where n has lost its bounds. */
	postern_opaque(n);
	n &= 15;
	postern_read(&word, n, t->addr + off);
	return word;
}

static __always_inline __u64 postern_mix(__u64 h, __u64 word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15ull;
	return h ^ h >> 29;
}

struct postern_hashing {
	struct postern_text text;
	__u64 h;
};

POSTERN_BODY postern_hash_step(__u32 i, void *ctx)
{
	struct postern_hashing *s = ctx;
	__u32 off = i * 8;

	if (off >= s->text.len)
		return 1;
	s->h = postern_mix(s->h, postern_text_word(&s->text, off));
	return 0;
}

/* Keyed hash of a tagged text. */
static __always_inline __u32 postern_hash(__u64 seed, __u32 tag, const struct postern_text *t)
{
	struct postern_hashing s = { .text = *t };

	s.h = postern_mix(seed, tag);
	postern_loop(POSTERN_TEXT_WORDS, postern_hash_step, &s);
	/* Places come from the lower bits, which the last word's upper bytes have not reached yet. */
	s.h = postern_mix(s.h, s.h >> 32);
	return (__u32)(s.h >> 32);
}

struct postern_comparing {
	postern_image_t image;
	struct postern_text text;
	__u32 line; /* of the image's bytes */
	__u32 differs;
};

POSTERN_BODY postern_compare_step(__u32 i, void *ctx)
{
	struct postern_comparing *s = ctx;
	const struct postern_line *l;
	__u32 off = i * 8;

	if (off >= s->text.len)
		return 1;
	l = postern_line(s->image, s->line + off / POSTERN_LINE);
	if (l && ((const __u64 *)l)[i & 7] == postern_text_word(&s->text, off))
		return 0;
	s->differs = 1;
	return 1;
}

/* Whether the text equals the image's bytes at `line`, which are as long. */
static __always_inline int postern_same(postern_image_t image, const struct postern_text *t,
					__u32 line)
{
	struct postern_comparing s = { .image = image, .text = *t, .line = line };

	postern_loop(POSTERN_TEXT_WORDS, postern_compare_step, &s);
	return !s.differs;
}

struct postern_seeking {
	postern_image_t image;
	struct postern_text text;
	__u32 first, mask, hash, tag;
	__u32 value;
	__u32 pad;
};

/* One place of the table; four places a line. */
POSTERN_BODY postern_seek_step(__u32 i, void *ctx)
{
	struct postern_seeking *s = ctx;
	const struct postern_line *l;
	const struct postern_string *e;

	l = postern_line(s->image, s->first + ((s->hash + (i >> 2)) & s->mask));
	if (!l)
		return 1;
	e = (const struct postern_string *)l + (i & 3);
	if (!e->line)
		return 1;
	if (e->hash != s->hash || e->tag != s->tag || !postern_same(s->image, &s->text, e->line))
		return 0;
	s->value = e->value;
	return 1;
}

static __always_inline __u32 postern_probe(postern_image_t image, __u32 hash, __u32 tag,
					   const struct postern_text *t)
{
	const struct postern_header *h = (const struct postern_header *)postern_line(image, 0);
	struct postern_seeking s = { .image = image, .text = *t, .hash = hash, .tag = tag };

	if (!h)
		return POSTERN_NONE;
	s.value = POSTERN_NONE;
	s.first = h->strings_line;
	s.mask = h->strings_mask;
	postern_loop(h->strings_probe * 4, postern_seek_step, &s);
	return s.value;
}

/* postern_seek() in the caller's frame, for whoever is a function of its own already. */
static __always_inline __u32 postern_sought(postern_image_t image, __u32 kind, __u32 node,
					    __u64 addr, __u32 len)
{
	const struct postern_header *h = (const struct postern_header *)postern_line(image, 0);
	struct postern_text t = { .addr = addr, .len = len };
	__u32 tag = POSTERN_TAG(kind, node, len), hash;

	if (!h || len > POSTERN_STRING_MAX)
		return POSTERN_NONE;
	hash = postern_hash(h->seed, tag, &t);
	return postern_probe(image, hash, tag, &t);
}

/*
 * A text goes into a frame of its own as two numbers, not as a pointer to the caller's stack: from 7.x on
 * the verifier forgets words of the stack that nobody reads any more, and where callers at different depths
 * hand in such a pointer it goes by the wrong one ("slot poisoned by dead code elimination").
 */
POSTERN_FRAME __u32 postern_seek_bytes(postern_image_t image, __u32 kind, __u32 node, __u64 addr,
				       __u32 len)
{
	return postern_sought(image, kind, node, addr, len);
}

/* The value of a string of that kind and node, or POSTERN_NONE. */
static __always_inline __u32 postern_seek(postern_image_t image, __u32 kind, __u32 node,
					  const struct postern_text *t)
{
	return postern_seek_bytes(image, kind, node, t->addr, t->len);
}

struct postern_affixing {
	postern_image_t image;
	struct postern_text text;
	__u32 line; /* of the postern_affix array */
	__u32 suffix; /* compare at the end instead of the start */
	__u32 id; /* found; 0 none */
	__u32 pad;
};

POSTERN_BODY postern_affix_step(__u32 i, void *ctx)
{
	struct postern_affixing *s = ctx;
	const struct postern_line *l = postern_line(s->image, s->line + (i >> 2));
	const struct postern_affix *a;
	struct postern_text part;

	if (!l)
		return 1;
	a = (const struct postern_affix *)l + (i & 3);
	if (a->len > s->text.len)
		return 0;
	part.addr = s->text.addr + (s->suffix ? s->text.len - a->len : 0);
	part.len = a->len;
	part.pad = 0;
	if (!postern_same(s->image, &part, a->line))
		return 0;
	s->id = a->id;
	return 1;
}

/* The id of the longest of a dimension's prefixes, or suffixes, that the text has; 0 for none. */
POSTERN_FRAME __u32 postern_affix(postern_image_t image, __u64 addr, __u32 len,
				  const struct postern_dimension *d, __u32 suffix)
{
	struct postern_affixing s = { .image = image, .suffix = suffix };

	s.text.addr = addr;
	s.text.len = len;
	postern_unknown(&s.id);
	s.line = suffix ? d->suffixes_line : d->prefixes_line;
	postern_loop(suffix ? d->suffixes : d->prefixes, postern_affix_step, &s);
	return s.id;
}
