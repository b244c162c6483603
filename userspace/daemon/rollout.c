/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Confirming is one store of the kernel's word, then rollout.json, then the floor in trust.json. After a
 * crash in between the next start finds an image without a deadline whose trial is written down: it
 * finishes. Going back is done by the kernel alone; what follows can be done late.
 */
#include "daemon/rollout.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "daemon/conditions.h"
#include "daemon/glass.h"
#include "daemon/log.h"
#include "daemon/notice.h"
#include "daemon/swap.h"
#include "daemon/sweep.h"

#define NS_PER_S UINT64_C(1000000000)

uint64_t rollout_deadline(const struct rollout_state *r)
{
	return r->trying ? r->record.trial.deadline : 0;
}

/* ---- what is written --------------------------------------------------------------------------- */

/* Writes the record changed as `next`; it becomes ours if that went well. */
static int write_next(struct controller *c, const struct rollout_record *next)
{
	int r = rollout_record_write(&c->store, next);

	if (r == 0)
		c->rollout.record = *next;
	return r;
}

static struct rollout_record *copy(const struct rollout_record *r)
{
	struct rollout_record *next = malloc(sizeof(*next));

	if (next)
		*next = *r;
	return next;
}

/* What is gone back to: what a trial before was to go back to, or else what the kernel has. */
static int name_before(struct controller *c, struct rollout_trial *t)
{
	const struct rollout_trial *last = &c->rollout.record.trial;
	const struct deployment *active = controller_active(c);
	struct loader_standing now;
	int r;

	if (c->rollout.trying) {
		t->before_image = last->before_image;
		memcpy(t->before_facts, last->before_facts, sizeof(t->before_facts));
		return 0;
	}
	r = loader_standing(c->loader, &now);
	if (r < 0)
		return r;
	t->before_image = now.image_id;
	if (active && active->image_ids[0] == now.image_id)
		memcpy(t->before_facts, active->facts_digest, sizeof(t->before_facts));
	return 0;
}

int rollout_write_trial(struct controller *c, const struct store_entry *e, uint64_t deadline)
{
	_cleanup_free_ struct rollout_record *next = copy(&c->rollout.record);
	struct rollout_trial trial = { .entry = *e, .deadline = deadline };
	int r = next ? name_before(c, &trial) : -ENOMEM;

	if (r < 0)
		return r;
	memcpy(trial.boot, c->boot, sizeof(trial.boot));
	rollout_add(next, e, clock_real_ms());
	next->trial = trial;
	return write_next(c, next);
}

int rollout_write_selected(struct controller *c, const struct store_entry *e)
{
	_cleanup_free_ struct rollout_record *next = copy(&c->rollout.record);

	if (!next)
		return -ENOMEM;
	rollout_set_confirmed(next, e, clock_real_ms());
	next->trial = (struct rollout_trial){ 0 };
	/* who puts a bundle in force wants it enforced; an observation goes on until its end */
	if (!next->glass.observe_until)
		next->glass = (struct rollout_glass){ 0 };
	return write_next(c, next);
}

/* Where the file was not replaced there is nothing to put back; it is tried, for the rare halves. */
int rollout_write_back(struct controller *c, const struct rollout_record *before)
{
	bool replaced = memcmp(&c->rollout.record, before, sizeof(*before)) != 0;
	int r = rollout_record_write(&c->store, before);

	c->rollout.record = *before;
	return replaced ? r : 0;
}

int rollout_raise_floor(struct controller *c, const struct store_entry *e, struct diags *d)
{
	int64_t now = clock_real_ms();
	struct trust trust;
	int r = trust_load(c->store.dir, d, &trust);

	if (r != BUNDLE_OK)
		return r;
	if (e->version <= trust.policy_version)
		return 0;
	trust.policy_version = e->version;
	memcpy(trust.policy_digest, e->digest, sizeof(trust.policy_digest));
	if (now > trust.time_floor_ms)
		trust.time_floor_ms = now;
	return trust_store(c->store.dir, &trust);
}

struct refusal rollout_check(const struct controller *c, const struct store_entry *e, bool trial,
			     struct diags *d)
{
	const struct rollout_record *r = &c->rollout.record;
	bool known = false;

	if (c->rollout.damaged) {
		diag_error(
			d, "state", NOWHERE,
			"restore it, or remove it: then what was tried and never confirmed is forgotten",
			"%s/rollout.json is damaged", c->store.dir);
		return refusal_of_answer(BUNDLE_E_TRUST);
	}
	for (size_t i = 0; i < r->n; i++) {
		if (rollout_same(&r->bundles[i].entry, e))
			known = true;
		else if (r->bundles[i].entry.version == e->version) {
			diag_error(d, "equivocation", NOWHERE,
				   "give the changed bundle a version of its own",
				   "version %" PRIu64 " was pushed before with other content",
				   e->version);
			return refusal_of_answer(BUNDLE_E_EQUIVOCATION);
		}
	}
	if (!trial || known || rollout_has_room(r))
		return REFUSAL_NONE;
	diag_error(d, "unconfirmed", NOWHERE,
		   "confirm one of them, or push without --confirm-within",
		   "%d versions have been tried and not confirmed, and none may be forgotten",
		   POSTERN_BUNDLES_UNCONFIRMED);
	return refusal_of_safety("unconfirmed");
}

/* Whether somebody can still want the container. */
static bool is_wanted(const struct rollout_record *r, const struct store_entry *e)
{
	const struct rollout_bundle *known = rollout_find((struct rollout_record *)r, e);

	return (known && known->confirmed_ms) || rollout_same(&r->selected, e) ||
	       rollout_same(&r->trial.entry, e);
}

void rollout_prune(struct controller *c)
{
	struct store_entry *all = NULL;
	size_t n = 0;

	if (store_list(&c->store, &all, &n) < 0)
		return;
	for (size_t i = 0; i < n; i++)
		if (!is_wanted(&c->rollout.record, &all[i]))
			store_remove(&c->store, &all[i]);
	free(all);
}

/* ---- what is in force -------------------------------------------------------------------------- */

/* What follows whenever another bundle has come in force. */
static void changed(struct controller *c)
{
	controller_set_problem(c, NULL);
	(void)people_review(c);
	rollout_wake(c);
}

void rollout_tried(struct controller *c, struct deployment *dep)
{
	if (!c->rollout.trying)
		c->rollout.before = controller_release(c);
	controller_keep(c, dep);
	c->rollout.trying = true;
	c->rollout.before_unsure = false;
	c->rollout.newest_connection = c->server ? control_newest(c->server) : 0;
	changed(c);
}

void rollout_kept(struct controller *c, struct deployment *dep)
{
	controller_keep(c, dep);
	controller_archive(c, TAKE_PTR(c->rollout.before));
	c->rollout.trying = false;
	c->rollout.lapsed = (struct store_entry){ 0 };
	changed(c);
}

/* The bundle that was tried is in force no more: the one before is, if there was one. */
static void take_back(struct controller *c)
{
	struct deployment *tried = controller_release(c), *before = TAKE_PTR(c->rollout.before);

	c->rollout.trying = false;
	c->rollout.lapsed = c->rollout.record.trial.entry;
	if (before)
		controller_keep(c, before);
	controller_archive(c, tried);
	changed(c);
}

/* Written down late or not at all it changes nothing: a trial that the kernel does not know is over. */
static void write_down(struct controller *c)
{
	_cleanup_free_ struct rollout_record *next = copy(&c->rollout.record);
	int r = -ENOMEM;

	c->rollout.record.trial = (struct rollout_trial){ 0 };
	if (next) {
		next->trial = (struct rollout_trial){ 0 };
		r = write_next(c, next);
	}
	if (r < 0)
		log_warning("cannot write rollout.json: %s; the trial is over all the same",
			    strerror(-r));
	if (controller_active(c))
		swap_remember(c, controller_active(c));
	rollout_prune(c);
}

/* Ends the trial. 0 or -errno: then it is not over for the kernel side. */
static int end_trial(struct controller *c)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	bool unsure = c->rollout.before_unsure && c->rollout.before;
	int r = loader_fall_back(c->loader);

	if (r < 0)
		return r;
	take_back(c);
	write_down(c);
	if (unsure && swap_again(c, &d).answer)
		log_diags(&d);
	conditions_publish(c);
	return 0;
}

/* "version 42", or that there is none. */
static void say_lapsed(struct controller *c, uint64_t version)
{
	const struct deployment *dep = controller_active(c);
	const struct notice n = { .kind = NOTICE_LAPSE,
				  .level = LOG_LEVEL_WARNING,
				  .version = dep ? dep->bundle->version : 0,
				  .before = version };

	if (dep)
		notice_say(c, &n,
			   "bundle version %" PRIu64 " was not confirmed in time: version %" PRIu64
			   " is in force again; try: postern bundles",
			   version, dep->bundle->version);
	else
		notice_say(c, &n,
			   "bundle version %" PRIu64
			   " was not confirmed in time, and there was none before it: nothing is "
			   "enforced; try: postern push BUNDLE",
			   version);
}

struct refusal rollout_end_trial(struct controller *c, struct diags *d)
{
	int r = end_trial(c);

	return r < 0 ? refusal_of_failure("kernel", r, d) : REFUSAL_NONE;
}

void rollout_put_away(struct controller *c)
{
	uint64_t version = c->rollout.record.trial.entry.version;
	int r = loader_fall_back(c->loader);

	if (r < 0 && r != -ENOENT)
		log_error(
			"the kernel side could not be told that a trial is over: %s; it has gone back by "
			"itself, or will",
			strerror(-r));
	c->rollout.lapsed = c->rollout.record.trial.entry;
	write_down(c);
	notice_say(c,
		   &(struct notice){
			   .kind = NOTICE_LAPSE, .level = LOG_LEVEL_WARNING, .before = version },
		   "bundle version %" PRIu64
		   " was not confirmed in time, and is in force no more; try: postern bundles",
		   version);
}

void rollout_settle(struct controller *c)
{
	uint64_t version = c->rollout.record.trial.entry.version;
	int r;

	glass_settle(c);
	if (!c->rollout.trying || clock_boot_ns() < c->rollout.record.trial.deadline)
		return;
	r = end_trial(c);
	if (r < 0)
		controller_set_problem(
			c,
			"the kernel side has gone back to the bundle before, but could not be "
			"told to stay there: %s; try: systemctl restart posternd",
			strerror(-r));
	else
		say_lapsed(c, version);
}

/* ---- the timer --------------------------------------------------------------------------------- */

void rollout_wake(struct controller *c)
{
	uint64_t trial = rollout_deadline(&c->rollout), glass = glass_deadline(c), at;
	struct itimerspec when = { 0 };

	at = !trial || (glass && glass < trial) ? glass : trial;
	when.it_value.tv_sec = (time_t)(at / NS_PER_S);
	when.it_value.tv_nsec = (long)(at % NS_PER_S);
	if (c->rollout.timer >= 0)
		(void)timerfd_settime(c->rollout.timer, TFD_TIMER_ABSTIME, &when, NULL);
}

static void on_deadline(void *arg)
{
	struct controller *c = arg;
	uint64_t times;

	if (read(c->rollout.timer, &times, sizeof(times)) < 0)
		return;
	rollout_settle(c);
	rollout_wake(c);
}

int rollout_start(struct controller *c)
{
	int r;

	c->rollout.timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	if (c->rollout.timer < 0)
		return -errno;
	r = loop_fd(c->loop, c->rollout.timer, on_deadline, c);
	rollout_wake(c);
	return r;
}

void rollout_stop(struct controller *c)
{
	deployment_free(&c->rollout.before);
	cleanup_close(&c->rollout.timer);
}
