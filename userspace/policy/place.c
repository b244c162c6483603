/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding values in a JSON text that is known to be well-formed. */
#include "policy/place.h"

#include <string.h>

struct span place_whole(const struct source *src)
{
	return (struct span){ src, 0, src ? (uint32_t)src->len : 0 };
}

static struct span first_byte(struct span in)
{
	return (struct span){ in.src, in.off, in.len ? 1 : 0 };
}

/* Offset behind the string whose opening quote is at `at`. */
static uint32_t skip_string(const char *text, uint32_t at, uint32_t end)
{
	for (at++; at < end && text[at] != '"'; at++)
		at += text[at] == '\\';
	return at < end ? at + 1 : end;
}

/* Offset of the `,` or closing bracket that ends the value at `at`. */
static uint32_t skip_value(const char *text, uint32_t at, uint32_t end)
{
	unsigned int depth = 0;

	while (at < end) {
		char c = text[at];

		if (c == '"') {
			at = skip_string(text, at, end);
			continue;
		}
		if (depth == 0 && (c == ',' || c == ']' || c == '}'))
			return at;
		depth += c == '[' || c == '{';
		depth -= c == ']' || c == '}';
		at++;
	}
	return at;
}

static uint32_t skip_space(const char *text, uint32_t at, uint32_t end)
{
	while (at < end && strchr(" \t\r\n", text[at]))
		at++;
	return at;
}

struct span place_element(struct span in, size_t index)
{
	uint32_t end = in.off + in.len, at, stop;
	const char *text;

	if (!in.src)
		return in;
	text = in.src->text;
	at = skip_space(text, in.off, end);
	if (at >= end || text[at] != '[')
		return first_byte(in);
	at = skip_space(text, at + 1, end);
	for (; index > 0 && at < end; index--) {
		at = skip_value(text, at, end);
		if (at >= end || text[at] != ',')
			return first_byte(in);
		at = skip_space(text, at + 1, end);
	}
	stop = skip_value(text, at, end);
	return (struct span){ in.src, at, stop - at };
}

struct span place_string(struct span in, struct text value)
{
	const char *start, *at, *end;

	if (!in.src)
		return in;
	start = at = in.src->text + in.off;
	end = start + in.len;
	while ((size_t)(end - at) >= value.len + 2) {
		at = memchr(at, '"', (size_t)(end - at) - value.len - 1);
		if (!at)
			break;
		if (at[value.len + 1] == '"' && memcmp(at + 1, value.s, value.len) == 0)
			return (struct span){ in.src, (uint32_t)(at - in.src->text),
					      (uint32_t)value.len + 2 };
		at++;
	}
	return first_byte(in);
}
