/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two encodings that all SSH formats are made of (RFC 4251 section 5): uint32 is big-endian, a
 * string is a uint32 length and so many bytes. Readers are strict: a field that does not fit makes
 * every later read fail.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Some bytes of somebody else's. */
struct slice {
	const uint8_t *p;
	size_t n;
};

bool slice_is(struct slice s, const char *text);
bool slice_equal(struct slice a, struct slice b);

struct ssh_reader {
	struct slice rest;
	bool failed; /* sticky */
};

static inline struct ssh_reader ssh_reader(struct slice s)
{
	return (struct ssh_reader){ .rest = s };
}

/* On failure: empty or 0, and the reader has failed. */
struct slice ssh_bytes(struct ssh_reader *r, size_t n);
uint8_t ssh_u8(struct ssh_reader *r);
uint32_t ssh_u32(struct ssh_reader *r);
struct slice ssh_string(struct ssh_reader *r);
/* Everything was read, and nothing was missing. */
bool ssh_done(const struct ssh_reader *r);

void ssh_put_u32(struct buf *out, uint32_t value);
void ssh_put_string(struct buf *out, const void *bytes, size_t n);
