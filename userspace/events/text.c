/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts that processes choose (a command's name, a path) on their way to logs and terminals. Linux
 * allows any bytes in them, JSON only UTF-8, and a terminal obeys some.
 */
#include "events/record.h"

#include <stdbool.h>

#include "base/buf.h"

/* Bytes of the UTF-8 sequence that `c` starts, by RFC 3629; 0 when it starts none. */
static size_t sequence_length(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef)
		return 3;
	return c >= 0xf0 && c <= 0xf4 ? 4 : 0;
}

/* The character at `s` (of `n` bytes), or -1 when the bytes are none. */
static int32_t character(const unsigned char *s, size_t n)
{
	static const int32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	int32_t c = n == 1 ? s[0] : s[0] & (0x7f >> n);

	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return -1;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return -1;
	return c;
}

/* Controls of both sets, and the marks that turn the direction of a line. */
static bool is_harmful(int32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200e && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

json_t *event_text(const char *bytes, size_t len)
{
	const unsigned char *s = (const unsigned char *)bytes;
	_cleanup_buf_ struct buf out = BUF_INIT;

	for (size_t i = 0; i < len;) {
		size_t n = sequence_length(s[i]);
		int32_t c = n > 0 && n <= len - i ? character(s + i, n) : -1;

		if (c < 0 || is_harmful(c)) {
			buf_printf(&out, "\\x%02x", s[i]);
			i++;
		} else {
			buf_put(&out, s + i, n);
			i += n;
		}
	}
	if (buf_error(&out) < 0)
		return NULL;
	return json_stringn(out.data ? out.data : "", out.len);
}
