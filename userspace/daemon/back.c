/* SPDX-License-Identifier: BSD-2-Clause */
/* Back to a bundle that was confirmed once. The version floor stays: only this host's choice changes. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "daemon/kept.h"
#include "daemon/lockout.h"
#include "daemon/log.h"
#include "daemon/notice.h"
#include "daemon/rollout.h"
#include "daemon/swap.h"

/* The bundle of that version. `found` is copied: the record changes. */
static struct refusal choose(const struct controller *c, uint64_t version, struct diags *d,
			     struct store_entry *ret)
{
	const struct rollout_record *r = &c->rollout.record;
	const struct rollout_bundle *found = version ? NULL : rollout_below(r, r->selected.version);
	bool unconfirmed = false;

	for (size_t i = 0; i < r->n && version; i++) {
		if (r->bundles[i].entry.version != version)
			continue;
		found = r->bundles[i].confirmed_ms ? &r->bundles[i] : found;
		unconfirmed |= !r->bundles[i].confirmed_ms;
	}
	if (found) {
		*ret = found->entry;
		return REFUSAL_NONE;
	}
	if (unconfirmed) {
		diag_error(d, "unconfirmed", NOWHERE, "push it again",
			   "version %" PRIu64 " was never confirmed", version);
		return refusal_of_safety("unconfirmed");
	}
	diag_error(d, "no-such-bundle", NOWHERE, "postern bundles lists what is kept",
		   version ? "no bundle of version %" PRIu64 " is kept"
			   : "no confirmed bundle below version %" PRIu64 " is kept",
		   version ? version : r->selected.version);
	return refusal_of_nothing("no-such-bundle");
}

static struct refusal check_end(const struct deployment *dep, struct diags *d)
{
	if (!deployment_has_ended(dep, clock_real_ms()))
		return REFUSAL_NONE;
	diag_error(d, "expired", NOWHERE, "push a newer bundle",
		   "version %" PRIu64 " has expired: only its essential permits would be left",
		   dep->bundle->version);
	return refusal_of_answer(BUNDLE_E_EXPIRED);
}

/*
 * Written down first: where there is no room for that nothing has happened, and after a crash the next start
 * finishes it.
 */
static struct refusal select_and_swap(struct controller *c, const struct store_entry *e,
				      struct deployment *dep, struct diags *d)
{
	_cleanup_free_ struct rollout_record *before = malloc(sizeof(*before));
	struct refusal refused;
	int r = before ? 0 : -ENOMEM;

	if (r == 0)
		*before = c->rollout.record;
	if (r == 0)
		r = rollout_write_selected(c, e);
	if (r < 0)
		return refusal_of_failure("storage", r, d);
	refused = swap_in(c, dep, 0, d);
	if (refused.answer && rollout_write_back(c, before) < 0)
		log_error("rollout.json could not be put back; try: postern rollback again");
	return refused;
}

/* The bundle of `e`. `pusher` is who wants it and would not be locked out; -1: they would not mind. */
static struct refusal put_back(struct controller *c, const struct store_entry *e, pid_t pusher,
			       struct diags *d)
{
	_cleanup_deployment_ struct deployment *dep = NULL;
	struct refusal refused = kept_open(c, e, true, d, &dep);

	if (!refused.answer)
		refused = check_end(dep, d);
	if (!refused.answer && pusher >= 0)
		refused = lockout_check(c, dep, pusher, d);
	if (!refused.answer)
		refused = select_and_swap(c, e, dep, d);
	if (refused.answer)
		return refused;
	rollout_kept(c, TAKE_PTR(dep));
	rollout_prune(c);
	return REFUSAL_NONE;
}

static bool is_in_force(const struct controller *c, const struct store_entry *e)
{
	const struct deployment *dep = controller_active(c);
	struct store_entry now;

	if (!dep)
		return false;
	now = swap_entry(dep);
	return rollout_same(&now, e) && swap_has(c, dep->bundle->digest);
}

/* Whether the trial's own end is what is asked for. */
static bool ends_trial(const struct controller *c, uint64_t version)
{
	return c->rollout.trying && (!version || version == c->rollout.record.selected.version);
}

static void say(struct controller *c, uint64_t before, uint64_t version,
		const struct control_peer *who)
{
	const struct notice n = { .kind = NOTICE_ROLLBACK,
				  .level = LOG_LEVEL_WARNING,
				  .who = who,
				  .version = version,
				  .before = before };

	notice_say(c, &n, "rolled back by uid %u; in force: version %" PRIu64, (unsigned)who->uid,
		   version);
}

struct refusal rollout_back(struct controller *c, const struct rollback_wish *wish,
			    const struct control_peer *who, struct diags *d,
			    struct store_entry *ret)
{
	struct store_entry e = c->rollout.record.selected;
	struct refusal refused = REFUSAL_NONE;
	uint64_t before;

	rollout_settle(c);
	before = controller_active(c) ? controller_active(c)->bundle->version : 0;
	if (ends_trial(c, wish->version)) {
		refused = rollout_end_trial(c, d);
	} else {
		refused = choose(c, wish->version, d, &e);
		if (!refused.answer && !is_in_force(c, &e))
			refused = put_back(c, &e, wish->force ? -1 : who->pid, d);
	}
	if (refused.answer)
		return refused;
	say(c, before, e.version, who);
	*ret = e;
	return REFUSAL_NONE;
}
