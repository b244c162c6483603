/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is proven to be there: logins under way, what tokens counted, what was revoked, and the kernel's
 * sessions kept in line with all of it. The kernel's map is the only place where proofs are, so a
 * restart loses none and a reboot all.
 */
#pragma once

#include "base/diag.h"
#include "base/json.h"
#include "bundle/bundle.h"
#include "session/session.h"

struct controller;
struct container_bytes;

struct people {
	struct logins *logins; /* owned */
	struct counters counters; /* owned; as counters.json has them */
	struct revocation *revoked; /* owned; NULL: no revoke document was accepted */
	char host[33]; /* of challenges */
	/* what must be known cannot be read: nobody is believed until it can */
	bool counters_lost, revoked_lost;
	unsigned rounds; /* of people_watch() */
};

/*
 * Reads what the state directory has. Without counters.json or the revoke document copied tokens and
 * revoked keys would be believed: where one is damaged all proofs end, no login is accepted, and the
 * state is degraded, with the cause; pushing the revoke document again mends its part. 0 or -errno with
 * diags.
 */
int people_start(struct controller *c, struct diags *d);
void people_stop(struct people *p);

/* Whether nobody can be believed now, and why: each cause a sentence, added to the array. */
bool people_are_locked(const struct people *p);
void people_problems(const struct controller *c, json_t *list);

/* Once a second: now and then people_review(). */
void people_watch(struct controller *c);

/* What answers to challenges, and proofs, are judged by now. Borrows from the controller. */
struct login_world people_world(struct controller *c);

/*
 * Ends proofs that no longer stand by what is in force, and forgets sessions whose last process is
 * gone. Returns how many proofs ended; then live connections are looked at again soon.
 */
size_t people_review(struct controller *c);

/* Writes an accepted proof into the kernel and its counter to disk, the counter first. 0 or -errno. */
int people_prove(struct controller *c, const struct login_asker *who,
		 const struct login_proof *proof, struct postern_session *ret);

/*
 * Ends the proof of a session; it stays interactive. Whether there was one. What ends it is logged.
 */
bool people_unprove(struct controller *c, uint32_t session, const char *why);

/* Registers a session as one of a person who logged in, or forgets it altogether. 0 or -errno. */
int people_register(struct controller *c, uint32_t session, uint32_t uid);
int people_forget(struct controller *c, uint32_t session);

/* What a revoke document came to. */
struct people_revoked {
	uint64_t version;
	char digest[65];
	size_t ended; /* proofs */
	bool already; /* it was in force before */
};

/*
 * Takes a revoke document: verified, newer than the last one, written durably, then in force; with `dry`
 * only says whether it would be. A bundle_answer or -errno, with diags.
 */
int people_revoke(struct controller *c, const struct container_bytes *in, bool dry, struct diags *d,
		  struct people_revoked *ret);
