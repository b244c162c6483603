/* SPDX-License-Identifier: BSD-2-Clause */
/* The bundle in force once more: its names stand for something else now. See swap.h. */
#include <errno.h>
#include <stdlib.h>

#include "daemon/job.h"
#include "daemon/log.h"
#include "daemon/swap.h"

/*
 * What was compiled is put in force, or nothing has happened. Nothing is to be done where the bundle is
 * not in force any more, or somebody who did not want to wait has done it.
 */
static struct refusal settle(struct controller *c, const struct making *m, struct diags *d)
{
	struct refusal refused = m->refused;

	if (refused.answer || m->dep != controller_active(c) || !m->dep->image)
		return refused;
	refused = swap_in(c, m->dep, rollout_deadline(&c->rollout), d);
	if (refused.answer)
		deployment_drop_image(m->dep);
	return refused;
}

struct refusal swap_again(struct controller *c, struct diags *d)
{
	struct making m = { .dep = controller_active(c), .goal = MAKE_IMAGE, .d = d };

	if (!m.dep)
		return refusal_of_failure("host", -ENOENT, d);
	making_run(&m);
	return settle(c, &m, d);
}

static struct refusal begin(struct controller *c, struct job *j)
{
	j->making.dep = controller_active(c);
	j->making.goal = MAKE_IMAGE;
	return j->making.dep ? REFUSAL_NONE : refusal_of_failure("host", -ENOENT, &j->d);
}

static void drop(struct job *j)
{
	diags_free(&j->d);
	free(j);
}

static void end(struct controller *c, struct job *j)
{
	if (settle(c, &j->making, &j->d).answer) {
		controller_set_problem(c,
				       "the policies' names could not be looked up again; what was "
				       "known stays in force; try: systemctl reload posternd");
	} else {
		controller_set_problem(c, NULL);
		log_info("names of the policies stand for something else now: bound again");
	}
	log_diags(&j->d);
	drop(j);
}

void swap_again_later(struct controller *c)
{
	struct job *j = calloc(1, sizeof(*j));

	/* without memory or with much to do already: the next round tries again */
	if (!j)
		return;
	*j = (struct job){ .begin = begin, .end = end, .drop = drop };
	if (job_add(c, j) < 0)
		drop(j);
}
