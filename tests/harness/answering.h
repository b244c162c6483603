/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A controller that only answers: the real server of control/ in a child process, with methods that
 * say what they saw. For tests of both ends of the socket.
 *
 *   GetStatus (reader)  {role, connections, calls, notAllowed, badInput, overQuota, ended}
 *   Push      (admin)   {bundle: string} -> {length}
 *   WhoAmI    (nobody)  {pid, connection, alive}: what the kernel says of the asker
 *   Trace     (reader)  {last: int, size: int, follow: bool} -> so many {n, text}, then {}; follow: it stays open
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "wire/wire.h"

struct answering {
	char dir[40];
	char path[64]; /* of the socket */
	pid_t pid;
};

/* Starts it; it listens when this returns. A failed assertion is a failed test. */
void answering_start(struct answering *a, bool everybody_reads);
/* The same, and everybody may connect without being a reader. */
void answering_start_open(struct answering *a);
/* Ends it and checks that it left without a leak, and without its socket file. */
void answering_stop(struct answering *a);

/* A raw connection to it. */
int answering_connect(const struct answering *a);
/* One number of its status. */
long long answering_count(const struct answering *a, const char *member);
