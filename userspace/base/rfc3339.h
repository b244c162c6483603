/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Times as documents write them: RFC 3339 in UTC with whole seconds, "2027-03-01T00:00:00Z". No
 * other spelling, so that a time has one text.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { RFC3339_SIZE = 21 }; /* with the NUL */

/* Milliseconds since 1970 of a time in the years 1970 to 9999. 0 or -EINVAL. */
int rfc3339_parse(const char *text, int64_t *ret_ms);

/* The text of a time; milliseconds are cut off. 0, or -ERANGE outside of the years 1970 to 9999. */
int rfc3339_format(int64_t ms, char ret[RFC3339_SIZE]);
