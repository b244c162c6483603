/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The container: one header line, the payload, the armored signatures, nothing else. One file has
 * one reading.
 */
#include "bundle/bundle.h"

#include <string.h>
#include <postern/limits.h>

#include "bundle/armor.h"

enum { HEADER_MAX = 64 }; /* bytes with the newline */

static const char magic[] = "postern1 ";

/* What is still to read of the header line, without its newline. */
struct line {
	const char *p;
	size_t n;
};

/* Takes the word up to the next space, or to the end for the last one. */
static bool take_word(struct line *l, bool last, struct line *ret)
{
	const char *space = memchr(l->p, ' ', l->n);
	size_t n = space ? (size_t)(space - l->p) : l->n;

	if (n == 0 || last != !space)
		return false;
	*ret = (struct line){ l->p, n };
	l->p += n + !last;
	l->n -= n + !last;
	return true;
}

/*
 * Decimal digits without leading zeros; numbers too large for 64 bits do not fit into a header line
 * anyway.
 */
static bool read_number(struct line word, uint64_t *ret)
{
	uint64_t value = 0;

	if (word.n == 0 || word.n > 18 || (word.n > 1 && word.p[0] == '0'))
		return false;
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] < '0' || word.p[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(word.p[i] - '0');
	}
	*ret = value;
	return true;
}

static bool read_type(struct line word, enum bundle_type *ret)
{
	for (int t = 0; t < BUNDLE_TYPES; t++) {
		const char *name = bundle_type_name((enum bundle_type)t);

		if (strlen(name) == word.n && memcmp(name, word.p, word.n) == 0) {
			*ret = (enum bundle_type)t;
			return true;
		}
	}
	return false;
}

struct header {
	enum bundle_type type;
	uint64_t payload, signatures;
	size_t len; /* of the header itself */
};

static enum bundle_answer read_header(const uint8_t *bytes, size_t len, struct header *ret)
{
	const uint8_t *newline = memchr(bytes, '\n', len < HEADER_MAX ? len : HEADER_MAX);
	struct line rest, type, payload, signatures;

	if (!newline || memcmp(bytes, magic, sizeof(magic) - 1) != 0)
		return BUNDLE_E_FORMAT;
	ret->len = (size_t)(newline - bytes) + 1;
	rest.p = (const char *)bytes + sizeof(magic) - 1;
	rest.n = ret->len - sizeof(magic);
	if (!take_word(&rest, false, &type) || !take_word(&rest, false, &payload) ||
	    !take_word(&rest, true, &signatures))
		return BUNDLE_E_FORMAT;
	if (!read_type(type, &ret->type) || !read_number(payload, &ret->payload) ||
	    !read_number(signatures, &ret->signatures))
		return BUNDLE_E_FORMAT;
	if (ret->payload > POSTERN_BUNDLE_PACKED_MAX || ret->signatures > POSTERN_SIGNATURES_MAX)
		return BUNDLE_E_SIZE;
	return BUNDLE_OK;
}

/* Finds so many armored blocks, which must fill the bytes. */
static bool split_signatures(const char *text, size_t len, size_t n, struct container *c)
{
	for (size_t i = 0; i < n; i++) {
		size_t block = armor_length(text, len);

		if (block == 0)
			return false;
		c->signatures[i] = text;
		c->signature_len[i] = block;
		text += block;
		len -= block;
	}
	c->n_signatures = n;
	return len == 0;
}

enum bundle_answer container_open(const uint8_t *bytes, size_t len, struct container *ret)
{
	struct container c = { 0 };
	struct header h = { 0 };
	enum bundle_answer a;
	size_t signatures;

	/* Shorter than any header; also the one place where `bytes` may be NULL. */
	if (len < sizeof(magic))
		return BUNDLE_E_FORMAT;
	a = read_header(bytes, len, &h);
	if (a != BUNDLE_OK)
		return a;
	if (h.payload > len - h.len)
		return BUNDLE_E_FORMAT;
	c.type = h.type;
	c.payload = bytes + h.len;
	c.payload_len = (size_t)h.payload;
	signatures = h.len + c.payload_len;
	if (!split_signatures((const char *)bytes + signatures, len - signatures,
			      (size_t)h.signatures, &c))
		return BUNDLE_E_FORMAT;
	*ret = c;
	return BUNDLE_OK;
}
