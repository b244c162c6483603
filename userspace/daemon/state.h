/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One word for how it stands. It says "enforcing" only when every required hook runs our program.
 */
#pragma once

#include "base/json.h"

enum state { STATE_STARTING, STATE_NO_POLICY, STATE_ENFORCING, STATE_OBSERVING, STATE_DEGRADED };

struct controller;

enum state state_of(const struct controller *c);
/* "enforcing"; static. */
const char *state_name(enum state s);
/*
 * Everything that is not as it should be, each a sentence. A new array, or NULL for lack of memory.
 */
json_t *state_problems(const struct controller *c);
