/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order of a push, and what a crash (power cut, kill -9) after each step leaves:
 *
 *   1 verify, check, test, compile
 *        Nothing was changed: the old bundle goes on.
 *   2 write the container
 *        The next start finds a container that is newer than what trust.json accepted. It was whole
 *        and sound, so it is asked all the questions again and taken: the push is finished, not undone.
 *   3 put the image in force
 *        One store of a word: each decision sees the old or the new image. The next start finishes as
 *        after 2.
 *   4 write active.json
 *        Only saves a swap at restart: any state of it is right.
 *   5 write trust.json
 *        The version is accepted: from now on no older one is.
 *   6 remove old containers
 *        They could not be accepted again anyway.
 *
 * trust.json is last, because a version that was remembered before its bundle was in force could,
 * after a failure, neither be in force nor be pushed again. A failure (not a crash) in 3 or 5 undoes
 * what came before it.
 */
#include "daemon/push.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "daemon/conditions.h"
#include "daemon/log.h"
#include "daemon/sweep.h"

static struct store_entry entry_of(const struct deployment *dep)
{
	struct store_entry e = { .version = dep->bundle->version };

	memcpy(e.digest, dep->bundle->digest, sizeof(e.digest));
	return e;
}

/* Whether the kernel decides by that bundle right now. */
static bool is_in_force(const struct controller *c, const char *digest)
{
	const struct deployment *dep = controller_active(c);
	uint32_t id;

	return dep && strcmp(dep->bundle->digest, digest) == 0 &&
	       loader_active(c->loader, NULL, &id) == 0 && id == dep->image_ids[0];
}

static void tell(const struct bundle *b, struct push_result *ret)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): what was not refused is there */
	(void)snprintf(ret->name, sizeof(ret->name), "%s", b->name);
	ret->version = b->version;
	memcpy(ret->digest, b->digest, sizeof(ret->digest));
}

/* Loads the image of `dep` and remembers which it is. */
static struct refusal put_in_force(struct controller *c, struct deployment *dep, struct diags *d)
{
	struct store_active a = { .entry = entry_of(dep) };
	uint32_t slot = 0, id;
	int r = loader_stage(c->loader, dep->image, d, &slot);

	id = loader_image_id(c->loader, slot);
	if (r == 0) {
		conditions_announce(c, dep, id);
		r = loader_force(c->loader, d);
	}

	if (r < 0)
		return refusal_of_failure("kernel", r, d);
	deployment_loaded(dep, id);
	/* The same bundle with another image is in force since it was first applied. */
	if (!dep->applied_ms)
		dep->applied_ms = clock_real_ms();
	a.image_id = id;
	a.applied_ms = dep->applied_ms;
	memcpy(a.binding, dep->binding->digest, sizeof(a.binding));
	memcpy(a.facts, dep->facts_digest, sizeof(a.facts));
	memcpy(a.boot, c->boot, sizeof(a.boot));
	r = store_write_active(&c->store, &a);
	if (r < 0)
		log_warning(
			"cannot write active.json: %s; the next start swaps the image once more",
			strerror(-r));
	sweep_soon(c);
	return REFUSAL_NONE;
}

/* What a push is about, from its acceptance on. */
struct candidate {
	struct deployment *dep;
	struct store_entry entry;
	struct trust next;
	bool accepted; /* before: then its container stays whatever happens */
};

/* The new bundle is in force, but this host could not write down that it accepted it. */
static struct refusal not_remembered(struct controller *c, const struct candidate *new, int r,
				     struct diags *d)
{
	/* Without a bundle before there is nothing to go back to, and open is no way back. */
	if (!controller_active(c) || push_again(c, d).answer) {
		diag_warning(d, "state", NOWHERE,
			     "make room in the state directory, then push again",
			     "in force, but trust.json could not be written: %s", strerror(-r));
		return REFUSAL_NONE;
	}
	if (!new->accepted)
		store_remove(&c->store, &new->entry);
	return refusal_of_failure("storage", r, d);
}

/* Steps 2 to 5. */
static struct refusal commit(struct controller *c, const struct candidate *new, const void *bytes,
			     size_t len, struct diags *d)
{
	struct refusal refused;
	int r = store_write(&c->store, &new->entry, bytes, len);

	if (r < 0)
		return refusal_of_failure("storage", r, d);
	refused = put_in_force(c, new->dep, d);
	if (refused.answer && !new->accepted)
		store_remove(&c->store, &new->entry);
	if (refused.answer)
		return refused;
	r = trust_store(c->store.dir, &new->next);
	return r < 0 ? not_remembered(c, new, r, d) : REFUSAL_NONE;
}

/* Step 6: all containers but the one in force. */
static void remove_others(struct controller *c, const struct deployment *dep)
{
	const struct store_entry mine = entry_of(dep);
	struct store_entry *all = NULL;
	size_t n = 0;

	if (store_list(&c->store, &all, &n) < 0)
		return;
	for (size_t i = 0; i < n; i++)
		if (all[i].version != mine.version || strncmp(all[i].digest, mine.digest, 16) != 0)
			store_remove(&c->store, &all[i]);
	free(all);
}

int push_ask(const struct trust *t, const struct container_bytes *in, const char *host,
	     struct diags *d, struct bundle **ret, struct trust *ret_next, bool *ret_accepted)
{
	const struct signed_file f = { in->bytes, in->len };
	int r = in->stored ? trust_take_up(t, &f, d, ret) : -ENOENT;

	if (r == -ENOENT)
		return trust_accept(t, f.bytes, f.len, host, clock_real_ms(), d, ret, ret_next,
				    ret_accepted);
	if (r == BUNDLE_OK) {
		*ret_next = *t;
		*ret_accepted = true;
	}
	return r;
}

/* Whether this host may take the container at all: signatures first, nothing is parsed before. */
static struct refusal accept(struct controller *c, const struct container_bytes *in,
			     struct diags *d, struct bundle **ret, struct candidate *new)
{
	struct trust trust;
	int r = trust_load(c->store.dir, d, &trust);

	if (r == BUNDLE_OK)
		r = push_ask(&trust, in, c->host, d, ret, &new->next, &new->accepted);
	if (r < 0)
		return refusal_of_failure("memory", r, d);
	return r == BUNDLE_OK ? REFUSAL_NONE : refusal_of_answer((enum bundle_answer)r);
}

/* Expiry counts from the latest time that this host has known. */
static int64_t time_of(const struct trust *t)
{
	int64_t now = clock_real_ms();

	return now > t->time_floor_ms ? now : t->time_floor_ms;
}

/* What is in force already, but could not be remembered when it was pushed. */
static struct refusal remember(struct controller *c, const struct candidate *new, struct diags *d)
{
	int r = trust_store(c->store.dir, &new->next);

	return r < 0 ? refusal_of_failure("storage", r, d) : REFUSAL_NONE;
}

/* Steps 2 to 6. */
static struct refusal take(struct controller *c, struct candidate *new, const void *bytes,
			   size_t len, struct diags *d)
{
	struct refusal refused;

	new->entry = entry_of(new->dep);
	refused = commit(c, new, bytes, len, d);
	if (refused.answer)
		return refused;
	remove_others(c, new->dep);
	controller_keep(c, TAKE_PTR(new->dep));
	controller_set_problem(c, NULL);
	(void)people_review(c);
	return REFUSAL_NONE;
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

struct refusal push(struct controller *c, const struct container_bytes *in, bool dry,
		    struct diags *d, struct push_result *ret)
{
	struct candidate new = { 0 };
	struct push_result result = { 0 };
	struct bundle *bundle = NULL;
	struct refusal refused = accept(c, in, d, &bundle, &new);

	if (refused.answer)
		return refused;
	tell(bundle, &result);
	result.already = is_in_force(c, bundle->digest);
	refused = deployment_new(bundle, time_of(&new.next), d, &new.dep);
	if (!refused.answer && !dry && !result.already)
		refused = take(c, &new, in->bytes, in->len, d);
	else if (!refused.answer && !dry && !new.accepted)
		refused = remember(c, &new, d);
	if (!refused.answer && dry && !result.already)
		result.cuts = preview(c, new.dep, d);
	deployment_free(&new.dep);
	if (refused.answer)
		return refused;
	if (controller_active(c))
		result.image_id = controller_active(c)->image_ids[0];
	*ret = result;
	return REFUSAL_NONE;
}

/* The image made last did not come in force: all that it was to change is still to be done. */
static void forget_compiled(struct deployment *dep)
{
	image_free(&dep->image);
	dep->binding->seen[0] = '\0';
	dep->binding->digest[0] = '\0';
}

struct refusal push_again(struct controller *c, struct diags *d)
{
	struct deployment *dep = controller_active(c);
	struct refusal refused;

	if (!dep)
		return refusal_of_failure("host", -ENOENT, d);
	refused = deployment_compile(dep, d);
	if (refused.answer)
		return refused;
	refused = put_in_force(c, dep, d);
	if (refused.answer)
		forget_compiled(dep);
	return refused;
}
