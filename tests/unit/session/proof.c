/* SPDX-License-Identifier: BSD-2-Clause */
/* What a proof is in the kernel's map, how long it counts, and what takes it away. */
#include "scene.h"

static const uint64_t now = 1000ull * SECOND;

/* alice's proof by her token, made at `now`. */
static struct postern_session proven(struct entity_set *set, bool verified)
{
	const struct text alice = { "alice", 5 };
	struct token t = token_make(TOKEN_ED25519, KEY_TOKEN);
	struct login_proof p = { .identity = entity_find(set, ENTITY_IDENTITY, alice),
				 .token = true,
				 .verified = verified };
	struct postern_session s;

	key_digest(&t, p.key);
	assert_int_equal(session_prove(NULL, &p, ALICE, now, &s), 0);
	return s;
}

static void it_says_who_and_until_when(void **state)
{
	struct entity_set *set = entities();
	struct postern_session s = proven(set, true);

	(void)state;
	assert_int_equal(s.uid, ALICE);
	assert_int_equal(s.identity_len, 5);
	assert_string_equal(s.identity, "alice");
	assert_int_equal(s.flags, POSTERN_SESSION_VERIFIED | POSTERN_SESSION_TOUCHED);
	assert_true(s.proof_boottime == now);
	assert_true(s.end_boottime - now == 12ull * 3600 * SECOND);
	entity_set_free(&set);
}

static void it_counts_for_twelve_hours(void **state)
{
	struct entity_set *set = entities();
	struct postern_session s = proven(set, false);

	(void)state;
	assert_true(session_is_proven(&s, now));
	assert_true(session_is_proven(&s, s.end_boottime - 1));
	assert_false(session_is_proven(&s, s.end_boottime));
	assert_false(session_is_proven(&s, UINT64_MAX));
	entity_set_free(&set);
}

static void a_session_stays_interactive(void **state)
{
	struct entity_set *set = entities();
	struct postern_session s = proven(set, true), again;
	struct login_proof p = { .identity = set->items[0] };

	(void)state;
	s.flags |= POSTERN_SESSION_INTERACTIVE;
	assert_int_equal(session_prove(&s, &p, ALICE, now, &again), 0);
	assert_int_equal(again.flags, POSTERN_SESSION_INTERACTIVE);
	assert_true(session_unprove(&again));
	assert_int_equal(again.identity_len, 0);
	assert_true(again.proof_boottime == 0 && again.end_boottime == 0);
	assert_int_equal(again.flags, POSTERN_SESSION_INTERACTIVE);
	assert_false(session_is_proven(&again, now));
	s = proven(set, true);
	assert_false(session_unprove(&s));
	entity_set_free(&set);
}

static void an_id_that_does_not_fit_proves_nothing(void **state)
{
	char name[POSTERN_IDENTITY_MAX + 1];
	struct entity e = { .kind = ENTITY_IDENTITY };
	struct login_proof p = { .identity = &e };
	struct postern_session s;

	(void)state;
	memset(name, 'n', sizeof(name));
	e.id = (struct text){ name, POSTERN_IDENTITY_MAX };
	assert_int_equal(session_prove(NULL, &p, ALICE, now, &s), -E2BIG);
	e.id.len = POSTERN_IDENTITY_MAX - 1;
	assert_int_equal(session_prove(NULL, &p, ALICE, now, &s), 0);
	assert_int_equal(s.identity[POSTERN_IDENTITY_MAX - 1], 0);
}

/* ---- what takes it away -------------------------------------------------------------------------- */

struct fate {
	struct postern_session s;
	struct revocation revoked;
	struct entity *alice; /* may be changed */
	uint64_t at;
	bool no_bundle;
};

static void nothing(struct fate *f)
{
	(void)f;
}
static void no_bundle(struct fate *f)
{
	f->no_bundle = true;
}
static void time_passes(struct fate *f)
{
	f->at = f->s.end_boottime;
}
static void nonsense(struct fate *f)
{
	f->s.identity_len = POSTERN_IDENTITY_MAX;
}
static void identity_goes(struct fate *f)
{
	strcpy(f->s.identity, "carla");
}
static void key_goes(struct fate *f)
{
	f->s.key[31] ^= 1;
}
static void account_changes(struct fate *f)
{
	f->s.uid = BOB;
}
static void pin_is_wanted(struct fate *f)
{
	f->alice->require_verified = true;
}
static void pin_was_there(struct fate *f)
{
	f->alice->require_verified = true;
	f->s.flags |= POSTERN_SESSION_VERIFIED;
}
static void key_is_revoked(struct fate *f)
{
	f->revoked.keys = &f->s.key;
	f->revoked.n_keys = 1;
	f->no_bundle = true;
}
static void identity_is_revoked(struct fate *f)
{
	static char name[] = "alice", *names[] = { name };

	f->revoked.identities = names;
	f->revoked.n_identities = 1;
	f->no_bundle = true;
}
static void session_is_revoked(struct fate *f)
{
	static struct revoked_session session = { BOOT, 7 };

	f->revoked.sessions = &session;
	f->revoked.n_sessions = 1;
}
static void others_are_revoked(struct fate *f)
{
	static struct revoked_session session[] = { { BOOT, 8 },
						    { "21111111-2222-3333-4444-555555555555", 7 } };
	static char longer[] = "alice2", shorter[] = "alic", *names[] = { longer, shorter };
	static uint8_t key[1][KEY_DIGEST];

	f->revoked = (struct revocation){ .sessions = session,
					  .n_sessions = 2,
					  .identities = names,
					  .n_identities = 2,
					  .keys = key,
					  .n_keys = 1 };
}

static void what_ends_it(void **state)
{
	static const struct {
		const char *name;
		void (*happens)(struct fate *f);
		enum session_answer expect;
	} cases[] = {
		{ "nothing", nothing, SESSION_OK },
		{ "no bundle in force", no_bundle, SESSION_OK },
		{ "others revoked", others_are_revoked, SESSION_OK },
		{ "PIN wanted and given", pin_was_there, SESSION_OK },
		{ "twelve hours", time_passes, SESSION_E_EXPIRED },
		{ "nonsense in the map", nonsense, SESSION_E_EXPIRED },
		{ "identity gone", identity_goes, SESSION_E_KEY },
		{ "key gone", key_goes, SESSION_E_KEY },
		{ "other account", account_changes, SESSION_E_IDENTITY },
		{ "PIN wanted now", pin_is_wanted, SESSION_E_VERIFY },
		{ "key revoked", key_is_revoked, SESSION_E_REVOKED },
		{ "identity revoked", identity_is_revoked, SESSION_E_REVOKED },
		{ "session revoked", session_is_revoked, SESSION_E_REVOKED },
	};
	const struct text alice = { "alice", 5 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct entity_set *set = entities();
		struct fate f = { .s = proven(set, false), .at = now + SECOND };
		struct login_world w = { .revoked = &f.revoked, .boot = BOOT, .uid_of = uid_of };
		enum session_answer a;

		f.alice = (struct entity *)(uintptr_t)entity_find(set, ENTITY_IDENTITY, alice);
		cases[i].happens(&f);
		w.entities = f.no_bundle ? NULL : set;
		a = session_stands(7, &f.s, &w, f.at);
		if (a != cases[i].expect)
			fail_msg("%s: %s", cases[i].name, session_answer_name(a));
		entity_set_free(&set);
	}
}

static void without_a_proof_nothing_ends(void **state)
{
	const struct postern_session s = { .flags = POSTERN_SESSION_INTERACTIVE };
	const struct login_world w = { .boot = BOOT, .uid_of = uid_of };

	(void)state;
	assert_int_equal(session_stands(7, &s, &w, now), SESSION_OK);
}

static void every_answer_has_its_words(void **state)
{
	(void)state;
	for (int a = 0; a < SESSION_ANSWERS; a++) {
		enum session_answer one = (enum session_answer)a;

		assert_true(*session_answer_cause(one) && *session_answer_hint(one));
		for (int b = 0; b < a; b++)
			assert_string_not_equal(session_answer_name(one),
						session_answer_name((enum session_answer)b));
	}
	assert_string_equal(session_answer_name((enum session_answer)SESSION_ANSWERS), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_who_and_until_when),
		cmocka_unit_test(it_counts_for_twelve_hours),
		cmocka_unit_test(a_session_stays_interactive),
		cmocka_unit_test(an_id_that_does_not_fit_proves_nothing),
		cmocka_unit_test(what_ends_it),
		cmocka_unit_test(without_a_proof_nothing_ends),
		cmocka_unit_test(every_answer_has_its_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
