/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether bytes are an image. What a worker hands over is not trusted: after this every look-up
 * stays inside, answers a class, row or policy that exists, and ends.
 */
#include "compile/validate.h"

#include <errno.h>

bool check_span(const struct checked *i, uint32_t line, uint64_t n, uint32_t per_line)
{
	uint64_t lines = (n + per_line - 1) / per_line;

	return line <= i->n && lines <= i->n - line;
}

static const char *check_header(const struct checked *i)
{
	const struct postern_header *h = i->header;

	if (h->magic != POSTERN_IMAGE_MAGIC)
		return "not an image: wrong magic number";
	if (h->version != POSTERN_ABI_VERSION)
		return "image of another version";
	if (h->lines != i->n)
		return "length differs from the header's";
	if (h->mode != POSTERN_MODE_ENFORCE && h->mode != POSTERN_MODE_OBSERVE)
		return "unknown mode";
	if (h->policies > POSTERN_POLICIES_MAX)
		return "too many policies";
	return NULL;
}

const char *check_names(const struct checked *i)
{
	const struct postern_header *h = i->header;
	const unsigned char *at, *end;

	if (!h->names_line)
		return h->names_lines ? "names without a place" : NULL;
	if (!check_span(i, h->names_line, h->names_lines, 1))
		return "names outside the image";
	at = (const unsigned char *)&i->lines[h->names_line];
	end = at + (size_t)h->names_lines * POSTERN_LINE;
	for (uint32_t p = 0; p < h->policies; p++) {
		if (at >= end || *at >= end - at)
			return "policy id outside the names";
		at += *at + 1;
	}
	return NULL;
}

int image_validate(const struct postern_line *lines, size_t n, const char **ret_why)
{
	static const char *(*const checks[])(const struct checked *) = {
		check_header,	  check_facts,	 check_destinations, check_cells,
		check_principals, check_strings, check_names,
	};
	struct checked i = { .lines = lines, .n = (uint32_t)n };
	const char *why = NULL;

	if (n < POSTERN_FIRST_FREE_LINE || n > POSTERN_IMAGE_LINES_MAX)
		why = "no image has this length";
	if (!why) {
		i.header = (const struct postern_header *)&lines[0];
		i.dir = (const struct postern_directory *)&lines[1];
	}
	for (size_t k = 0; !why && k < sizeof(checks) / sizeof(checks[0]); k++)
		why = checks[k](&i);
	if (!why)
		return 0;
	*ret_why = why;
	return -EBADMSG;
}
