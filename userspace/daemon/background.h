/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A daemon of its own: the caller's process waits until the daemon works, and says why if it does
 * not.
 */
#pragma once

struct background {
	int ready; /* the daemon's end of the pipe to who started it; -1 in the foreground */
};

#define BACKGROUND_INIT ((struct background){ -1 })

/*
 * Forks twice and leaves the session. In the daemon: 0. In the first process it returns only on
 * failure (-errno): else that process waits and exits with 0 or 1. What goes to stderr until then
 * is seen by who started it.
 */
int background_start(struct background *b);

/*
 * Lets the first process go: the daemon works; stdin, stdout and stderr are given up. 0 or -errno.
 */
int background_ready(struct background *b);
