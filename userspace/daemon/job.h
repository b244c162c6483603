/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What goes through a worker while everything else goes on: one after the other, in the order in
 * which it was asked for.
 */
#pragma once

#include "daemon/controller.h"
#include "daemon/making.h"

struct job {
	struct job *next;
	struct making making;
	struct diags d; /* owned by whoever releases the job */
	bool begun;
	/* Its turn: sets what is to be made. A refusal ends it at once. */
	struct refusal (*begin)(struct controller *c, struct job *j);
	/* Made, or refused: see making.refused. Releases the job; adds none. */
	void (*end)(struct controller *c, struct job *j);
	/* Releases a job that the controller has no time for any more. */
	void (*drop)(struct job *j);
};

/* Steals the job, unless too many wait: -EBUSY. It may end at once. */
int job_add(struct controller *c, struct job *j);
/* Whether any is under way or waits. */
bool job_is_any(const struct controller *c);
/* Drops them all. */
void job_stop(struct controller *c);
