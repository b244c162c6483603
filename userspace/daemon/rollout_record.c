/* SPDX-License-Identifier: BSD-2-Clause */
/* What is remembered of bundles, as a value: see rollout_record.h. */
#include "daemon/rollout_record.h"

#include <string.h>

bool rollout_same(const struct store_entry *a, const struct store_entry *b)
{
	size_t x = strlen(a->digest), y = strlen(b->digest);

	return a->version == b->version && x && y &&
	       strncmp(a->digest, b->digest, x < y ? x : y) == 0;
}

struct rollout_bundle *rollout_find(struct rollout_record *r, const struct store_entry *e)
{
	for (size_t i = 0; i < r->n; i++)
		if (rollout_same(&r->bundles[i].entry, e))
			return &r->bundles[i];
	return NULL;
}

static size_t count(const struct rollout_record *r, bool confirmed)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += (r->bundles[i].confirmed_ms != 0) == confirmed;
	return n;
}

bool rollout_has_room(const struct rollout_record *r)
{
	return count(r, false) < POSTERN_BUNDLES_UNCONFIRMED && r->n < ROLLOUT_BUNDLES;
}

void rollout_add(struct rollout_record *r, const struct store_entry *e, int64_t now_ms)
{
	struct rollout_bundle *known = rollout_find(r, e);

	if (!known && r->n < ROLLOUT_BUNDLES) {
		known = &r->bundles[r->n++];
		*known = (struct rollout_bundle){ .entry = *e };
	}
	if (known)
		known->pushed_ms = now_ms;
}

static void forget(struct rollout_record *r, size_t i)
{
	r->n--;
	memmove(r->bundles + i, r->bundles + i + 1, (r->n - i) * sizeof(r->bundles[0]));
}

/* The confirmed one of the lowest version that is not selected; r->n if there is none. */
static size_t oldest(const struct rollout_record *r)
{
	size_t found = r->n;

	for (size_t i = 0; i < r->n; i++) {
		const struct rollout_bundle *b = &r->bundles[i];

		if (!b->confirmed_ms || rollout_same(&b->entry, &r->selected))
			continue;
		if (found == r->n || b->entry.version < r->bundles[found].entry.version)
			found = i;
	}
	return found;
}

/* What is below a confirmed version is never accepted again, and so needs no memory. */
static void forget_unconfirmed(struct rollout_record *r, const struct store_entry *e)
{
	for (size_t i = r->n; i-- > 0;)
		if (!r->bundles[i].confirmed_ms && r->bundles[i].entry.version <= e->version &&
		    !rollout_same(&r->bundles[i].entry, e))
			forget(r, i);
}

void rollout_set_confirmed(struct rollout_record *r, const struct store_entry *e, int64_t now_ms)
{
	struct rollout_bundle *known = rollout_find(r, e);
	bool more = !known || !known->confirmed_ms;

	forget_unconfirmed(r, e);
	r->selected = *e;
	while (more && count(r, true) >= POSTERN_BUNDLES_KEPT && oldest(r) < r->n)
		forget(r, oldest(r));
	if (!rollout_find(r, e))
		rollout_add(r, e, now_ms);
	known = rollout_find(r, e);
	if (known && more)
		known->confirmed_ms = now_ms;
}

const struct rollout_bundle *rollout_below(const struct rollout_record *r, uint64_t version)
{
	const struct rollout_bundle *found = NULL;

	for (size_t i = 0; i < r->n; i++) {
		const struct rollout_bundle *b = &r->bundles[i];

		if (b->confirmed_ms && b->entry.version < version &&
		    (!found || b->entry.version > found->entry.version))
			found = b;
	}
	return found;
}
