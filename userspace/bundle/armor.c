/* SPDX-License-Identifier: BSD-2-Clause */
/* Taking SSH signatures out of their armor. */
#include "bundle/armor.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <openssl/crypto.h>

#include "base/cleanup.h"
#include "base/base64.h"

enum { LINE_MOST = 76 }; /* PROTOCOL.sshsig: lines SHOULD wrap at 76 */

static const size_t begin_len = sizeof(ARMOR_BEGIN) - 1;
static const size_t end_len = sizeof(ARMOR_END) - 1;

size_t armor_length(const char *text, size_t len)
{
	size_t most = len < ARMOR_MAX ? len : ARMOR_MAX;
	const char *end;

	if (most < begin_len || memcmp(text, ARMOR_BEGIN, begin_len) != 0)
		return 0;
	end = memmem(text + begin_len, most - begin_len, ARMOR_END, end_len);
	return end ? (size_t)(end - text) + end_len : 0;
}

/*
 * Copies the lines without their newlines. False for a blank, overlong or unended line, and where
 * the lines before the last differ in length: wrapped in one width, a signature has few spellings.
 */
static bool join_lines(const char *text, size_t len, char *ret, size_t *ret_len)
{
	size_t out = 0, width = LINE_MOST;

	while (len > 0) {
		const char *newline = memchr(text, '\n', len);
		size_t n = newline ? (size_t)(newline - text) : 0;
		bool last = n + 1 == len;

		if (n == 0 || n > width || (out > 0 && !last && n != width))
			return false;
		width = n;
		memcpy(ret + out, text, n);
		out += n;
		text += n + 1;
		len -= n + 1;
	}
	*ret_len = out;
	return true;
}

int armor_body(const char *text, size_t len, uint8_t *ret, size_t cap, size_t *ret_len)
{
	size_t joined_len = 0;
	char *joined;
	int r;

	if (len > ARMOR_MAX)
		return -E2BIG;
	joined = malloc(len + 1);
	if (!joined)
		return -ENOMEM;
	r = join_lines(text, len, joined, &joined_len)
		    ? base64_decode(joined, joined_len, ret, cap, ret_len)
		    : -EBADMSG;
	/* It may have been a private key. */
	OPENSSL_cleanse(joined, len + 1);
	free(joined);
	return r;
}

int armor_open(const char *text, size_t len, uint8_t ret[ARMOR_BLOB_MAX], size_t *ret_len)
{
	if (len > ARMOR_MAX)
		return -E2BIG;
	if (armor_length(text, len) != len || len == 0)
		return -EBADMSG;
	return armor_body(text + begin_len, len - begin_len - end_len, ret, ARMOR_BLOB_MAX,
			  ret_len);
}
