/* SPDX-License-Identifier: BSD-2-Clause */
/* The controller's end of a worker. */
#pragma once

#include "worker/message.h"
#include "worker/worker.h"

struct worker {
	pid_t pid;
	int socket, in, out; /* owned */
	uint64_t until_ns; /* boot clock: the question under way must be answered by then */
	enum worker_question asked;
};

/* Asks, with that body. 0, or -errno with the worker of no use any more. */
int worker_ask(struct worker *w, enum worker_question what, const struct buf *body);

/*
 * The bytes of the answer, owned by the caller; or -EAGAIN; or another -errno with a diag that
 * names what became of the worker.
 */
int worker_take(struct worker *w, enum worker_question what, struct diags *d, uint8_t **ret,
		size_t *ret_len);

/* spawn.c: starts the program anew with those descriptors. 0 or -errno. */
int worker_spawn(int socket, int in, int out, pid_t *ret);

/* time.c: milliseconds that a worker may take for an answer. */
unsigned worker_time_most(enum worker_question what);
