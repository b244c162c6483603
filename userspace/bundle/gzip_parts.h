/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A gzip as gzip_pack() makes it, taken part by part: what lies between two full flushes says the same wherever it stands,
 * so a part that was unpacked before, to the byte, need not be unpacked again.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/vec.h"

struct gzip_part {
	size_t at, len; /* of the packed bytes */
	size_t out_at, out_len; /* where what it says is, and how long that is */
	uint32_t crc; /* of what it says */
};

typedef VEC(struct gzip_part) gzip_parts_t;

/* Parts that are known. */
struct gzip_known {
	/*
	 * Whether one of them is what begins at `at`: then its `len`, `out_len` and `crc` are in *ret, and what stands for
	 * it was put out.
	 */
	bool (*find)(void *arg, const uint8_t *at, size_t left, struct gzip_part *ret,
		     struct buf *out);
	void *arg;
};

/*
 * As gzip_unpack(); `max` counts what known parts say, too. *ret has all other parts, with their places in `out`; the
 * caller frees it. -ENOENT when it is no gzip of that kind: then gzip_unpack() has the last word. Nothing is said then of
 * `out`, nor after another failure.
 */
int gzip_unpack_parts(const uint8_t *bytes, size_t len, size_t max, const struct gzip_known *known,
		      struct buf *out, gzip_parts_t *ret);
