/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * After a start: the newest container that this host accepts is what it enforces. Usually the
 * kernel has its image already, and nothing is touched.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "daemon/log.h"
#include "daemon/push.h"

/* Whether the kernel's image is what compiling `dep` would give it again. */
static bool kernel_has(struct controller *c, const struct deployment *dep, struct store_active *a)
{
	uint32_t id;

	if (store_read_active(&c->store, a) < 0 || strcmp(a->boot, c->boot) != 0 ||
	    strcmp(a->entry.digest, dep->bundle->digest) != 0 ||
	    strcmp(a->binding, dep->binding->digest) != 0 ||
	    strcmp(a->facts, dep->facts_digest) != 0)
		return false;
	return loader_active(c->loader, NULL, &id) == 0 && id == a->image_id;
}

/* Takes the kernel's image as that of the bundle (stolen), if it is. */
static bool adopt(struct controller *c, struct bundle *bundle, int64_t now_ms)
{
	_cleanup_diags_ struct diags d =
		DIAGS_INIT; /* a reason not to will be said again by push() */
	_cleanup_deployment_ struct deployment *dep = NULL;
	struct store_active a;

	if (deployment_new(bundle, now_ms, &d, &dep).answer || !kernel_has(c, dep, &a))
		return false;
	deployment_loaded(dep, a.image_id);
	dep->applied_ms = a.applied_ms;
	controller_keep(c, TAKE_PTR(dep));
	return true;
}

/* Tries one container. Whether it is in force now. */
static bool take(struct controller *c, const struct store_entry *e, const struct trust *t,
		 struct diags *d)
{
	int64_t now = clock_real_ms() > t->time_floor_ms ? clock_real_ms() : t->time_floor_ms;
	_cleanup_bundle_ struct bundle *bundle = NULL;
	_cleanup_free_ char *bytes = NULL;
	struct push_result done;
	struct trust next;
	bool accepted;
	struct container_bytes in = { .stored = true };
	int r = store_read(&c->store, e, &bytes, &in.len);

	if (r < 0) {
		diag_error(d, "state", NOWHERE, "push the bundle again",
			   "cannot read the stored bundle %llu: %s", (unsigned long long)e->version,
			   strerror(-r));
		return false;
	}
	in.bytes = bytes;
	if (push_ask(t, &in, c->host, d, &bundle, &next, &accepted) != BUNDLE_OK)
		return false;
	/*
	 * One that is not accepted yet is a push that was cut off: it is done again from its start.
	 */
	if (accepted && adopt(c, TAKE_PTR(bundle), now))
		return true;
	return !push(c, &in, false, d, &done).answer;
}

/* The accepted bundle, or one whose push was cut off; false when neither can be in force. */
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
		if (all[i].version >= t->policy_version)
			taken = take(c, &all[i], t, d);
	free(all);
	return taken;
}

void push_resume(struct controller *c)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct trust trust;

	if (trust_load(c->store.dir, &d, &trust) != BUNDLE_OK) {
		log_diags(&d);
		controller_set_problem(
			c,
			"no bundle can be accepted: this host trusts nobody yet; try: postern trust "
			"init ROOT --state %s",
			c->store.dir);
		return;
	}
	if (take_newest(c, &trust, &d))
		log_info("bundle %s %llu: taken up", controller_active(c)->bundle->name,
			 (unsigned long long)controller_active(c)->bundle->version);
	else if (trust.policy_version > 0)
		controller_set_problem(
			c,
			"the accepted bundle (version %llu) could not be taken up; try: push it again",
			(unsigned long long)trust.policy_version);
	log_diags(&d);
}
