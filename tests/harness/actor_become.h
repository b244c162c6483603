/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of an actor that change who it is. See actor.h. */
#pragma once

#include <stdbool.h>

#define ACTOR_WORD "--actor"

/* 0 or an errno. */
int actor_become(const char *step, char **w);

/* Whether the step ends in another program. */
bool actor_execs(const char *step);
/* Goes on as another program: `w` is its path and the steps that follow. Returns an errno if it cannot. */
int actor_exec(const char *how, char **w);
