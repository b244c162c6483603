/* SPDX-License-Identifier: BSD-2-Clause */
/* Gzip through zlib, in pieces, so that a bomb is noticed before its memory is taken. */
#include "bundle/gzip.h"

#include <errno.h>
#include <limits.h>
#include <zlib.h>

enum {
	WINDOW_GZIP = 15 + 16, /* zlib: largest window, gzip wrapper only */
	MEMORY_LEVEL = 8,
	SYSTEM_UNKNOWN = 255, /* RFC 1952: OS field */
	PIECE = 64 << 10,
};

static void end_pack(z_stream *z)
{
	(void)deflateEnd(z);
}

static void end_unpack(z_stream *z)
{
	(void)inflateEnd(z);
}

/* zlib does not write through next_in, but its type is not const in every build. */
static void set_input(z_stream *z, const void *bytes, size_t len)
{
	z->next_in = (Bytef *)(uintptr_t)bytes;
	z->avail_in = (uInt)len;
}

/* Packs what is in the input. Z_OK, Z_STREAM_END once it is finished, or zlib's failure. */
static int pack_piece(z_stream *z, int flush, struct buf *out)
{
	uint8_t piece[PIECE];
	int r;

	do {
		z->next_out = piece;
		z->avail_out = sizeof(piece);
		r = deflate(z, flush);
		buf_put(out, piece, sizeof(piece) - z->avail_out);
	} while (r == Z_OK && z->avail_out == 0);
	return r == Z_BUF_ERROR ? Z_OK : r; /* nothing was left to do */
}

static int pack_all(z_stream *z, const uint8_t *bytes, size_t len, const plains_t *plain,
		    struct buf *out)
{
	size_t at = 0;
	int r = Z_OK;

	for (size_t i = 0; plain && i < plain->n && r == Z_OK; i++) {
		set_input(z, bytes + at, plain->items[i].at - at);
		r = pack_piece(z, Z_FULL_FLUSH, out);
		at = plain->items[i].at + plain->items[i].len;
		set_input(z, bytes + plain->items[i].at, plain->items[i].len);
		if (r == Z_OK)
			r = pack_piece(z, Z_FULL_FLUSH, out);
	}
	set_input(z, bytes + at, len - at);
	return r == Z_OK ? pack_piece(z, Z_FINISH, out) : r;
}

int gzip_pack(const void *bytes, size_t len, const plains_t *plain, struct buf *out)
{
	_cleanup_(end_pack) z_stream z = { 0 };
	gz_header header = { .os = SYSTEM_UNKNOWN };

	if (len > UINT_MAX)
		return -E2BIG;
	if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, WINDOW_GZIP, MEMORY_LEVEL,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return -ENOMEM;
	if (deflateSetHeader(&z, &header) != Z_OK)
		return -EIO;
	return pack_all(&z, bytes, len, plain, out) == Z_STREAM_END ? buf_error(out) : -EIO;
}

/* One more piece into `out`. Z_OK, Z_STREAM_END, or the -errno of the failure. */
static int unpack_piece(z_stream *z, size_t max, struct buf *out)
{
	uint8_t piece[PIECE];
	size_t n;
	int r;

	z->next_out = piece;
	z->avail_out = sizeof(piece);
	r = inflate(z, Z_NO_FLUSH);
	n = sizeof(piece) - z->avail_out;
	if (r == Z_MEM_ERROR)
		return -ENOMEM;
	/* Z_BUF_ERROR: no progress, the input ended early. */
	if (r != Z_OK && r != Z_STREAM_END)
		return -EBADMSG;
	if (n > max - out->len)
		return -E2BIG;
	buf_put(out, piece, n);
	return buf_error(out) < 0 ? -ENOMEM : r;
}

int gzip_unpack(const uint8_t *bytes, size_t len, size_t max, struct buf *out)
{
	_cleanup_(end_unpack) z_stream z = { 0 };
	int r = Z_OK;

	if (len > UINT_MAX)
		return -E2BIG;
	if (inflateInit2(&z, WINDOW_GZIP) != Z_OK)
		return -ENOMEM;
	set_input(&z, bytes, len);
	while (r == Z_OK)
		r = unpack_piece(&z, max, out);
	if (r < 0)
		return r;
	return z.avail_in == 0 ? 0 : -EBADMSG;
}
