/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * After a start. A trial that the kernel still runs goes on; one that is over is put away. A container
 * that nobody wrote down was a push that was cut off: it is done again from its start. Else what was
 * selected is enforced; usually the kernel has its image already, and nothing is touched.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "daemon/glass.h"
#include "daemon/kept.h"
#include "daemon/log.h"
#include "daemon/push.h"
#include "daemon/swap.h"

/* ---- the trial --------------------------------------------------------------------------------- */

/* What is known of a trial: from rollout.json, active.json and the kernel. */
struct found_trial {
	const struct rollout_trial *trial;
	struct loader_standing now;
	bool ours; /* active.json is of its bundle, in this boot */
	uint32_t image_id; /* as active.json has it */
};

static int find_trial(struct controller *c, struct found_trial *ret)
{
	struct store_active a = { 0 };
	int r = loader_standing(c->loader, &ret->now);

	if (r < 0)
		return r;
	ret->trial = &c->rollout.record.trial;
	ret->ours = store_read_active(&c->store, &a) == 0 && strcmp(a.boot, c->boot) == 0 &&
		    strcmp(ret->trial->boot, c->boot) == 0 &&
		    rollout_same(&a.entry, &ret->trial->entry);
	ret->image_id = a.image_id;
	return 0;
}

/* Confirming had got to the kernel: it is finished. */
static bool was_confirmed(const struct found_trial *f)
{
	return f->ours && !f->now.deadline && f->now.image_id == f->image_id;
}

static bool goes_on(const struct found_trial *f)
{
	return f->ours && f->now.tried_id == f->image_id && clock_boot_ns() < f->now.deadline;
}

static void finish_confirming(struct controller *c, struct diags *d)
{
	const struct store_entry e = c->rollout.record.trial.entry;

	if (rollout_write_selected(c, &e) < 0 || rollout_raise_floor(c, &e, d) != 0)
		log_warning("bundle version %" PRIu64
			    " is confirmed, but this could not be written down; try: make "
			    "room in the state directory, then restart posternd",
			    e.version);
}

/* What the trial goes back to, as far as it can be made ready: the kernel side does not need it. */
static void open_before(struct controller *c, const struct found_trial *f, struct diags *d)
{
	struct deployment *before = NULL;

	if (!c->rollout.record.selected.version ||
	    kept_open(c, &c->rollout.record.selected, false, d, &before).answer)
		return;
	/* facts with other numbers must not be told as this image's */
	if (f->now.confirmed_id == f->trial->before_image &&
	    strcmp(before->facts_digest, f->trial->before_facts) == 0)
		deployment_loaded(before, f->now.confirmed_id);
	c->rollout.before = before;
	c->rollout.before_unsure = true;
}

static bool go_on(struct controller *c, const struct found_trial *f, struct diags *d)
{
	_cleanup_deployment_ struct deployment *dep = NULL;

	if (kept_open(c, &f->trial->entry, false, d, &dep).answer)
		return false;
	if (!kept_adopt(c, &dep)) {
		if (swap_in(c, dep, f->now.deadline, d).answer)
			return false;
		controller_keep(c, TAKE_PTR(dep));
	}
	open_before(c, f, d);
	c->rollout.trying = true;
	log_info("bundle version %" PRIu64 " is on trial still; try: postern confirm",
		 f->trial->entry.version);
	return true;
}

/* Whether a trial was going on and does. */
static bool take_trial(struct controller *c, struct diags *d)
{
	struct found_trial f = { 0 };
	int r = find_trial(c, &f);

	if (r < 0 || !f.trial->entry.version)
		return false;
	if (was_confirmed(&f)) {
		finish_confirming(c, d);
		return false;
	}
	if (goes_on(&f) && go_on(c, &f, d))
		return true;
	rollout_put_away(c);
	return false;
}

/* ---- bundles ----------------------------------------------------------------------------------- */

/* What trust.json says was accepted, where rollout.json does not know it: by the kernel's image, or anew. */
static bool take_accepted(struct controller *c, struct deployment **dep, struct diags *d)
{
	const struct store_entry e = swap_entry(*dep);

	if (!kept_adopt(c, dep)) {
		if (swap_in(c, *dep, 0, d).answer)
			return false;
		controller_keep(c, TAKE_PTR(*dep));
	}
	if (!c->rollout.damaged)
		(void)rollout_write_selected(c, &e);
	return true;
}

/* What was not accepted yet is a push that was cut off: it is finished. */
static bool finish_push(struct push_attempt *a, struct diags *d)
{
	struct push_result done;

	if (push_begin(a, d).answer)
		return false;
	making_run(&a->making);
	if (!a->making.refused.answer && a->accepted)
		return take_accepted(a->c, &a->dep, d);
	return !push_end(a, d, &done).answer;
}

/* Tries one container that nobody wrote down. Whether it is in force now. */
static bool take_new(struct controller *c, const struct store_entry *e, struct diags *d)
{
	struct push_attempt a = { .c = c, .in = { .stored = true }, .wish = PUSH_FINISH };
	char *bytes = NULL;
	int r = store_read(&c->store, e, &bytes, &a.in.len);
	bool taken;

	if (r < 0) {
		diag_error(d, "state", NOWHERE, "push the bundle again",
			   "cannot read the stored bundle %" PRIu64 ": %s", e->version,
			   strerror(-r));
		return false;
	}
	a.in.bytes = a.bytes = bytes;
	taken = finish_push(&a, d);
	push_release(&a);
	return taken;
}

/* Whether a container may be one that a push left: newer than what was accepted, and not known. */
static bool may_be_new(struct controller *c, const struct store_entry *e, const struct trust *t)
{
	const struct store_entry floor = { .version = t->policy_version };
	struct store_entry accepted = floor;

	memcpy(accepted.digest, t->policy_digest, sizeof(accepted.digest));
	if (c->rollout.damaged)
		return rollout_same(e, &accepted);
	return e->version >= t->policy_version && !rollout_find(&c->rollout.record, e);
}

static bool take_newest(struct controller *c, const struct trust *t, struct diags *d)
{
	struct store_entry *all = NULL;
	bool taken = false;
	size_t n = 0;
	int r = store_list(&c->store, &all, &n);

	if (r < 0)
		diag_error(d, "state", NOWHERE, "push the bundle again",
			   "cannot list the stored bundles: %s", strerror(-r));
	for (size_t i = 0; i < n && !taken; i++)
		if (may_be_new(c, &all[i], t))
			taken = take_new(c, &all[i], d);
	free(all);
	return taken;
}

bool push_selected(struct controller *c, struct diags *d)
{
	_cleanup_deployment_ struct deployment *dep = NULL;
	const struct store_entry *e = &c->rollout.record.selected;

	if (!e->version || kept_open(c, e, false, d, &dep).answer)
		return false;
	if (!kept_adopt(c, &dep)) {
		if (swap_in(c, dep, 0, d).answer)
			return false;
		controller_keep(c, TAKE_PTR(dep));
	}
	/* confirming may have been cut off before the floor followed */
	if (rollout_raise_floor(c, e, d) < 0)
		log_warning(
			"trust.json could not be written; try: make room in the state directory, "
			"then restart posternd");
	return true;
}

/* ---- the start --------------------------------------------------------------------------------- */

static void read_record(struct controller *c)
{
	int r = rollout_record_read(&c->store, &c->rollout.record);

	c->rollout.damaged = r < 0 && r != -ENOENT;
	if (c->rollout.damaged)
		log_error("%s/rollout.json cannot be read: %s; try: postern status", c->store.dir,
			  strerror(-r));
}

/*
 * What was accepted is lost, and so is what the kernel had: better an older bundle than none. Nothing is
 * written down: the lost one is still the one to be in force. Whether one was found.
 */
static bool take_older(struct controller *c, struct diags *d)
{
	const struct rollout_bundle *b;
	uint64_t below = c->rollout.record.selected.version;
	uint32_t id;

	if (c->rollout.damaged || loader_active(c->loader, NULL, &id) == 0)
		return false;
	while (below && (b = rollout_below(&c->rollout.record, below)) != NULL) {
		_cleanup_deployment_ struct deployment *dep = NULL;

		below = b->entry.version;
		if (kept_open(c, &b->entry, false, d, &dep).answer || swap_in(c, dep, 0, d).answer)
			continue;
		controller_keep(c, TAKE_PTR(dep));
		return true;
	}
	return false;
}

static void take_up(struct controller *c, const struct trust *trust, struct diags *d)
{
	uint64_t selected = c->rollout.record.selected.version;

	selected = selected ? selected : trust->policy_version;
	if (take_trial(c, d) || (trust->root.version && take_newest(c, trust, d)) ||
	    push_selected(c, d))
		log_info("bundle %s %" PRIu64 ": taken up", controller_active(c)->bundle->name,
			 controller_active(c)->bundle->version);
	else if (take_older(c, d))
		controller_set_problem(
			c,
			"the accepted bundle (version %" PRIu64
			") could not be taken up: version %" PRIu64
			", confirmed before it, is enforced in its place; try: push it again",
			selected, controller_active(c)->bundle->version);
	else if (selected)
		controller_set_problem(c,
				       "the accepted bundle (version %" PRIu64
				       ") could not be taken up; try: push it again",
				       selected);
}

/*
 * Whom the host trusts may be unknown, which storage.c says: then nothing new is accepted, and what was
 * selected is enforced all the same.
 */
void push_resume(struct controller *c)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT, unsaid = DIAGS_INIT;
	struct trust trust = { 0 };

	read_record(c);
	(void)trust_load(c->store.dir, &unsaid, &trust);
	glass_resume(c);
	if (!glass_is_detached(c))
		take_up(c, &trust, &d);
	log_diags(&d);
}
