/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a JSON value stands in its text. jansson gives no positions, so a place is looked for when
 * a message needs one; only messages depend on it.
 */
#pragma once

#include "policy/policy.h"

/* The whole text; no place when `src` is NULL. */
struct span place_whole(const struct source *src);

/* Element `index` of the array that `in` starts with, or the first byte of `in`. */
struct span place_element(struct span in, size_t index);

/* The first string in `in` with this value, quotes included, or the first byte of `in`. */
struct span place_string(struct span in, struct text value);
