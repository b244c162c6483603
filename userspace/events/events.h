/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Door of events/: decisions after the kernel made them. Records of the kernel side are kept for a
 * while under a short id, with what was known when they arrived, and told as JSON. Nothing is
 * decided again here.
 */
#pragma once

#include <stdint.h>

#include <postern/event.h>

#include "base/buf.h"
#include "base/json.h"

/* What the controller knows of the image that decided; all copied. */
struct event_origin {
	const char *policy; /* @id; "" when no policy decided */
	const char *advice; /* of that policy; NULL for none */
	const char *bundle; /* its name; "" when it is not known any more */
	uint64_t bundle_version;
};

/* One kept decision. Texts are safe to show; `raw` has the bytes as the kernel had them. */
struct event {
	uint64_t number; /* from 1, in order of arrival */
	char id[16];
	struct postern_event raw;
	int64_t time_ms; /* of the decision, since 1970 */
	char *policy, *advice, *bundle; /* owned; advice may be NULL */
	char *remedy; /* owned: what would take a denial away, in one phrase; NULL for nothing */
	uint64_t bundle_version;
	char user[64];
};

struct events;

/* Keeps the newest `capacity` decisions (at least 1). 0 or -ENOMEM. */
int events_new(size_t capacity, struct events **ret);
void events_free(struct events **e);
#define _cleanup_events_ _cleanup_(events_free)

/*
 * Keeps a record; the oldest goes when there is no more room. 0 or -ENOMEM, then it counts as lost.
 */
int events_add(struct events *e, const struct postern_event *record,
	       const struct event_origin *origin);

/* Keeps with the newest decision what would take it away. 0 or -ENOMEM. */
int events_set_remedy(struct events *e, const char *remedy);

/* Numbers of the oldest and the newest that are kept; both 0 while there is none. */
uint64_t events_oldest(const struct events *e);
uint64_t events_newest(const struct events *e);

/*
 * A kept decision by number, by id ("last": the newest), or NULL. Borrowed until the next
 * events_add().
 */
const struct event *events_at(const struct events *e, uint64_t number);
const struct event *events_find(const struct events *e, const char *id);

/*
 * Records that never arrived: gaps in each CPU's numbers, and what could not be kept. The kernel
 * side's own counter also knows of losses after the last record that arrived.
 */
uint64_t events_lost(const struct events *e);

/* The Event of the control interface. A new reference, or NULL for lack of memory. */
json_t *event_json(const struct event *e);

/*
 * The same for the systemd journal, in its native protocol
 * (systemd.io/JOURNAL_NATIVE_PROTOCOL): one datagram's worth, added to `out`. 0 or -ENOMEM.
 */
int event_journal(const struct event *e, struct buf *out);
