/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Self-protection against other root processes, several times a second: a hook that somebody detached
 * is attached again, a pin that somebody removed is made again, and all of it is said loudly. What root
 * can do to posternd itself it cannot see.
 */
#pragma once

#include "daemon/controller.h"

/* Begins to look. 0 or -errno. */
int guard_start(struct controller *c);

/* What there is to say about the enforcer being intact, for posture. */
struct guard_word {
	bool intact;
	bool mended; /* a breach that was put right: the next reading may be good */
	const char *why; /* static */
};

/* Since the last time that it was asked for: taking it ends a breach that was put right. */
struct guard_word guard_word(struct controller *c);

/* Adds a sentence for what was undone and not long ago. */
void guard_problems(const struct controller *c, json_t *list);
