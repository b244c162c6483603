/* SPDX-License-Identifier: BSD-2-Clause */
/* See kept.h. */
#include "daemon/kept.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "daemon/swap.h"

static struct refusal unreadable(const struct store_entry *e, int r, struct diags *d)
{
	diag_error(d, "state", NOWHERE, "push the bundle again",
		   "cannot read the stored bundle %" PRIu64 ": %s", e->version, strerror(-r));
	return refusal_of_failure("storage", r, d);
}

static int64_t time_of(const struct trust *t)
{
	int64_t now = clock_real_ms();

	return now > t->time_floor_ms ? now : t->time_floor_ms;
}

/* As trust_take_up() does for the accepted bundle: this one's digest was remembered in the same way. */
static int take_up(const struct trust *t, const struct store_entry *e, const struct signed_file *f,
		   struct diags *d, struct bundle **ret)
{
	struct trust as_then = *t;

	memcpy(as_then.policy_digest, e->digest, sizeof(as_then.policy_digest));
	return trust_take_up(&as_then, f, d, ret);
}

struct refusal kept_open(struct controller *c, const struct store_entry *e, bool anew,
			 struct diags *d, struct deployment **ret)
{
	struct bundle *bundle = NULL;
	_cleanup_free_ char *bytes = NULL;
	struct signed_file f;
	struct trust trust;
	int r = store_read(&c->store, e, &bytes, &f.len);

	if (r < 0)
		return unreadable(e, r, d);
	f.bytes = (const uint8_t *)bytes;
	r = trust_load(c->store.dir, d, &trust);
	if (r == BUNDLE_OK && anew)
		r = trust_readmit(&trust, f.bytes, f.len, c->host, d, &bundle);
	else if (r == BUNDLE_OK)
		r = take_up(&trust, e, &f, d, &bundle);
	if (r == -ENOENT)
		return unreadable(e, -EBADMSG, d);
	if (r != BUNDLE_OK)
		return r < 0 ? refusal_of_failure("memory", r, d)
			     : refusal_of_answer((enum bundle_answer)r);
	if (bundle->version != e->version || strcmp(bundle->digest, e->digest) != 0) {
		bundle_free(&bundle);
		return unreadable(e, -EBADMSG, d);
	}
	return deployment_new(bundle, time_of(&trust), d, ret);
}

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

bool kept_adopt(struct controller *c, struct deployment **dep)
{
	struct store_active a;

	if (!kernel_has(c, *dep, &a))
		return false;
	deployment_loaded(*dep, a.image_id);
	(*dep)->applied_ms = a.applied_ms;
	controller_keep(c, TAKE_PTR(*dep));
	return true;
}
