/* SPDX-License-Identifier: BSD-2-Clause */
/* What people say about a bundle on trial, and about those before it. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "daemon/notice.h"
#include "daemon/rollout.h"
#include "daemon/swap.h"

#define MARGIN_NS UINT64_C(250000000) /* so close to its deadline nobody can say which was first */

static struct refusal nothing_tried(const struct controller *c, struct diags *d)
{
	const struct store_entry *lapsed = &c->rollout.lapsed;

	if (lapsed->version) {
		diag_error(d, "rolled-back", NOWHERE, "push it again",
			   "version %" PRIu64 " was not confirmed in time, and is in force no more",
			   lapsed->version);
		return refusal_of_lapse("rolled-back");
	}
	diag_error(d, "not-pending", NOWHERE, "postern bundles", "no bundle waits to be confirmed");
	return refusal_of_nothing("not-pending");
}

static struct refusal may_confirm(const struct controller *c, const struct control_peer *who,
				  struct diags *d)
{
	if (!c->rollout.trying)
		return nothing_tried(c, d);
	if (who->connection > c->rollout.newest_connection)
		return REFUSAL_NONE;
	diag_error(d, "same-connection", NOWHERE,
		   "confirm from a new login: one that was cut off could not",
		   "a connection that is older than the bundle cannot confirm it");
	return refusal_of_safety("same-connection");
}

/* The kernel side was told that the image stays, but this could not be written down. */
static struct refusal unconfirm(struct controller *c, const struct rollout_record *before, int r,
				struct diags *d)
{
	const struct loader_trial trial = { before->trial.deadline, before->trial.before_image };

	if (rollout_write_back(c, before) < 0 || loader_resume(c->loader, &trial) < 0) {
		/* what the next start makes of an image without a deadline is so from now on */
		rollout_set_confirmed(&c->rollout.record, &before->trial.entry, clock_real_ms());
		c->rollout.record.trial = (struct rollout_trial){ 0 };
		diag_warning(d, "state", NOWHERE,
			     "make room in the state directory, then confirm again",
			     "confirmed, but this could not be written down: %s", strerror(-r));
		return REFUSAL_NONE;
	}
	return refusal_of_failure("storage", r, d);
}

/* Both files. 0 or -errno. */
static int write_confirmed(struct controller *c, const struct store_entry *e, struct diags *d)
{
	int r = rollout_write_selected(c, e);

	if (r == 0)
		r = rollout_raise_floor(c, e, d);
	return r > 0 ? -EBADMSG : r;
}

static struct refusal confirm(struct controller *c, struct diags *d)
{
	_cleanup_free_ struct rollout_record *before = malloc(sizeof(*before));
	const struct store_entry e = c->rollout.record.trial.entry;
	struct refusal refused = REFUSAL_NONE;
	int r = before ? loader_confirm(c->loader, MARGIN_NS) : -ENOMEM;

	if (r == -ETIME) {
		diag_error(d, "too-late", NOWHERE, "push it again",
			   "version %" PRIu64 " is being gone back from at this moment", e.version);
		return refusal_of_lapse("too-late");
	}
	if (r < 0)
		return refusal_of_failure("kernel", r, d);
	*before = c->rollout.record;
	r = write_confirmed(c, &e, d);
	if (r < 0)
		refused = unconfirm(c, before, r, d);
	if (refused.answer)
		return refused;
	controller_archive(c, TAKE_PTR(c->rollout.before));
	c->rollout.trying = false;
	c->rollout.lapsed = (struct store_entry){ 0 };
	rollout_wake(c);
	rollout_prune(c);
	return REFUSAL_NONE;
}

struct refusal rollout_confirm(struct controller *c, const struct control_peer *who,
			       struct diags *d, struct store_entry *ret)
{
	const struct store_entry e = c->rollout.record.trial.entry;
	struct refusal refused;

	rollout_settle(c);
	refused = may_confirm(c, who, d);
	if (!refused.answer)
		refused = confirm(c, d);
	if (refused.answer)
		return refused;
	notice_say(c,
		   &(struct notice){ .kind = NOTICE_CONFIRM,
				     .level = LOG_LEVEL_INFO,
				     .who = who,
				     .version = e.version },
		   "bundle version %" PRIu64 " confirmed by uid %u", e.version, (unsigned)who->uid);
	*ret = e;
	return REFUSAL_NONE;
}
