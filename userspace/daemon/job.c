/* SPDX-License-Identifier: BSD-2-Clause */
/* A queue whose first is under way. */
#include "daemon/job.h"

#include <errno.h>

enum {
	JOBS_MAX = 8,
	LOOK_MS = 1000, /* somebody else may have waited for its answer: see reader.c */
};

static void run(struct controller *c);

static void on_answer(void *arg)
{
	struct controller *c = arg;

	making_step(&c->jobs->making);
	run(c);
}

/* Waits for the first one's answer, while everything else goes on. Whether it does. */
static bool waits(struct controller *c, struct job *j)
{
	unsigned left = worker_left_ms(j->making.dep->worker);

	return loop_once(c->loop, worker_fd(j->making.dep->worker), left < LOOK_MS ? left : LOOK_MS,
			 on_answer, c) == 0;
}

static void begin(struct controller *c, struct job *j)
{
	j->begun = true;
	j->making.d = &j->d;
	j->making.refused = j->begin(c, j);
	if (j->making.refused.answer)
		j->making.done = true;
	else
		making_begin(&j->making);
}

/* Ends those that are done, until one has to be waited for. */
static void run(struct controller *c)
{
	struct job *j;

	while ((j = c->jobs) != NULL) {
		if (!j->begun)
			begin(c, j);
		if (!j->making.done && waits(c, j))
			return;
		if (!j->making.done)
			making_stop(&j->making);
		c->jobs = j->next;
		j->end(c, j);
		c->swollen = CONTROLLER_SWOLLEN;
	}
}

int job_add(struct controller *c, struct job *j)
{
	struct job **at = &c->jobs;
	size_t n = 0;

	for (; *at; at = &(*at)->next)
		n++;
	if (n >= JOBS_MAX)
		return -EBUSY;
	*at = j;
	if (n == 0)
		run(c);
	return 0;
}

bool job_is_any(const struct controller *c)
{
	return c->jobs != NULL;
}

void job_stop(struct controller *c)
{
	struct job *j;

	while ((j = c->jobs) != NULL) {
		c->jobs = j->next;
		if (j->begun)
			making_stop(&j->making);
		j->drop(j);
	}
}
