/* SPDX-License-Identifier: BSD-2-Clause */
/* "Did you mean": the nearest known word. */
#pragma once

#include <stddef.h>

/*
 * The word of `words` nearest to `typed` by Damerau-Levenshtein distance, if it is near enough to
 * be a slip (at most a third of its length, at least 1), else NULL. Ties: the first.
 */
const char *suggest(const char *typed, const char *const *words, size_t n);
