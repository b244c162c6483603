/* SPDX-License-Identifier: BSD-2-Clause */
/* The files in a bundle: named texts that the bundle owns, and what they may be called. */
#pragma once

#include <stdbool.h>

#include "base/diag.h"
#include "base/vec.h"

enum {
	TEXT_NAME_MAX = 128, /* bytes of a file's name */
	TEXTS_MAX = 4096, /* policy files, and as many prefix lists */
};

typedef VEC(struct source) texts_t;

#define POLICY_FOLDER "policies/"
#define POLICY_SUFFIX ".cedar"
#define PREFIXES_SUFFIX ".txt"

/*
 * Letters, digits, '.', '_', '-', not beginning with '.' or '-', ending with `suffix` after at
 * least one byte.
 */
bool text_name_ok(const char *name, const char *suffix);

/*
 * Adds a copy of the name (after `folder`), and the text, which is taken over also on failure. 0 or
 * -ENOMEM.
 */
int texts_add(texts_t *t, const char *folder, const char *name, char *text, size_t len);

void texts_sort(texts_t *t); /* by the bytes of the name */
void texts_free(texts_t *t);

void text_free(struct source *text);
