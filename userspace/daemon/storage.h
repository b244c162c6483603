/* SPDX-License-Identifier: BSD-2-Clause */
/* The state directory while we run: that something is wrong is known before somebody needs it. */
#pragma once

#include <stdbool.h>

#include "base/json.h"

struct controller;

/* What is wrong now, in words for people; NULL: nothing. */
struct storage {
	char *room; /* owned: why nothing can be written down */
	char *trust; /* owned: why nobody's signature counts */
};

/* Looks, and says what has changed. */
void storage_look(struct controller *c);
/* Whether something is wrong. */
bool storage_is_bad(const struct storage *s);
/* Adds what is wrong to `list`. */
void storage_problems(const struct storage *s, json_t *list);
void storage_free(struct storage *s);
