/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bundles on trial: one is in force until it is confirmed, and at its deadline the kernel programs go back
 * to the one before by themselves. What is left to the controller is to know it, to say it, and to cut
 * what the one before does not allow; a controller that was dead then does it when it starts.
 */
#pragma once

#include "daemon/refusal.h"
#include "daemon/rollout_record.h"

struct controller;
struct control_peer;
struct deployment;

struct rollout_state {
	struct rollout_record record; /* as rollout.json has it */
	bool damaged; /* rollout.json is there and cannot be read: nothing is accepted */
	bool trying; /* the bundle in force is on trial: record.trial */
	struct deployment *before; /* owned: what is gone back to; NULL while trying: no policy */
	bool before_unsure; /* it was not compiled by us: its names are looked up again */
	int timer; /* owned; CLOCK_BOOTTIME; -1 before rollout_start() */
	uint64_t newest_connection; /* when the trial began: only later ones may confirm */
	struct store_entry lapsed; /* the last one that went back; version 0: none since the start */
};

#define ROLLOUT_INIT ((struct rollout_state){ .timer = -1 })

/* Wakes at deadlines from now on; the loop must be there. 0 or -errno. */
int rollout_start(struct controller *c);
void rollout_stop(struct controller *c);
/* When something ends that was begun or changed just now. */
void rollout_wake(struct controller *c);

/* Boot ns at which the bundle in force is gone back from; 0: it stays. */
uint64_t rollout_deadline(const struct rollout_state *r);

/* Does what is to be done about deadlines that have come. Before anything else is changed. */
void rollout_settle(struct controller *c);

/*
 * Whether a bundle may be pushed as far as earlier ones go: a version that was tried with other bytes is
 * equivocation, whatever became of it.
 */
struct refusal rollout_check(const struct controller *c, const struct store_entry *e, bool trial,
			     struct diags *d);

/* Writes down, before it is so, that `e` is tried. 0 or -errno, and then nothing has changed. */
int rollout_write_trial(struct controller *c, const struct store_entry *e, uint64_t deadline);
/* Writes down that `e` is confirmed and to be in force. 0 or -errno, and then nothing has changed. */
int rollout_write_selected(struct controller *c, const struct store_entry *e);
/* Puts back what was written before. 0 or -errno: then at least we know better. */
int rollout_write_back(struct controller *c, const struct rollout_record *before);

/* The version floor follows what was confirmed, and never goes back. 0, -errno, or a bundle_answer > 0 with diags. */
int rollout_raise_floor(struct controller *c, const struct store_entry *e, struct diags *d);

/* The image of `dep` (stolen) is in force: on trial, or to stay. */
void rollout_tried(struct controller *c, struct deployment *dep);
void rollout_kept(struct controller *c, struct deployment *dep);

/* Ends the trial: what was before it is in force. */
struct refusal rollout_end_trial(struct controller *c, struct diags *d);
/* At a start: a trial that the kernel does not run, or not any more, is over. */
void rollout_put_away(struct controller *c);

/* Removes containers that nobody can go back to. */
void rollout_prune(struct controller *c);

/* The bundle on trial stays. Who asks must have connected after it was pushed. */
struct refusal rollout_confirm(struct controller *c, const struct control_peer *who,
			       struct diags *d, struct store_entry *ret);

/*
 * Ends a trial, or puts a bundle in force that was confirmed once: of that version, or with 0 the newest
 * one below the one in force. *ret is what is in force then; version 0: nothing.
 */
struct rollback_wish {
	uint64_t version;
	bool force; /* also if the older bundle locks somebody out */
};
struct refusal rollout_back(struct controller *c, const struct rollback_wish *wish,
			    const struct control_peer *who, struct diags *d,
			    struct store_entry *ret);
