/* SPDX-License-Identifier: BSD-2-Clause */
/* Canonical base64: four characters are three bytes, and only the last four may be padded. */
#include "base/base64.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The six bits of a character, or 64 for none. A bundle of 32 MiB goes through here: no search. */
static uint32_t sextet(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (uint32_t)(c - 'A');
	if (c >= 'a' && c <= 'z')
		return (uint32_t)(c - 'a') + 26;
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0') + 52;
	return c == '+' ? 62 : c == '/' ? 63 : 64;
}

/* `n` (2…4) characters of one group without padding: n - 1 bytes. False for other characters or stray bits. */
static bool decode_group(const char *text, size_t n, uint8_t *ret)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < 4; i++) {
		uint32_t six = i < n ? sextet(text[i]) : 0;

		if (six > 63)
			return false;
		bits = bits << 6 | six;
	}
	for (size_t i = 0; i < n - 1; i++)
		ret[i] = (uint8_t)(bits >> (16 - 8 * i));
	return n == 4 || (bits & (n == 3 ? 0xff : 0xffff)) == 0;
}

int base64_decode(const char *text, size_t len, uint8_t *ret, size_t cap, size_t *ret_len)
{
	size_t pad = 0, out = 0;

	if (len % 4)
		return -EBADMSG;
	while (pad < 2 && pad < len && text[len - 1 - pad] == '=')
		pad++;
	if (len / 4 * 3 - pad > cap)
		return -E2BIG;
	for (size_t i = 0; i < len; i += 4) {
		size_t n = i + 4 == len ? 4 - pad : 4;

		if (!decode_group(text + i, n, ret + out))
			return -EBADMSG;
		out += n - 1;
	}
	*ret_len = out;
	return 0;
}

static void encode_group(const uint8_t *p, size_t n, char ret[4])
{
	uint32_t bits = 0;

	for (size_t i = 0; i < 3; i++)
		bits = bits << 8 | (i < n ? p[i] : 0);
	for (size_t i = 0; i < 4; i++)
		ret[i] = (char)(i <= n ? alphabet[bits >> (18 - 6 * i) & 63] : '=');
}

void base64_encode(const void *bytes, size_t n, size_t width, struct buf *out)
{
	const uint8_t *p = bytes;
	size_t column = 0;

	for (size_t i = 0; i < n; i += 3) {
		char group[4];

		encode_group(p + i, n - i < 3 ? n - i : 3, group);
		for (size_t k = 0; k < 4; k++) {
			buf_putc(out, group[k]);
			if (width && ++column == width) {
				buf_putc(out, '\n');
				column = 0;
			}
		}
	}
	if (column)
		buf_putc(out, '\n');
}
