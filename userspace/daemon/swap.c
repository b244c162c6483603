/* SPDX-License-Identifier: BSD-2-Clause */
/* See swap.h. */
#include "daemon/swap.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "daemon/conditions.h"
#include "daemon/log.h"
#include "daemon/sweep.h"

struct store_entry swap_entry(const struct deployment *dep)
{
	struct store_entry e = { .version = dep->bundle->version };

	memcpy(e.digest, dep->bundle->digest, sizeof(e.digest));
	return e;
}

bool swap_has(const struct controller *c, const char *digest)
{
	const struct deployment *dep = controller_active(c);
	uint32_t id;

	return dep && strcmp(dep->bundle->digest, digest) == 0 &&
	       loader_active(c->loader, NULL, &id) == 0 && id == dep->image_ids[0];
}

void swap_remember(struct controller *c, const struct deployment *dep)
{
	struct store_active a = { .entry = swap_entry(dep),
				  .image_id = dep->image_ids[0],
				  .applied_ms = dep->applied_ms };
	int r;

	memcpy(a.binding, dep->binding->digest, sizeof(a.binding));
	memcpy(a.facts, dep->facts_digest, sizeof(a.facts));
	memcpy(a.boot, c->boot, sizeof(a.boot));
	r = store_write_active(&c->store, &a);
	if (r < 0)
		log_warning(
			"cannot write active.json: %s; the next start swaps the image once more",
			strerror(-r));
}

struct refusal swap_in(struct controller *c, struct deployment *dep, uint64_t deadline,
		       struct diags *d)
{
	const struct loader_trial trial = { deadline, c->rollout.record.trial.before_image };
	uint32_t slot = 0, id;
	int r = loader_stage(c->loader, dep->image, d, &slot);

	id = loader_image_id(c->loader, slot);
	if (r == 0) {
		conditions_announce(c, dep, id);
		r = loader_force(c->loader, &trial, d);
	}
	if (r < 0)
		return refusal_of_failure("kernel", r, d);
	deployment_loaded(dep, id);
	/* The same bundle with another image is in force since it was first applied. */
	if (!dep->applied_ms)
		dep->applied_ms = clock_real_ms();
	swap_remember(c, dep);
	sweep_soon(c);
	return REFUSAL_NONE;
}
