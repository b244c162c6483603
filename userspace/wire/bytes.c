/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes as text in JSON: base64, canonical only, so that one value has one spelling. */
#include "wire/wire.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void wire_bytes_put(struct buf *out, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < n; i += 3) {
		size_t have = n - i < 3 ? n - i : 3;
		uint32_t bits = 0;
		char group[4];

		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (k < have ? p[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			group[k] = k <= have ? alphabet[bits >> (18 - 6 * k) & 63] : '=';
		buf_put(out, group, sizeof(group));
	}
}

/* The value of each character; 64 for what is not in the alphabet. */
static void fill_sextets(uint8_t ret[256])
{
	memset(ret, 64, 256);
	for (uint8_t i = 0; i < 64; i++)
		ret[(uint8_t)alphabet[i]] = i;
}

/* `have` (2…4) characters of a group: have - 1 bytes. False on other characters or unused bits that are set. */
static bool decode_group(const uint8_t sextets[256], const char *text, size_t have, uint8_t ret[3])
{
	uint32_t bits = 0;

	for (size_t i = 0; i < 4; i++) {
		uint8_t six = i < have ? sextets[(uint8_t)text[i]] : 0;

		if (six > 63)
			return false;
		bits = bits << 6 | six;
	}
	for (size_t i = 0; i < 3; i++)
		ret[i] = (uint8_t)(bits >> (16 - 8 * i));
	return have == 4 || ret[have - 1] == 0;
}

/* Characters of the last group that are not padding. */
static size_t last_group(const char *base64, size_t len)
{
	size_t have = 4;

	while (have > 2 && base64[len - (5 - have)] == '=')
		have--;
	return have;
}

int wire_bytes_take(const char *base64, size_t len, struct buf *out)
{
	uint8_t sextets[256];
	size_t before = out->len;

	if (len % 4)
		return -EBADMSG;
	fill_sextets(sextets);
	for (size_t i = 0; i < len; i += 4) {
		size_t have = i + 4 == len ? last_group(base64, len) : 4;
		uint8_t group[3];

		if (!decode_group(sextets, base64 + i, have, group)) {
			out->len = before;
			return -EBADMSG;
		}
		buf_put(out, group, have - 1);
	}
	return buf_error(out);
}
