/* SPDX-License-Identifier: BSD-2-Clause */
/* Comparing texts: by bytes, without regard to locale, so that every host orders policy ids alike. */
#include <string.h>

#include "policy/policy.h"

bool text_eq(struct text a, struct text b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.s, b.s, a.len) == 0);
}

bool text_is(struct text a, const char *s)
{
	return text_eq(a, (struct text){ .s = s, .len = strlen(s) });
}

int text_cmp(struct text a, struct text b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter ? memcmp(a.s, b.s, shorter) : 0;

	if (order)
		return order < 0 ? -1 : 1;
	return (a.len > b.len) - (a.len < b.len);
}
