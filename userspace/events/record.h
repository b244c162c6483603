/* SPDX-License-Identifier: BSD-2-Clause */
/* Ids and texts of records. */
#pragma once

#include "events/events.h"

/* Ids of one run of the controller: its salt, then the number. */
struct event_ids {
	char salt[4];
};

enum { EVENT_ID_SIZE = sizeof(((struct event *)NULL)->id) };

/* A salt of this run, so that an id of an earlier one is not taken for another decision. */
void event_ids_start(struct event_ids *ids);
/* The id of a number: at most 3 + 11 characters. */
void event_id(const struct event_ids *ids, uint64_t number, char ret[EVENT_ID_SIZE]);
/* The way back. 0, or -EINVAL when it is no id of this run. */
int event_id_parse(const struct event_ids *ids, const char *id, uint64_t *ret);

/*
 * Bytes as text that is valid UTF-8 and moves no cursor: what is not becomes \xNN. A JSON string,
 * or NULL for lack of memory.
 */
json_t *event_text(const char *bytes, size_t len);
