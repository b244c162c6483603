/* SPDX-License-Identifier: BSD-2-Clause */
/* The controller's rounds. */
#include "daemon/watch.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/resident.h"
#include "daemon/digest.h"
#include "daemon/job.h"
#include "daemon/log.h"
#include "daemon/names.h"
#include "daemon/notify.h"
#include "daemon/reader.h"
#include "daemon/state.h"
#include "daemon/swap.h"

enum { NAMES_EVERY = 5 }; /* rounds */

/*
 * The names stand for something else now: whether that changes the binding, and if so, the image.
 */
static void bind_again(struct controller *c)
{
	_cleanup_host_binding_ struct host_binding *now = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct deployment *dep = controller_active(c);

	if (host_binding_new(&dep->policies->names, &d, &now) == 0 &&
	    strcmp(now->digest, dep->binding->digest) == 0)
		memcpy(dep->binding->seen, now->seen, sizeof(now->seen));
	else
		swap_again_later(c);
}

/* Whether a file has changed that the names of `dep` were looked up in. */
static bool has_changed(const struct deployment *dep)
{
	char now[65];

	return policy_names_look(&dep->policies->names, now) == 0 &&
	       strcmp(now, dep->binding->seen) != 0;
}

/* Not while something is made: that looks them up itself, or the next round does. */
void watch_names(struct controller *c, bool always)
{
	if (controller_active(c) && !job_is_any(c) && (always || has_changed(controller_active(c))))
		bind_again(c);
}

/* Says once that the bundle has ended: the kernel side has seen to it already. */
static void watch_end(struct controller *c)
{
	struct deployment *dep = controller_active(c);
	bool ended = dep && deployment_has_ended(dep, clock_real_ms());

	if (ended && !dep->ended)
		log_warning(
			"bundle %s %llu has ended: only its essential permits and its forbids are left; try: push "
			"its successor",
			dep->bundle->name, (unsigned long long)dep->bundle->version);
	if (dep)
		dep->ended = ended;
}

/* Says a change of state once, to the log and to systemd. */
static void watch_state(struct controller *c)
{
	enum state now = state_of(c);
	char message[64];

	if (now == c->state)
		return;
	if (now == STATE_DEGRADED)
		log_error("state: degraded; try: postern status");
	else
		log_info("state: %s", state_name(now));
	c->state = now;
	(void)snprintf(message, sizeof(message), "STATUS=%s", state_name(now));
	(void)notify(message);
}

/*
 * A large policy set's parts are not needed until the next one, nor is what checks signatures and loads programs. Some
 * rounds later, when what follows from that is done, too.
 */
static void watch_memory(struct controller *c)
{
	if (!c->swollen || job_is_any(c) || --c->swollen)
		return;
	resident_drop();
}

void watch(struct controller *c)
{
	rollout_settle(c);
	watch_end(c);
	for (int i = 0; i < DEPLOYMENTS; i++)
		if (c->deployments[i])
			reader_rest(c->deployments[i]);
	if (c->rounds++ % NAMES_EVERY == 0)
		watch_names(c, false);
	digests_look(c);
	people_watch(c);
	storage_look(c);
	watch_state(c);
	watch_memory(c);
	if (c->watchdog_ms)
		(void)notify("WATCHDOG=1");
}
