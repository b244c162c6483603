/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON, strictly: the only home of jansson. Duplicate keys, NUL in strings, overlong UTF-8,
 * trailing bytes and nesting over 64 are refused, because a signed document that two readers
 * understand differently is no document.
 */
#pragma once

#include <jansson.h>

#include "base/cleanup.h"
#include "base/diag.h"

static inline void cleanup_json(json_t **j)
{
	json_decref(*j);
}
#define _cleanup_json_ _cleanup_(cleanup_json)

/*
 * Parses `src` whole. On failure one diag with line and column (code "json-syntax",
 * "json-duplicate-key", …) and -EBADMSG, or -ENOMEM. *ret is a new reference.
 */
int json_parse(const struct source *src, struct diags *d, json_t **ret);

/* Compact text, keys in insertion order, owned by the caller. NULL only for lack of memory. */
char *json_text(const json_t *j);
