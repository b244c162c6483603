/* SPDX-License-Identifier: BSD-2-Clause */
/* The kept decisions: a ring of the newest. */
#include "events/events.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/vec.h"
#include "events/record.h"
#include "identity/identity.h"

enum { CPUS_MAX = 65536, USER_KEPT_NS = 1000000000 };

struct events {
	struct event *ring; /* owned; number n lies at n % capacity */
	size_t capacity;
	uint64_t newest, kept;
	uint64_t lost;
	VEC(uint64_t) sequences; /* last seen of each CPU; 0: none yet */
	struct event_ids ids;
	struct {
		bool known;
		uint32_t uid;
		uint64_t since_ns;
		char name[64];
	} user; /* the last one looked up: a flood comes from one */
};

int events_new(size_t capacity, struct events **ret)
{
	struct events *e = calloc(1, sizeof(*e));

	if (!e)
		return -ENOMEM;
	e->capacity = capacity ? capacity : 1;
	e->ring = calloc(e->capacity, sizeof(*e->ring));
	if (!e->ring) {
		free(e);
		return -ENOMEM;
	}
	event_ids_start(&e->ids);
	*ret = e;
	return 0;
}

static void clear(struct event *e)
{
	free(e->policy);
	free(e->advice);
	free(e->remedy);
	free(e->bundle);
	*e = (struct event){ 0 };
}

void events_free(struct events **e)
{
	if (!*e)
		return;
	for (size_t i = 0; i < (*e)->capacity; i++)
		clear(&(*e)->ring[i]);
	free((*e)->ring);
	vec_free(&(*e)->sequences);
	free(*e);
	*e = NULL;
}

/* Room for that CPU's last number. NULL for lack of memory, or a CPU that cannot be. */
static uint64_t *sequence_of(struct events *e, uint32_t cpu)
{
	if (cpu >= CPUS_MAX)
		return NULL;
	while (e->sequences.n <= cpu)
		if (vec_push(&e->sequences, 0) < 0)
			return NULL;
	return &e->sequences.items[cpu];
}

/* Counts the numbers between the last record of that CPU and this one. */
static void count_gap(struct events *e, const struct postern_event *record)
{
	uint64_t *last = sequence_of(e, record->cpu);

	if (!last)
		return;
	/* The first one seen may have any number: what was before was not ours to see. */
	if (*last && record->sequence > *last + 1)
		e->lost += record->sequence - *last - 1;
	*last = record->sequence;
}

/* The user's name; asked again after a second. */
static const char *user_name(struct events *e, uint32_t uid)
{
	uint64_t now = clock_boot_ns();

	if (!e->user.known || e->user.uid != uid || now - e->user.since_ns > USER_KEPT_NS) {
		identity_account_name(IDENTITY_USERS, uid, e->user.name, sizeof(e->user.name));
		e->user.known = true;
		e->user.uid = uid;
		e->user.since_ns = now;
	}
	return e->user.name;
}

/* When a decision was made. A record from the future is of now: it can only be damaged. */
static int64_t time_of(const struct postern_event *record)
{
	uint64_t now = clock_boot_ns();
	uint64_t age = record->boottime < now ? now - record->boottime : 0;

	return clock_real_ms() - (int64_t)(age / 1000000);
}

static int fill(struct event *to, const struct postern_event *record,
		const struct event_origin *origin)
{
	to->raw = *record;
	to->time_ms = time_of(record);
	to->bundle_version = origin->bundle_version;
	to->policy = strdup(origin->policy);
	to->bundle = strdup(origin->bundle);
	to->advice = origin->advice ? strdup(origin->advice) : NULL;
	return to->policy && to->bundle && (to->advice || !origin->advice) ? 0 : -ENOMEM;
}

int events_add(struct events *e, const struct postern_event *record,
	       const struct event_origin *origin)
{
	struct event fresh = { .number = e->newest + 1 };
	struct event *place = &e->ring[fresh.number % e->capacity];

	count_gap(e, record);
	if (fill(&fresh, record, origin) < 0) {
		clear(&fresh);
		e->lost++;
		return -ENOMEM;
	}
	event_id(&e->ids, fresh.number, fresh.id);
	(void)snprintf(fresh.user, sizeof(fresh.user), "%s", user_name(e, record->uid));
	clear(place);
	*place = fresh;
	e->newest = fresh.number;
	if (e->kept < e->capacity)
		e->kept++;
	return 0;
}

uint64_t events_newest(const struct events *e)
{
	return e->newest;
}

int events_set_remedy(struct events *e, const char *remedy)
{
	struct event *newest = &e->ring[e->newest % e->capacity];
	char *kept = strdup(remedy);

	if (!kept)
		return -ENOMEM;
	free(newest->remedy);
	newest->remedy = kept;
	return 0;
}

uint64_t events_oldest(const struct events *e)
{
	return e->kept ? e->newest - e->kept + 1 : 0;
}

const struct event *events_at(const struct events *e, uint64_t number)
{
	if (number == 0 || number < events_oldest(e) || number > e->newest)
		return NULL;
	return &e->ring[number % e->capacity];
}

const struct event *events_find(const struct events *e, const char *id)
{
	uint64_t number;

	if (strcmp(id, "last") == 0)
		return events_at(e, e->newest);
	return event_id_parse(&e->ids, id, &number) < 0 ? NULL : events_at(e, number);
}

uint64_t events_lost(const struct events *e)
{
	return e->lost;
}
