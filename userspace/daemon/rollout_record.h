/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rollout.json: which accepted bundle is to be in force, which one is tried until somebody confirms it,
 * what was ever seen of versions that nobody has confirmed, and whether somebody broke the glass.
 */
#pragma once

#include <postern/limits.h>

#include "daemon/store.h"

enum { ROLLOUT_BUNDLES = POSTERN_BUNDLES_KEPT + POSTERN_BUNDLES_UNCONFIRMED };
enum { ROLLOUT_REASON_MAX = 256 }; /* bytes of a reason, with a NUL */

/* A bundle that was in force at some time. */
struct rollout_bundle {
	struct store_entry entry;
	int64_t pushed_ms;
	int64_t confirmed_ms; /* 0: never */
};

/* One that is in force until somebody confirms it. */
struct rollout_trial {
	struct store_entry entry; /* version 0: there is none */
	char boot[37]; /* whose boot clock it is: after another boot the trial is over */
	uint64_t deadline; /* boot ns */
	uint32_t before_image; /* that is fallen back to; 0: none */
	char before_facts[65]; /* of it, as in active.json; "" for none */
};

/* Enforcement that somebody took back for a while. */
struct rollout_glass {
	char boot[37]; /* "": nobody did */
	uint64_t observe_until; /* boot ns; 0: it was detached, until somebody says otherwise */
	int64_t since_ms;
	uint32_t uid;
	char reason[ROLLOUT_REASON_MAX];
};

struct rollout_record {
	struct store_entry
		selected; /* confirmed, and in force unless another one is tried; version 0: none */
	struct rollout_trial trial;
	struct rollout_glass glass;
	struct rollout_bundle bundles[ROLLOUT_BUNDLES];
	size_t n;
};

/* 0, -ENOENT, -EBADMSG when it is damaged, -errno. */
int rollout_record_read(const struct store *s, struct rollout_record *ret);
/* Replaces it durably. 0 or -errno. */
int rollout_record_write(const struct store *s, const struct rollout_record *r);

/* Whether both are the same container; a digest of 16 digits is one that was cut short. */
bool rollout_same(const struct store_entry *a, const struct store_entry *b);
/* The one with that content, or NULL. */
struct rollout_bundle *rollout_find(struct rollout_record *r, const struct store_entry *e);
/*
 * Adds one that nobody has confirmed yet, unless it is known; it must have room. Versions that were
 * never confirmed are remembered whatever becomes of them.
 */
void rollout_add(struct rollout_record *r, const struct store_entry *e, int64_t now_ms);
/* Whether another version that nobody has confirmed finds room. */
bool rollout_has_room(const struct rollout_record *r);
/*
 * `e` is confirmed and selected. What was seen up to its version and never confirmed needs no memory any
 * more, as no older version is accepted; of the confirmed ones the newest are kept, and it.
 */
void rollout_set_confirmed(struct rollout_record *r, const struct store_entry *e, int64_t now_ms);
/* The newest confirmed one below that version; NULL. */
const struct rollout_bundle *rollout_below(const struct rollout_record *r, uint64_t version);
