/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Long strings of a JSON text that need no reading: of printable ASCII, in which every backslash begins a line end
 * ("\\n"). Prefix lists are such. Without them a document of 18 megabytes has some kilobytes, and as each stands in its
 * own quotes, the text is JSON exactly if it is with others in their place.
 */
#pragma once

#include <stdbool.h>

#include "base/vec.h"

enum { PLAIN_LEAST = 4096 }; /* bytes, as they are written */

struct plain {
	size_t at, len; /* in the text, without the quotes */
};

typedef VEC(struct plain) plains_t;

/* All of a text, which may be no JSON at all, in order. 0 or -ENOMEM. */
int plains_find(const char *text, size_t len, plains_t *ret);

/* Whether a string's content is plain. */
bool plain_is(const char *content, size_t len);

/* What a plain string says, with a NUL after it, owned by the caller. NULL: no memory. */
char *plain_decode(const char *content, size_t len, size_t *ret_len);
