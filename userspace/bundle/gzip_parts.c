/* SPDX-License-Identifier: BSD-2-Clause */
/* Each part by an inflater that knows nothing of those before it: one that refers to them is none. */
#include "bundle/gzip_parts.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <zlib.h>

enum { WINDOW_RAW = -15, HEADER = 10, TRAILER = 8, PIECE = 64 << 10 };

struct unpacking {
	z_stream z;
	const uint8_t *bytes;
	size_t len, at; /* of the packed bytes, without the trailer */
	size_t total, max; /* bytes that were said, known ones included */
	uint32_t crc; /* of them */
	bool ended;
	struct buf *out;
};

static void end(struct unpacking *u)
{
	(void)inflateEnd(&u->z);
}

static uint32_t number_at(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Between two blocks, at a whole byte, behind an empty one: see inflate() on data_type in zlib.h, and RFC 1951, 3.2.4. */
static bool is_at_flush(const struct unpacking *u)
{
	return (u->z.data_type & 0xff) == 0x80 && u->z.next_in - u->bytes >= HEADER + 4 &&
	       memcmp(u->z.next_in - 4, "\0\0\xff\xff", 4) == 0;
}

/* Some more of a part. 1 when that was its end, 0, or -errno. */
static int unpack_piece(struct unpacking *u, struct gzip_part *part)
{
	uint8_t piece[PIECE];
	size_t n;
	int r;

	u->z.next_out = piece;
	u->z.avail_out = sizeof(piece);
	r = inflate(&u->z, Z_BLOCK);
	n = sizeof(piece) - u->z.avail_out;
	if (r == Z_MEM_ERROR)
		return -ENOMEM;
	if (r != Z_OK && r != Z_STREAM_END)
		return -ENOENT;
	if (n > u->max - u->total)
		return -E2BIG;
	u->total += n;
	part->crc = (uint32_t)crc32(part->crc, piece, (uInt)n);
	buf_put(u->out, piece, n);
	u->ended = r == Z_STREAM_END;
	return buf_error(u->out) < 0 ? -ENOMEM : u->ended || is_at_flush(u);
}

static int unpack_part(struct unpacking *u, struct gzip_part *part)
{
	int r = 0;

	*part = (struct gzip_part){ .at = u->at, .out_at = u->out->len };
	if (inflateReset2(&u->z, WINDOW_RAW) != Z_OK)
		return -ENOENT;
	u->z.next_in = (Bytef *)(uintptr_t)(u->bytes + u->at);
	u->z.avail_in = (uInt)(u->len - u->at);
	while (r == 0)
		r = unpack_piece(u, part);
	if (r < 0)
		return r;
	u->at = u->len - u->z.avail_in;
	part->len = u->at - part->at;
	part->out_len = u->out->len - part->out_at;
	return 0;
}

/* The next part, known or not; known ones are not listed. 0 or -errno. */
static int take_part(struct unpacking *u, const struct gzip_known *known, gzip_parts_t *parts)
{
	struct gzip_part part;
	int r = 0;

	if (known->find(known->arg, u->bytes + u->at, u->len - u->at, &part, u->out)) {
		if (part.out_len > u->max - u->total)
			return -E2BIG;
		u->at += part.len;
		u->total += part.out_len;
	} else {
		r = unpack_part(u, &part);
		if (r == 0)
			r = vec_push(parts, part);
	}
	if (r == 0)
		u->crc = (uint32_t)crc32_combine(u->crc, part.crc, (z_off_t)part.out_len);
	return r;
}

int gzip_unpack_parts(const uint8_t *bytes, size_t len, size_t max, const struct gzip_known *known,
		      struct buf *out, gzip_parts_t *ret)
{
	static const uint8_t header[8] = { 0x1f, 0x8b,
					   8 }; /* and two that say nothing of the bytes */
	_cleanup_(
		end) struct unpacking u = { .bytes = bytes, .at = HEADER, .max = max, .out = out };
	gzip_parts_t parts = { 0 };
	int r = 0;

	if (len < HEADER + TRAILER || len > UINT_MAX || memcmp(bytes, header, sizeof(header)) != 0)
		return -ENOENT;
	u.len = len - TRAILER;
	if (inflateInit2(&u.z, WINDOW_RAW) != Z_OK)
		return -ENOMEM;
	while (r == 0 && !u.ended)
		r = take_part(&u, known, &parts);
	if (r == 0 && (u.at != u.len || number_at(bytes + u.len) != u.crc ||
		       number_at(bytes + u.len + 4) != (uint32_t)u.total))
		r = -ENOENT;
	if (r < 0)
		vec_free(&parts);
	else
		*ret = parts;
	return r;
}
