/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a bundle is for this host. Host names have no case (RFC 4343). */
#include "bundle/bundle.h"

static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/*
 * `*` stands for any characters, dots too, `?` for one. Linear: only the last `*` is ever tried
 * again.
 */
static bool matches(const char *glob, const char *host)
{
	const char *star = NULL, *retry = NULL;

	while (*host) {
		if (*glob == '*') {
			star = glob++;
			retry = host;
		} else if (*glob == '?' || (*glob && lower(*glob) == lower(*host))) {
			glob++;
			host++;
		} else if (star) {
			glob = star + 1;
			host = ++retry;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return *glob == '\0';
}

bool bundle_for_host(const struct bundle *b, const char *host)
{
	for (size_t i = 0; i < b->n_audience; i++)
		if (matches(b->audience[i], host))
			return true;
	return b->n_audience == 0;
}
