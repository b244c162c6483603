/* SPDX-License-Identifier: BSD-2-Clause */
/* The state directory while we run: that something is wrong is known before somebody needs it. */
#pragma once

#include <stdbool.h>

#include "base/json.h"
#include "bundle/bundle.h"

struct controller;

/* What is wrong now, in words for people; NULL: nothing. */
struct storage {
	char *room; /* owned: why nothing can be written down */
	char *trust; /* owned: why nobody's signature counts */
	struct trust_mark mark; /* of the files when they were read last, if they were good */
	bool marked;
	int64_t time_floor_ms; /* that they said; 0: nothing yet */
};

/* Looks, and says what has changed. */
void storage_look(struct controller *c);
/* The latest time that this host has written down, ms since 1970; 0: none. */
int64_t storage_time_floor(struct controller *c);
/* Whether something is wrong. */
bool storage_is_bad(const struct storage *s);
/* Adds what is wrong to `list`. */
void storage_problems(const struct storage *s, json_t *list);
void storage_free(struct storage *s);
