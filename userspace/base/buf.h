/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Growable byte buffer. A failed append marks the buffer and every later append is a no-op, so a
 * caller checks once, at the end, with buf_error(). `data` always has a NUL after `len` bytes
 * once anything was appended.
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "base/cleanup.h"

struct buf {
	char *data; /* owned; NULL while empty */
	size_t len;
	size_t cap;
	int err; /* 0 or -ENOMEM, sticky */
};

#define BUF_INIT ((struct buf){ 0 })

void buf_free(struct buf *b); /* releases and returns to BUF_INIT; valid at rest */
void buf_clear(struct buf *b); /* len = 0, memory kept */
/* Appending. See above: errors show in buf_error() only. */
void buf_put(struct buf *b, const void *bytes, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
/* 0 or the sticky -ENOMEM. */
int buf_error(const struct buf *b);
/* The bytes as an owned NUL-terminated string; the buffer is at rest after. NULL on a buffer in error. */
char *buf_take(struct buf *b);

#define _cleanup_buf_ _cleanup_(buf_free)
