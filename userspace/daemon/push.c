/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order of a push, and what a crash (power cut, kill -9) after each step leaves:
 *
 *   1 verify, check, test, compile; look whom it would lock out
 *        Nothing was changed: the old bundle goes on.
 *   2 for a trial: write it into rollout.json
 *        The next start finds a trial that the kernel does not run, and puts it away. What is remembered
 *        for ever is the version's content.
 *   3 write the container
 *        The next start finds a container that is newer than what trust.json accepted and in no list. It
 *        was whole and sound, so it is asked all the questions again and taken: the push is finished, not
 *        undone. A trial is put away instead.
 *   4 put the image in force
 *        One store of a word: each decision sees the old or the new image. The next start finishes as
 *        after 3; a trial that active.json does not tell of yet is put away.
 *   5 write active.json
 *        Only saves a swap at restart, and tells that a trial goes on: any state of it is right.
 *   6 write rollout.json: the bundle is selected. A trial ends here, and is selected when confirmed.
 *   7 write trust.json
 *        The version is accepted: from now on no older one is. The next start makes up for it.
 *   8 remove old containers
 *        Nobody can go back to them.
 *
 * trust.json is last, because a version that was remembered before its bundle was in force could,
 * after a failure, neither be in force nor be pushed again. A failure (not a crash) in 4, 6 or 7 undoes
 * what came before it.
 */
#include "daemon/push.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "daemon/conditions.h"
#include "daemon/lockout.h"
#include "daemon/log.h"
#include "daemon/swap.h"
#include "daemon/sweep.h"

static void tell(const struct bundle *b, struct push_result *ret)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): what was not refused is there */
	(void)snprintf(ret->name, sizeof(ret->name), "%s", b->name);
	ret->version = b->version;
	memcpy(ret->digest, b->digest, sizeof(ret->digest));
}

/* Its container is of no use to anybody if it was not there before. */
static void drop_container(struct controller *c, const struct push_attempt *new)
{
	const struct rollout_bundle *known = rollout_find(&c->rollout.record, &new->entry);

	if (!new->accepted && !(known && known->confirmed_ms))
		store_remove(&c->store, &new->entry);
}

/* The new bundle is in force, but this host could not write down that it accepted it. */
static struct refusal not_remembered(struct controller *c, const struct push_attempt *new,
				     const struct rollout_record *before, int r, struct diags *d)
{
	/* Without a bundle before there is nothing to go back to, and open is no way back. */
	if (rollout_write_back(c, before) < 0 || !controller_active(c) || swap_again(c, d).answer) {
		diag_warning(d, "state", NOWHERE,
			     "make room in the state directory, then push again",
			     "in force, but trust.json could not be written: %s", strerror(-r));
		return REFUSAL_NONE;
	}
	drop_container(c, new);
	return refusal_of_failure("storage", r, d);
}

/* Steps 3 and 4. */
static struct refusal enforce(struct controller *c, const struct push_attempt *new, struct diags *d)
{
	struct refusal refused;
	int r = store_write(&c->store, &new->entry, new->in.bytes, new->in.len);

	if (r < 0)
		return refusal_of_failure("storage", r, d);
	refused = swap_in(c, new->dep, new->deadline, d);
	if (refused.answer)
		drop_container(c, new);
	return refused;
}

/* Steps 6 and 7: it is to stay. */
static struct refusal settle(struct controller *c, struct push_attempt *new,
			     const struct rollout_record *before, struct diags *d)
{
	struct refusal refused = REFUSAL_NONE;
	int r = rollout_write_selected(c, &new->entry);

	if (r == 0)
		r = trust_store(c->store.dir, &new->next);
	if (r < 0)
		refused = not_remembered(c, new, before, r, d);
	if (!refused.answer)
		rollout_kept(c, TAKE_PTR(new->dep));
	return refused;
}

/* Steps 2 to 8. */
static struct refusal take(struct controller *c, struct push_attempt *new, struct diags *d)
{
	_cleanup_free_ struct rollout_record *before = malloc(sizeof(*before));
	struct refusal refused;
	int r = before ? 0 : -ENOMEM;

	if (r == 0)
		*before = c->rollout.record;
	if (r == 0 && new->deadline)
		r = rollout_write_trial(c, &new->entry, new->deadline);
	if (r < 0)
		return refusal_of_failure("storage", r, d);
	refused = enforce(c, new, d);
	if (refused.answer && new->deadline)
		(void)rollout_write_back(c, before);
	if (refused.answer)
		return refused;
	if (new->deadline)
		rollout_tried(c, TAKE_PTR(new->dep));
	else
		refused = settle(c, new, before, d);
	if (!refused.answer)
		rollout_prune(c);
	return refused;
}

/* Whether enough of the right people have signed the bytes; or whether this host stored them itself. */
static struct refusal verify(struct push_attempt *a, struct diags *d, struct container *ret)
{
	const struct signed_file f = { a->in.bytes, a->in.len };
	struct trust trust;
	int r = trust_load(a->c->store.dir, d, &trust);

	a->taken_up = r == BUNDLE_OK && a->in.stored &&
		      trust_stored(&trust, BUNDLE_POLICY, &f, ret) == 0;
	if (r == BUNDLE_OK && !a->taken_up)
		r = trust_verify(&trust, f.bytes, f.len, d, ret);
	if (r == BUNDLE_OK && !a->taken_up)
		memcpy(a->verified_by, trust.root_digest, sizeof(a->verified_by));
	return refusal_of_trust(r, d);
}

/* Whether the root document that said who may sign these very bytes is still the one in force: it would say it again. */
static bool is_verified(const struct push_attempt *a)
{
	_cleanup_diags_ struct diags unsaid = DIAGS_INIT;
	struct trust trust;

	return a->verified_by[0] && trust_load(a->c->store.dir, &unsaid, &trust) == BUNDLE_OK &&
	       strcmp(trust.root_digest, a->verified_by) == 0;
}

/* Whether this host may take what the bytes say they are. */
static struct refusal judge(struct push_attempt *a, struct diags *d)
{
	const struct trust_host host = { a->c->host, clock_real_ms() };
	struct refusal refused;
	struct trust trust;
	int r = trust_load(a->c->store.dir, d, &trust);

	if (r == BUNDLE_OK && a->taken_up) {
		a->next = trust;
		a->accepted = true;
	} else if (r == BUNDLE_OK) {
		r = trust_judge(&trust, a->dep->bundle, host, d, &a->next, &a->accepted);
	}
	refused = refusal_of_trust(r, d);
	if (refused.answer)
		return refused;
	a->entry = swap_entry(a->dep);
	/* what was accepted is in force also on a host that has lost the list of what it tried */
	if (a->taken_up && a->c->rollout.damaged)
		return REFUSAL_NONE;
	return rollout_check(a->c, &a->entry, a->wish.confirm_ns != 0, d);
}

/* Expiry counts from the latest time that this host has known. */
static int64_t time_of(const struct trust *t)
{
	int64_t now = clock_real_ms();

	return now > t->time_floor_ms ? now : t->time_floor_ms;
}

/* What is in force already, but could not be remembered when it was pushed. */
static struct refusal remember(struct controller *c, const struct push_attempt *new,
			       struct diags *d)
{
	int r = rollout_write_selected(c, &new->entry);

	if (r == 0)
		r = trust_store(c->store.dir, &new->next);
	return r < 0 ? refusal_of_failure("storage", r, d) : REFUSAL_NONE;
}

/* The live connections that the bundle would cut. That they cannot be told refuses nothing. */
static json_t *preview(struct controller *c, const struct deployment *dep, struct diags *d)
{
	json_t *cuts = NULL;
	uint32_t slot;
	int r = loader_stage(c->loader, dep->image, d, &slot);

	/* without its device facts it would be judged as on a host that nobody vouches for */
	if (r == 0) {
		conditions_announce(c, dep, loader_image_id(c->loader, slot));
		r = sweep_preview(c, slot, &cuts);
	}
	if (r < 0)
		diag_warning(d, "preview", NOWHERE, NULL,
			     "cannot tell which live connections it would cut: %s", strerror(-r));
	return cuts;
}

static struct refusal judge_opened(struct making *m, struct diags *d)
{
	struct push_attempt *a = m->arg;
	struct refusal refused = judge(a, d);

	m->now_ms = time_of(&a->next);
	return refused;
}

struct refusal push_begin(struct push_attempt *a, struct diags *d)
{
	struct container container;
	struct refusal refused = verify(a, d, &container);
	int r;

	if (refused.answer)
		return refused;
	r = deployment_new(a->bytes, container.payload, container.payload_len, &a->dep);
	if (r < 0)
		return refusal_of_failure("memory", r, d);
	a->bytes = NULL;
	a->making = (struct making){ .dep = a->dep,
				     .goal = MAKE_IMAGE,
				     /* what is only asked for costs what is in force nothing */
				     .before = a->wish.dry ? NULL : controller_active(a->c),
				     .judge = judge_opened,
				     .arg = a,
				     .d = d };
	return REFUSAL_NONE;
}

/* The same bundle is in force: its worker, which has read it once more, goes on with that. */
static void give_back(struct push_attempt *a)
{
	struct deployment *active = controller_active(a->c);

	if (!active->worker && !active->making)
		active->worker = TAKE_PTR(a->dep->worker);
}

/* It compiles: what was asked for is done. */
static struct refusal go_on(struct push_attempt *a, struct diags *d, struct push_result *result)
{
	struct controller *c = a->c;
	struct refusal refused = REFUSAL_NONE;

	if (a->wish.dry && !result->already)
		result->cuts = preview(c, a->dep, d);
	if (!result->already && !a->wish.force)
		refused = lockout_check(c, a->dep, a->wish.pusher, d);
	if (refused.answer || a->wish.dry)
		return refused;
	if (!result->already) {
		a->deadline = a->wish.confirm_ns ? clock_boot_ns() + a->wish.confirm_ns : 0;
		return take(c, a, d);
	}
	give_back(a);
	/* what is on trial is confirmed by nobody's pushing it again */
	return a->accepted || c->rollout.trying ? REFUSAL_NONE : remember(c, a, d);
}

/* While it was made, whom the host trusts may have changed, what it accepted, and what is on trial. */
static struct refusal check_again(struct push_attempt *a, struct diags *d)
{
	struct container container;
	struct refusal refused = a->making.refused;

	rollout_settle(a->c);
	if (!refused.answer && !is_verified(a))
		refused = verify(a, d, &container);
	return refused.answer ? refused : judge(a, d);
}

struct refusal push_end(struct push_attempt *a, struct diags *d, struct push_result *ret)
{
	struct push_result result = { 0 };
	struct refusal refused = check_again(a, d);

	if (refused.answer)
		return refused;
	tell(a->dep->bundle, &result);
	result.already = swap_has(a->c, a->dep->bundle->digest);
	refused = go_on(a, d, &result);
	if (refused.answer) {
		json_decref(result.cuts);
		return refused;
	}
	if (controller_active(a->c))
		result.image_id = controller_active(a->c)->image_ids[0];
	result.deadline = a->wish.dry ? 0 : rollout_deadline(&a->c->rollout);
	*ret = result;
	return REFUSAL_NONE;
}

void push_release(struct push_attempt *a)
{
	deployment_free(&a->dep);
	free(a->bytes);
	a->bytes = NULL;
}
