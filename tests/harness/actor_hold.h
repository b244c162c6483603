/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of an actor that work on one socket that it holds. See actor.h. */
#pragma once

/* Number of words after the step; -1 when it is none of these. */
int actor_hold_words(const char *step);
/* 0 or an errno. */
int actor_hold(const char *step, char **w);
