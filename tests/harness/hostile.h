/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a worker could do that somebody else has got hold of. Each is a word; a test's worker does
 * what the word says once it has confined itself as every worker does.
 */
#pragma once

#include <stdbool.h>

/* Does it, if `word` is one of them: comes back from what a worker can do and live. Whether it is one. */
bool hostile_do(const char *word);

/* All words, NULL at the end, in the order in which the list in hostile.c explains them. */
extern const char *const hostile_words[];
