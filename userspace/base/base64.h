/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Base64 (RFC 4648 section 4), canonical only: padded, no white space, unused bits zero. So that one value has
 * one spelling; libcrypto's decoder accepts several.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Decodes into `ret` of `cap` bytes. 0, -EBADMSG, or -E2BIG when it does not fit; ret_len is set on success only. */
int base64_decode(const char *text, size_t len, uint8_t *ret, size_t cap, size_t *ret_len);

/* Appends the text of the bytes; a newline after every `width` characters and at the end when `width` is not 0. */
void base64_encode(const void *bytes, size_t n, size_t width, struct buf *out);
