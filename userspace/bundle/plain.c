/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding the ends of strings with memchr(), and looking at eight bytes at a time. */
#include "bundle/plain.h"

#include <stdint.h>
#include <string.h>

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Whether a word has a byte below ' ', from 0x7f on, or a quote. */
static bool has_odd(uint64_t w)
{
	uint64_t quote = w ^ EACH('"');

	return ((w - EACH(' ')) | (w + EACH(1)) | w | ((quote - EACH(1)) & ~quote)) & EACH(0x80);
}

static bool has_backslash(uint64_t w)
{
	w ^= EACH('\\');
	return (w - EACH(1)) & ~w & EACH(0x80);
}

bool plain_is(const char *content, size_t len)
{
	size_t i = 0;

	while (i < len) {
		uint64_t w = EACH(' ');

		memcpy(&w, content + i, len - i < sizeof(w) ? len - i : sizeof(w));
		if (has_odd(w))
			return false;
		if (!has_backslash(w)) {
			i += sizeof(w);
			continue;
		}
		while (content[i] != '\\')
			i++;
		if (i + 1 >= len || content[i + 1] != 'n')
			return false;
		i += 2;
	}
	return true;
}

/* Where the string ends whose content begins there: at its quote, or at the end of the text. */
static const char *end_of(const char *content, const char *end)
{
	const char *at = content, *quote;

	while (at < end) {
		size_t n = 0;

		quote = memchr(at, '"', (size_t)(end - at));
		if (!quote)
			return end;
		/* after an odd number of backslashes it is part of the content */
		while (quote - n > at && *(quote - n - 1) == '\\')
			n++;
		if (n % 2 == 0)
			return quote;
		at = quote + 1;
	}
	return end;
}

int plains_find(const char *text, size_t len, plains_t *ret)
{
	const char *end = text + len, *at = text, *quote;
	plains_t found = { 0 };

	while ((quote = memchr(at, '"', (size_t)(end - at))) != NULL) {
		const char *content = quote + 1, *close = end_of(content, end);
		size_t n = (size_t)(close - content);

		if (close == end)
			break;
		if (n >= PLAIN_LEAST && plain_is(content, n) &&
		    vec_push(&found, ((struct plain){ (size_t)(content - text), n })) < 0) {
			vec_free(&found);
			return -ENOMEM;
		}
		at = close + 1;
	}
	*ret = found;
	return 0;
}

char *plain_decode(const char *content, size_t len, size_t *ret_len)
{
	const char *end = content + len, *escape;
	char *text = malloc(len + 1), *to = text;

	if (!text)
		return NULL;
	while ((escape = memchr(content, '\\', (size_t)(end - content))) != NULL) {
		size_t n = (size_t)(escape - content);

		memcpy(to, content, n);
		to[n] = '\n';
		to += n + 1;
		content = escape + 2;
	}
	memcpy(to, content, (size_t)(end - content));
	to += end - content;
	*to = '\0';
	*ret_len = (size_t)(to - text);
	return text;
}
