/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Gzip (RFC 1952) of whole buffers: reproducible when packing, bounded and strict when unpacking.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "bundle/plain.h"

/*
 * Same bytes, same gzip (with the same zlib): no time, no name, no system. What is plain (of those bytes; NULL: nothing)
 * is packed each by itself, beginning and ending with a whole byte: equal parts of two texts are equal parts of their
 * gzips. 0, -ENOMEM or -EIO.
 */
int gzip_pack(const void *bytes, size_t len, const plains_t *plain, struct buf *out);

/*
 * Exactly one member and nothing after it. 0, -EBADMSG when it is not, -E2BIG when it would be more
 * than `max` bytes, -ENOMEM. The output may hold some bytes after a failure.
 */
int gzip_unpack(const uint8_t *bytes, size_t len, size_t max, struct buf *out);
