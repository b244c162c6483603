/* SPDX-License-Identifier: BSD-2-Clause */
/* How long a proof stands, and everything that ends it. */
#include "scene.h"

/* A bundle, a session that was proven in it, and the world around. */
struct stand {
	struct entity_set *set;
	struct login_proof proof;
	struct postern_session s;
	struct login_world w;
	struct revocation revoked;
	uint64_t now;
};

static struct stand proven(const struct scene *scene)
{
	struct stand t = { .set = entities(), .now = scene->answers.boot_ns };

	assert_int_equal(play(scene, t.set, &t.proof), SESSION_OK);
	assert_int_equal(session_prove(NULL, &t.proof, ALICE, t.now, &t.s), 0);
	t.w = (struct login_world){ .entities = t.set, .boot = BOOT, .uid_of = uid_of };
	return t;
}

static enum session_answer stands(struct stand *t)
{
	t->w.revoked = &t->revoked;
	return session_stands(7, &t->s, &t->w, t->now);
}

static void a_proof_lasts_twelve_hours(void **state)
{
	struct scene scene = good();
	struct stand t = proven(&scene);

	(void)state;
	assert_true(session_is_proven(&t.s, t.now));
	assert_int_equal(stands(&t), SESSION_OK);
	t.now += 12ull * 3600 * SECOND - 1;
	assert_true(session_is_proven(&t.s, t.now));
	assert_int_equal(stands(&t), SESSION_OK);
	t.now++;
	assert_false(session_is_proven(&t.s, t.now));
	assert_int_equal(stands(&t), SESSION_E_EXPIRED);
	entity_set_free(&t.set);
}

static void what_was_verified_stays_known(void **state)
{
	struct postern_session before = { .flags = POSTERN_SESSION_INTERACTIVE }, s;
	struct scene scene = good();
	struct stand t = proven(&scene);

	(void)state;
	assert_int_equal(t.s.flags, 0);
	assert_int_equal(session_prove(&before, &t.proof, ALICE, t.now, &s), 0);
	assert_int_equal(s.flags, POSTERN_SESSION_INTERACTIVE);
	t.proof.verified = true;
	assert_int_equal(session_prove(&before, &t.proof, ALICE, t.now, &s), 0);
	assert_int_equal(s.flags, POSTERN_SESSION_INTERACTIVE | POSTERN_SESSION_VERIFIED);
	/* a touch afterwards proves less than the PIN before */
	t.proof.verified = false;
	assert_int_equal(session_prove(&s, &t.proof, ALICE, t.now, &before), 0);
	assert_int_equal(before.flags, POSTERN_SESSION_INTERACTIVE);
	entity_set_free(&t.set);
}

static void what_is_revoked_ends_it(void **state)
{
	static char alice[] = "alice", strict[] = "strict", *names[] = { alice };
	struct revoked_session sessions[] = { { BOOT, 7 } };
	struct scene scene = good();
	struct stand t = proven(&scene);
	uint8_t keys[1][KEY_DIGEST];

	(void)state;
	memcpy(keys[0], t.s.key, KEY_DIGEST);
	t.revoked = (struct revocation){ .identities = names, .n_identities = 1 };
	assert_int_equal(stands(&t), SESSION_E_REVOKED);
	names[0] = strict;
	assert_int_equal(stands(&t), SESSION_OK);
	t.revoked = (struct revocation){ .keys = keys, .n_keys = 1 };
	assert_int_equal(stands(&t), SESSION_E_REVOKED);
	keys[0][0] ^= 1;
	assert_int_equal(stands(&t), SESSION_OK);
	t.revoked = (struct revocation){ .sessions = sessions, .n_sessions = 1 };
	assert_int_equal(stands(&t), SESSION_E_REVOKED);
	sessions[0].session = 8;
	assert_int_equal(stands(&t), SESSION_OK);
	sessions[0] = (struct revoked_session){ "22222222-2222-3333-4444-555555555555", 7 };
	assert_int_equal(stands(&t), SESSION_OK);
	entity_set_free(&t.set);
}

static void another_bundle_may_end_it(void **state)
{
	struct scene scene = good();
	struct stand t = proven(&scene);

	(void)state;
	/* the identity is another's key now */
	(void)snprintf(t.s.identity, sizeof(t.s.identity), "bob");
	t.s.identity_len = 3;
	assert_int_equal(stands(&t), SESSION_E_KEY);
	(void)snprintf(t.s.identity, sizeof(t.s.identity), "gone");
	t.s.identity_len = 4;
	assert_int_equal(stands(&t), SESSION_E_KEY);
	/* without a bundle only time and the revoke document are asked */
	t.w.entities = NULL;
	assert_int_equal(stands(&t), SESSION_OK);
	entity_set_free(&t.set);
}

static void the_account_and_the_demand_are_asked_again(void **state)
{
	struct scene scene = good();
	struct stand t;

	(void)state;
	scene.token = token_make(TOKEN_ED25519, KEY_STRICT);
	t = proven(&scene);
	assert_int_equal(stands(&t), SESSION_OK);
	t.s.flags &= ~(uint32_t)POSTERN_SESSION_VERIFIED;
	assert_int_equal(stands(&t), SESSION_E_VERIFY);
	t.s.uid = BOB;
	assert_int_equal(stands(&t), SESSION_E_IDENTITY);
	entity_set_free(&t.set);
}

static void what_is_left_of_it(void **state)
{
	struct scene scene = good();
	struct stand t = proven(&scene);

	(void)state;
	assert_false(session_unprove(&t.s));
	assert_false(session_is_proven(&t.s, t.now));
	assert_int_equal(stands(&t), SESSION_OK);
	t.s.flags = POSTERN_SESSION_INTERACTIVE | POSTERN_SESSION_VERIFIED;
	assert_true(session_unprove(&t.s));
	assert_int_equal(t.s.flags, POSTERN_SESSION_INTERACTIVE);
	assert_int_equal(t.s.identity_len, 0);
	entity_set_free(&t.set);
}

static void counters_come_back(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct counters c = COUNTERS_INIT, back = COUNTERS_INIT;
	uint8_t key[POSTERN_SESSION_KEY];
	char *text;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		memset(key, (int)(i * 37 % 251), sizeof(key));
		assert_int_equal(counters_set(&c, key, i), 0);
	}
	text = counters_text(&c);
	assert_non_null(text);
	assert_int_equal(counters_parse(text, strlen(text), &d, &back), 0);
	assert_int_equal(back.n, c.n);
	assert_memory_equal(back.items, c.items, c.n * sizeof(c.items[0]));
	free(text);
	counters_free(&c);
	counters_free(&back);
}

static void damaged_counters_are_refused(void **state)
{
	static const char *const damaged[] = {
		"",
		"{}",
		"{\"format\":1}",
		"{\"format\":2,\"counters\":{}}",
		"{\"format\":1,\"counters\":[]}",
		"{\"format\":1,\"counters\":{\"00\":1}}",
		"{\"format\":1,\"counters\":{},\"more\":1}",
		"{\"format\":1,\"counters\":{\"0000000000000000000000000000000000000000000000000000000000000000\":-1}}",
		"{\"format\":1,\"counters\":{\"0000000000000000000000000000000000000000000000000000000000000000\":4294967296}}",
		"{\"format\":1,\"counters\":{\"000000000000000000000000000000000000000000000000000000000000000G\":1}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
		_cleanup_diags_ struct diags d = DIAGS_INIT;
		struct counters c = COUNTERS_INIT;

		assert_int_equal(counters_parse(damaged[i], strlen(damaged[i]), &d, &c), -EBADMSG);
		assert_null(c.items);
		assert_true(d.n > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proof_lasts_twelve_hours),
		cmocka_unit_test(what_was_verified_stays_known),
		cmocka_unit_test(what_is_revoked_ends_it),
		cmocka_unit_test(another_bundle_may_end_it),
		cmocka_unit_test(the_account_and_the_demand_are_asked_again),
		cmocka_unit_test(what_is_left_of_it),
		cmocka_unit_test(counters_come_back),
		cmocka_unit_test(damaged_counters_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
