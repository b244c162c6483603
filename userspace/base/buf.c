/* SPDX-License-Identifier: BSD-2-Clause */
/* Growable byte buffer with a sticky error: see buf.h for the contract. */
#include "base/buf.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAP_FIRST = 128 };

void buf_free(struct buf *b)
{
	free(b->data);
	*b = BUF_INIT;
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	if (b->data)
		b->data[0] = '\0';
}

/* Makes room for `n` more bytes and the NUL. */
static bool buf_room(struct buf *b, size_t n)
{
	size_t cap = b->cap ? b->cap : CAP_FIRST;
	char *moved;

	if (b->err)
		return false;
	if (b->cap > b->len && n < b->cap - b->len)
		return true;
	if (n > SIZE_MAX / 4 - b->len)
		goto fail;
	while (cap - b->len <= n)
		cap *= 2;
	moved = realloc(b->data, cap);
	if (!moved)
		goto fail;
	b->data = moved;
	b->cap = cap;
	return true;
fail:
	b->err = -ENOMEM;
	return false;
}

void buf_put(struct buf *b, const void *bytes, size_t n)
{
	if (!buf_room(b, n))
		return;
	if (n)
		memcpy(b->data + b->len, bytes, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list measure;
	int n;

	va_copy(measure, ap);
	n = vsnprintf(NULL, 0, fmt, measure);
	va_end(measure);
	if (n < 0) {
		b->err = -ENOMEM;
		return;
	}
	if (!buf_room(b, (size_t)n))
		return;
	(void)vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	b->len += (size_t)n;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

int buf_error(const struct buf *b)
{
	return b->err;
}

char *buf_take(struct buf *b)
{
	char *text;

	buf_put(b, "", 0); /* an empty buffer gives "" */
	if (b->err) {
		buf_free(b);
		return NULL;
	}
	text = b->data;
	*b = BUF_INIT;
	return text;
}
