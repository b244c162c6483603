/* SPDX-License-Identifier: BSD-2-Clause */
/* What counts: the worse of the last two readings, as long as the last one is fresh. */
#include <stdlib.h>
#include <string.h>

#include "posture/posture.h"

static bool is_fresh(const struct posture_history *h, uint64_t boot_ns)
{
	return h->readings >= 2 && boot_ns >= h->last.boot_ns &&
	       boot_ns - h->last.boot_ns <= POSTURE_STALE_NS;
}

static bool is_good_twice(const struct posture_history *h, enum posture_fact fact)
{
	return h->last.fact[fact].answer == POSTURE_GOOD &&
	       h->before.fact[fact].answer == POSTURE_GOOD;
}

bool posture_holds(const struct posture_history *h, enum posture_fact fact, uint64_t boot_ns)
{
	return posture_row(fact)->kind == POSTURE_BOOL && is_fresh(h, boot_ns) &&
	       is_good_twice(h, fact);
}

/* An age as it is at `boot_ns`. */
static int64_t grown(const struct posture *p, enum posture_fact fact, uint64_t boot_ns)
{
	int64_t ms, since = (int64_t)((boot_ns - p->boot_ns) / 1000000);

	return __builtin_add_overflow(p->fact[fact].ms, since, &ms) ? POSTURE_AGE_WORST : ms;
}

int64_t posture_age(const struct posture_history *h, enum posture_fact fact, uint64_t boot_ns)
{
	int64_t last, before;

	if (posture_row(fact)->kind != POSTURE_AGE || !is_fresh(h, boot_ns) ||
	    !is_good_twice(h, fact))
		return POSTURE_AGE_WORST;
	last = grown(&h->last, fact, boot_ns);
	before = grown(&h->before, fact, boot_ns);
	return last > before ? last : before;
}

static int by_name(const void *a, const void *b)
{
	const struct posture_custom *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Place of a custom fact of that name, or -1. A name that was refused can be cut short: it never holds. */
static long custom_find(const struct posture *p, const char *name)
{
	struct posture_custom key = { 0 };
	const struct posture_custom *found;

	memcpy(key.name, name, sizeof(key.name));
	found = bsearch(&key, p->custom, p->n_custom, sizeof(key), by_name);
	return found ? found - p->custom : -1;
}

bool posture_custom_holds(const struct posture_history *h, size_t i, int64_t now_ms,
			  uint64_t boot_ns)
{
	const struct posture_custom *last = &h->last.custom[i];
	long before = custom_find(&h->before, last->name);

	return is_fresh(h, boot_ns) && last->reading.answer == POSTURE_GOOD &&
	       last->until_ms > now_ms && before >= 0 &&
	       h->before.custom[before].reading.answer == POSTURE_GOOD;
}

/* What counted at the last reading, to tell what changed. */
static bool counts(const struct posture_history *h, enum posture_fact fact, uint64_t boot_ns)
{
	return is_fresh(h, boot_ns) && is_good_twice(h, fact);
}

/* Notes what counts now; whether anything differs from before. */
static bool note_facts(struct posture_history *h, int64_t now_ms)
{
	bool changed = false;

	for (int i = 0; i < POSTURE_FACTS; i++) {
		bool now = counts(h, (enum posture_fact)i, h->last.boot_ns);

		if (h->since_ms[i] != 0 && h->held[i] == now)
			continue;
		changed |= h->held[i] != now;
		h->held[i] = now;
		h->since_ms[i] = now_ms;
	}
	return changed;
}

/* What counted of custom facts before a reading: beside h->before. */
struct custom_was {
	bool held[POSTERN_POSTURE_CUSTOM_MAX];
	int64_t since_ms[POSTERN_POSTURE_CUSTOM_MAX];
};

/* The same for custom facts. */
static bool note_custom(struct posture_history *h, const struct custom_was *was, int64_t now_ms)
{
	size_t held = 0, kept = 0;

	for (size_t i = 0; i < h->last.n_custom; i++) {
		long old = custom_find(&h->before, h->last.custom[i].name);
		bool now = posture_custom_holds(h, i, now_ms, h->last.boot_ns);
		bool same = old >= 0 && was->held[old] == now;

		h->custom_held[i] = now;
		h->custom_since_ms[i] = same ? was->since_ms[old] : now_ms;
		held += now;
		kept += now && same;
	}
	for (size_t i = 0; i < h->before.n_custom; i++)
		held += was->held[i];
	return held != 2 * kept;
}

bool posture_history_add(struct posture_history *h, const struct posture *p, int64_t now_ms)
{
	struct custom_was was;
	bool changed;

	memcpy(was.held, h->custom_held, sizeof(was.held));
	memcpy(was.since_ms, h->custom_since_ms, sizeof(was.since_ms));
	if (h->readings > 0 &&
	    (p->boot_ns < h->last.boot_ns || p->boot_ns - h->last.boot_ns > POSTURE_STALE_NS))
		h->readings = 0;
	h->before = h->last;
	h->last = *p;
	h->readings += h->readings < 2;
	changed = note_facts(h, now_ms);
	changed |= note_custom(h, &was, now_ms);
	return changed;
}

bool posture_is_pending(const struct posture_history *h)
{
	for (int i = 0; i < POSTURE_FACTS; i++)
		if (h->last.fact[i].answer == POSTURE_GOOD && !h->held[i])
			return true;
	for (size_t i = 0; i < h->last.n_custom; i++)
		if (h->last.custom[i].reading.answer == POSTURE_GOOD && !h->custom_held[i])
			return true;
	return false;
}
