/* SPDX-License-Identifier: BSD-2-Clause */
/* See kept.h. */
#include "daemon/kept.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "daemon/making.h"
#include "daemon/swap.h"

static struct refusal unreadable(const struct store_entry *e, int r, struct diags *d)
{
	diag_error(d, "state", NOWHERE, "push the bundle again",
		   "cannot read the stored bundle %" PRIu64 ": %s", e->version, strerror(-r));
	return refusal_of_failure("storage", r, d);
}

/* What is being opened again. */
struct opening {
	struct controller *c;
	const struct store_entry *entry;
	bool anew; /* judged by the root of today */
};

/*
 * What a digest vouches for needs nobody's signature: it can be opened also where trust.json is damaged. Then
 * the latest time that this host has known is not known either.
 */
static int load_trust(const struct opening *o, struct diags *d, struct trust *ret)
{
	_cleanup_diags_ struct diags unsaid = DIAGS_INIT;
	int r = trust_load(o->c->store.dir, o->anew ? d : &unsaid, ret);

	if (r != BUNDLE_E_TRUST || o->anew)
		return r;
	*ret = (struct trust){ 0 };
	return BUNDLE_OK;
}

/* Asked while it is made: that it is the one, and may be here. */
static struct refusal readmit(struct making *m, struct diags *d)
{
	const struct opening *o = m->arg;
	const struct bundle *b = m->dep->bundle;
	int64_t now = clock_real_ms();
	struct trust trust;
	int r = load_trust(o, d, &trust);

	if (b->version != o->entry->version || strcmp(b->digest, o->entry->digest) != 0)
		return unreadable(o->entry, -EBADMSG, d);
	if (r == BUNDLE_OK && o->anew)
		r = trust_readmit(&trust, b, o->c->host, d);
	if (r != BUNDLE_OK)
		return refusal_of_trust(r, d);
	m->now_ms = now > trust.time_floor_ms ? now : trust.time_floor_ms;
	return REFUSAL_NONE;
}

/* As trust_stored() does for the accepted bundle: this one's digest was remembered in the same way. */
static int take_up(const struct trust *t, const struct store_entry *e, const struct signed_file *f,
		   struct container *ret)
{
	struct trust as_then = *t;

	memcpy(as_then.policy_digest, e->digest, sizeof(as_then.policy_digest));
	return trust_stored(&as_then, BUNDLE_POLICY, f, ret);
}

/* An empty deployment of the payload, if the bytes are what they should be; then it has them. */
static struct refusal begin(const struct opening *o, char **bytes, size_t len, struct diags *d,
			    struct deployment **ret)
{
	const struct signed_file f = { (const uint8_t *)*bytes, len };
	struct container container;
	struct trust trust;
	int r = load_trust(o, d, &trust);

	if (r == BUNDLE_OK && o->anew)
		r = trust_verify(&trust, f.bytes, f.len, d, &container);
	else if (r == BUNDLE_OK)
		r = take_up(&trust, o->entry, &f, &container);
	if (r == -ENOENT)
		return unreadable(o->entry, -EBADMSG, d);
	if (r != BUNDLE_OK)
		return refusal_of_trust(r, d);
	r = deployment_new(*bytes, container.payload, container.payload_len, ret);
	if (r < 0)
		return refusal_of_failure("memory", r, d);
	*bytes = NULL;
	return REFUSAL_NONE;
}

struct refusal kept_open(struct controller *c, const struct store_entry *e, bool anew,
			 struct diags *d, struct deployment **ret)
{
	_cleanup_deployment_ struct deployment *dep = NULL;
	struct opening o = { c, e, anew };
	struct making m = { .goal = MAKE_IMAGE, .judge = readmit, .arg = &o, .d = d };
	_cleanup_free_ char *bytes = NULL;
	struct refusal refused;
	size_t len;
	int r = store_read(&c->store, e, &bytes, &len);

	if (r < 0)
		return unreadable(e, r, d);
	refused = begin(&o, &bytes, len, d, &dep);
	if (refused.answer)
		return refused;
	m.dep = dep;
	making_run(&m);
	if (!m.refused.answer)
		*ret = TAKE_PTR(dep);
	return m.refused;
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
