/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Proofs against the rest of the world. A counter is on disk before its proof counts: a token that was
 * copied cannot be believed twice by a crash in between.
 */
#include "daemon/people.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/vec.h"
#include "daemon/controller.h"
#include "daemon/log.h"
#include "daemon/push.h"
#include "daemon/revoked.h"
#include "daemon/sweep.h"
#include "identity/identity.h"

#define COUNTERS_FILE "counters.json"

enum { REVIEW_EVERY = 15 }; /* rounds of the watch */

/* An account by its name or "#number", as User does. */
static bool uid_of(const char *name, uint32_t *ret, void *arg)
{
	struct identity_accounts_found found = { 0 };
	bool known;

	(void)arg;
	if (identity_find_accounts(IDENTITY_USERS, &name, 1, &found) < 0)
		return false;
	known = found.n == 1;
	if (known)
		*ret = found.items[0].number;
	identity_accounts_free(&found);
	return known;
}

struct login_world people_world(struct controller *c)
{
	const struct deployment *dep = controller_active(c);

	return (struct login_world){
		.entities = dep ? &dep->policies->identities : NULL,
		.revoked = c->people.revoked,
		.boot = c->boot,
		.counters = &c->people.counters,
		.uid_of = uid_of,
	};
}

static int load_counters(struct controller *c, struct diags *d)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r = store_read_text(&c->store, COUNTERS_FILE, &text, &len);

	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = counters_parse(text, len, d, &c->people.counters);
	if (r < 0)
		diag_error(
			d, "state", NOWHERE,
			"restore it from a backup; or remove it, and revoke keys that may be copied",
			"%s/%s cannot be read: %s", c->store.dir, COUNTERS_FILE, strerror(-r));
	return r;
}

/* Which machine, without saying which: 32 hex digits of a hash. */
static int name_host(char ret[33])
{
	char machine[256], digest[65];
	int r = identity_machine(machine, sizeof(machine));

	if (r == 0)
		r = digest_hex(machine, strlen(machine), digest);
	if (r == 0)
		(void)snprintf(ret, 33, "%.32s", digest);
	return r;
}

void people_problems(const struct controller *c, json_t *list)
{
	if (c->people.counters_lost)
		(void)json_array_append_new(
			list,
			json_sprintf(
				"nobody can log in: %s/" COUNTERS_FILE
				" cannot be read; try: restore it, or remove it and revoke keys that may be "
				"copied",
				c->store.dir));
	if (c->people.revoked_lost)
		(void)json_array_append_new(
			list,
			json_sprintf(
				"nobody can log in: the revoke document in %s is not the one that was "
				"accepted; try: push the newest one again",
				c->store.dir));
}

int people_start(struct controller *c, struct diags *d)
{
	int r = logins_new(&c->people.logins);

	if (r == 0)
		r = name_host(c->people.host);
	if (r < 0) {
		diag_error(d, "host", NOWHERE, "whether /etc/machine-id can be read",
			   "cannot tell which host this is: %s", strerror(-r));
		return r;
	}
	c->people.counters_lost = load_counters(c, d) < 0;
	c->people.revoked_lost = revoked_load(&c->store, d, &c->people.revoked) < 0;
	(void)people_review(c);
	return 0;
}

bool people_are_locked(const struct people *p)
{
	return p->counters_lost || p->revoked_lost;
}

/* What was lost may have been restored; what is wrong with it has been said. */
static void load_lost(struct controller *c)
{
	_cleanup_diags_ struct diags unsaid = DIAGS_INIT;
	struct people *p = &c->people;

	if (!people_are_locked(p))
		return;
	if (p->counters_lost)
		p->counters_lost = load_counters(c, &unsaid) < 0;
	if (p->revoked_lost)
		p->revoked_lost = revoked_load(&c->store, &unsaid, &p->revoked) < 0;
	if (!people_are_locked(p))
		log_info("people can log in again");
}

void people_watch(struct controller *c)
{
	load_lost(c);
	if (c->people.rounds++ % REVIEW_EVERY == 0)
		(void)people_review(c);
}

void people_stop(struct people *p)
{
	logins_free(&p->logins);
	counters_free(&p->counters);
	revocation_free(&p->revoked);
	*p = (struct people){ 0 };
}

/* ---- the kernel's sessions, one by one -------------------------------------------------------- */

struct known_session {
	uint32_t id;
	struct postern_session s;
	bool alive; /* some process belongs to it */
};

struct known_sessions {
	struct known_session *items;
	size_t n, cap;
	int err;
};

static void know(uint32_t id, const struct postern_session *s, void *arg)
{
	struct known_sessions *all = arg;

	if (vec_push(all, ((struct known_session){ .id = id, .s = *s })) < 0)
		all->err = -ENOMEM;
}

static int by_id(const void *a, const void *b)
{
	const struct known_session *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static void mark_alive(uint32_t id, void *arg)
{
	const struct known_sessions *all = arg;
	struct known_session key = { .id = id }, *found;

	found = all->n ? bsearch(&key, all->items, all->n, sizeof(key), by_id) : NULL;
	if (found)
		found->alive = true;
}

/*
 * What is remembered of a session after its proof went. To remove it needs no room: where the rest of it
 * cannot be kept, nothing is.
 */
static bool store_unproven(struct controller *c, uint32_t id, struct postern_session s)
{
	int r = session_unprove(&s) ? loader_session_put(c->loader, id, &s) : -ENOENT;

	if (r < 0)
		r = loader_session_remove(c->loader, id);
	if (r < 0 && r != -ENOENT)
		log_error("the proof of session %u cannot be ended: %s; try: restart posternd", id,
			  strerror(-r));
	return r == 0;
}

static bool review_one(struct controller *c, const struct known_session *k,
		       const struct login_world *w, uint64_t now)
{
	enum session_answer a = session_stands(k->id, &k->s, w, now);

	if (people_are_locked(&c->people) && k->s.identity_len)
		a = SESSION_E_REVOKED;
	if (!k->alive) {
		(void)people_forget(c, k->id);
		return session_is_proven(&k->s, now);
	}
	if (a == SESSION_OK)
		return false;
	log_info("the proof of %.*s in session %u ends: %s", (int)k->s.identity_len, k->s.identity,
		 k->id, session_answer_cause(a));
	return store_unproven(c, k->id, k->s);
}

/*
 * Which of them some process belongs to. Looked at twice: a process that is forked while /proc is read,
 * by one that then ends, can be missed once.
 */
static void find_alive(struct known_sessions *all)
{
	int r = identity_each_session(mark_alive, all);

	if (r == 0)
		r = identity_each_session(mark_alive, all);
	for (size_t i = 0; i < all->n && r < 0; i++)
		all->items[i].alive = true;
}

size_t people_review(struct controller *c)
{
	const struct login_world w = people_world(c);
	struct known_sessions all = { 0 };
	uint64_t now = clock_boot_ns();
	size_t ended = 0;
	int r = loader_sessions(c->loader, know, &all);

	/* without memory for all, those that are known are reviewed, and the rest with the next round */
	r = r < 0 ? r : all.err;
	if (r < 0)
		log_error(
			"not every login session could be reviewed: %s; what was revoked may still "
			"stand for %d s; try: postern lock --all",
			strerror(-r), REVIEW_EVERY);
	if (all.n) {
		qsort(all.items, all.n, sizeof(all.items[0]), by_id);
		find_alive(&all);
		for (size_t i = 0; i < all.n; i++)
			ended += review_one(c, &all.items[i], &w, now);
	}
	free(all.items);
	if (ended)
		sweep_soon(c);
	return ended;
}

/* ---- changes ----------------------------------------------------------------------------------- */

static int keep_counter(struct controller *c, const struct login_proof *proof)
{
	_cleanup_free_ char *text = NULL;
	int r;

	if (!proof->token)
		return 0;
	r = counters_set(&c->people.counters, proof->key, proof->counter);
	if (r < 0)
		return r;
	text = counters_text(&c->people.counters);
	return text ? store_write_text(&c->store, COUNTERS_FILE, text, strlen(text)) : -ENOMEM;
}

int people_prove(struct controller *c, const struct login_asker *who,
		 const struct login_proof *proof, struct postern_session *ret)
{
	struct postern_session before, s;
	bool known = loader_session_get(c->loader, who->session, &before) == 0;
	int r = keep_counter(c, proof);

	if (r == 0)
		r = session_prove(known ? &before : NULL, proof, who->loginuid, clock_boot_ns(),
				  &s);
	if (r == 0)
		r = loader_session_put(c->loader, who->session, &s);
	if (r < 0)
		return r;
	sweep_soon(c);
	*ret = s;
	return 0;
}

bool people_unprove(struct controller *c, uint32_t session, const char *why)
{
	struct postern_session s;

	if (loader_session_get(c->loader, session, &s) < 0 || s.identity_len == 0)
		return false;
	if (!store_unproven(c, session, s))
		return false;
	log_info("the proof of %.*s in session %u ends: %s", (int)s.identity_len, s.identity,
		 session, why);
	sweep_soon(c);
	return true;
}

int people_register(struct controller *c, uint32_t session, uint32_t uid)
{
	struct postern_session s = { 0 };
	int r;

	if (loader_session_get(c->loader, session, &s) < 0)
		s = (struct postern_session){ .uid = uid };
	s.flags |= POSTERN_SESSION_INTERACTIVE;
	r = loader_session_put(c->loader, session, &s);
	if (r == 0)
		sweep_soon(c);
	return r;
}

int people_forget(struct controller *c, uint32_t session)
{
	int r = loader_session_remove(c->loader, session);

	if (r == 0)
		sweep_soon(c);
	return r;
}

int people_revoke(struct controller *c, const struct container_bytes *in, bool dry, struct diags *d,
		  struct people_revoked *ret)
{
	_cleanup_revocation_ struct revocation *revoked = NULL;
	struct people_revoked done = { 0 };
	int r = revoked_accept(&c->store, in, dry, d, &revoked);

	if (r != BUNDLE_OK)
		return r;
	done.version = revoked->version;
	memcpy(done.digest, revoked->digest, sizeof(done.digest));
	done.already = c->people.revoked && strcmp(c->people.revoked->digest, done.digest) == 0;
	if (!dry) {
		revocation_free(&c->people.revoked);
		c->people.revoked_lost = false;
		c->people.revoked = TAKE_PTR(revoked);
		done.ended = people_review(c);
	}
	*ret = done;
	return BUNDLE_OK;
}
