/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Logins that must be refused, each with its own word, and the few that must not. A case spoils one
 * thing of a login that would have been accepted.
 */
#include "scene.h"

/* ---- what can be wrong ------------------------------------------------------------------------- */

static void no_session(struct scene *s)
{
	s->begins.session = POSTERN_NO_SESSION;
}
static void no_loginuid(struct scene *s)
{
	s->begins.loginuid = UINT32_MAX;
}
static void begins_as_another(struct scene *s)
{
	s->begins.uid = BOB;
}
static void answers_as_another(struct scene *s)
{
	s->answers.uid = BOB;
}
static void answers_from_no_session(struct scene *s)
{
	s->answers.session = POSTERN_NO_SESSION;
}
static void begins_six_times(struct scene *s)
{
	s->begun_before = 5;
}
static void answers_too_often(struct scene *s)
{
	s->begun_before = 3;
	s->tries_before = 3;
	s->name_space = "elsewhere";
}
static void asks_for_nothing(struct scene *s)
{
	s->does_not_begin = true;
}
static void answers_in_another_session(struct scene *s)
{
	s->answers.session = 8;
}
static void answers_over_another_line(struct scene *s)
{
	s->answers.connection = 2;
}

static void too_late(struct scene *s)
{
	s->answers.boot_ns = s->begins.boot_ns + SESSION_CHALLENGE_NS;
}
static void answered_before(struct scene *s)
{
	s->tries_before = 1;
}
static void answered_thrice(struct scene *s)
{
	s->tries_before = 2;
}
static void key_of_nobody(struct scene *s)
{
	s->token.seed = KEY_STRANGER;
}
static void key_of_another_type(struct scene *s)
{
	s->token.kind = TOKEN_P256;
}
static void key_for_another_use(struct scene *s)
{
	s->token.application = "ssh:other";
}
static void plain_key_for_a_token(struct scene *s)
{
	s->token = token_make(TOKEN_PLAIN, KEY_TOKEN);
}
static void nothing_in_force(struct scene *s)
{
	s->no_bundle = true;
}

static void revoked_key(struct scene *s)
{
	static uint8_t key[1][KEY_DIGEST];

	key_digest(&s->token, key[0]);
	s->revoked.keys = key;
	s->revoked.n_keys = 1;
}
static void revoked_identity(struct scene *s)
{
	static char name[] = "alice", *names[] = { name };

	s->revoked.identities = names;
	s->revoked.n_identities = 1;
}
static void revoked_session(struct scene *s)
{
	static struct revoked_session session = { BOOT, 7 };

	s->revoked.sessions = &session;
	s->revoked.n_sessions = 1;
}
static void key_of_another_account(struct scene *s)
{
	s->token.seed = KEY_BOB;
}
static void account_that_is_gone(struct scene *s)
{
	s->token.seed = KEY_GHOST;
}
static void untouched(struct scene *s)
{
	s->token.flags = 0;
}
static void untouched_p256(struct scene *s)
{
	s->token = token_make(TOKEN_P256, KEY_P256);
	s->token.flags = 0;
}
static void pin_without_touch(struct scene *s)
{
	s->token.flags = TOKEN_VERIFIED;
}
static void identity_wants_a_pin(struct scene *s)
{
	s->token.seed = KEY_STRICT;
}
static void purpose_wants_a_pin(struct scene *s)
{
	s->challenge.verify = true;
}
static void plain_key_has_no_pin(struct scene *s)
{
	s->token = token_make(TOKEN_PLAIN, KEY_PLAIN);
	s->challenge.verify = true;
}
static void counted(struct scene *s, uint32_t before)
{
	s->counted_before = true;
	s->counter_before = before;
}
static void same_counter(struct scene *s)
{
	counted(s, 8);
}
static void lower_counter(struct scene *s)
{
	counted(s, 9);
}
static void counter_that_fell_far(struct scene *s)
{
	counted(s, UINT32_MAX);
}
static void counter_back_at_zero(struct scene *s)
{
	s->token.counter = 0;
	counted(s, 1);
}

static const struct refused refused[] = {
	{ "asker in no session", no_session, SESSION_E_NO_SESSION },
	{ "asker without a loginuid", no_loginuid, SESSION_E_NO_SESSION },
	{ "answer from no session", answers_from_no_session, SESSION_E_NO_SESSION },
	{ "asker became another account", begins_as_another, SESSION_E_ACCOUNT },
	{ "answer by another account", answers_as_another, SESSION_E_ACCOUNT },
	{ "six challenges in a minute", begins_six_times, SESSION_E_RATE },
	{ "answers beyond the rate", answers_too_often, SESSION_E_RATE },
	{ "answer without a challenge", asks_for_nothing, SESSION_E_NO_CHALLENGE },
	{ "answer in another session", answers_in_another_session, SESSION_E_NO_CHALLENGE },
	{ "answer over another connection", answers_over_another_line, SESSION_E_CONNECTION },
	{ "answer after two minutes", too_late, SESSION_E_EXPIRED },
	{ "second answer", answered_before, SESSION_E_USED },
	{ "third answer", answered_thrice, SESSION_E_USED },
	{ "key of nobody", key_of_nobody, SESSION_E_KEY },
	{ "key of another type", key_of_another_type, SESSION_E_KEY },
	{ "key for another application", key_for_another_use, SESSION_E_KEY },
	{ "plain key in a token's place", plain_key_for_a_token, SESSION_E_KEY },
	{ "no bundle in force", nothing_in_force, SESSION_E_KEY },
	{ "revoked key", revoked_key, SESSION_E_REVOKED },
	{ "revoked identity", revoked_identity, SESSION_E_REVOKED },
	{ "revoked session", revoked_session, SESSION_E_REVOKED },
	{ "identity of another account", key_of_another_account, SESSION_E_IDENTITY },
	{ "identity whose account is gone", account_that_is_gone, SESSION_E_IDENTITY },
	{ "token untouched", untouched, SESSION_E_TOUCH },
	{ "P-256 token untouched", untouched_p256, SESSION_E_TOUCH },
	{ "PIN without touch", pin_without_touch, SESSION_E_TOUCH },
	{ "touch where the identity wants a PIN", identity_wants_a_pin, SESSION_E_VERIFY },
	{ "touch where the purpose wants a PIN", purpose_wants_a_pin, SESSION_E_VERIFY },
	{ "plain key where a PIN is wanted", plain_key_has_no_pin, SESSION_E_VERIFY },
	{ "counter stands still", same_counter, SESSION_E_COUNTER },
	{ "counter one too low", lower_counter, SESSION_E_COUNTER },
	{ "counter fell far", counter_that_fell_far, SESSION_E_COUNTER },
	{ "counter back at zero", counter_back_at_zero, SESSION_E_COUNTER },
};

/* ---- what is accepted ---------------------------------------------------------------------------- */

static void accepts(const struct scene *s, const char *identity)
{
	struct entity_set *set = entities();
	struct login_proof proof = { 0 };

	assert_string_equal(session_answer_name((enum session_answer)play(s, set, &proof)), "ok");
	assert_true(text_is(proof.identity->id, identity));
	assert_int_equal(proof.verified, (s->token.flags & TOKEN_VERIFIED) != 0 && proof.token);
	entity_set_free(&set);
}

static void each_kind_of_key_is_accepted(void **state)
{
	struct scene s = good();

	(void)state;
	accepts(&s, "alice");
	s.token = token_make(TOKEN_P256, KEY_P256);
	accepts(&s, "alice");
	s.token = token_make(TOKEN_PLAIN, KEY_PLAIN);
	accepts(&s, "alice");
	s.token = token_make(TOKEN_ED25519, KEY_STRICT);
	accepts(&s, "strict");
}

static void a_rising_counter_and_none_are_accepted(void **state)
{
	struct scene s = good();

	(void)state;
	counted(&s, 7);
	accepts(&s, "alice");
	counted(&s, 0);
	s.token.counter = 0;
	accepts(&s, "alice");
}

static void the_text_may_go_with_it(void **state)
{
	struct scene s = good();

	(void)state;
	s.sends_text = true;
	accepts(&s, "alice");
	s.challenge.verify = true;
	s.token.flags = TOKEN_TOUCHED | TOKEN_VERIFIED;
	accepts(&s, "alice");
}

static void the_last_moment_counts(void **state)
{
	struct scene s = good();

	(void)state;
	s.answers.boot_ns = s.begins.boot_ns + SESSION_CHALLENGE_NS - 1;
	accepts(&s, "alice");
}

static void five_a_minute_are_allowed(void **state)
{
	struct scene s = good();

	(void)state;
	s.begun_before = 4;
	accepts(&s, "alice");
}

int main(void)
{
	const struct CMUnitTest accepted[] = {
		cmocka_unit_test(each_kind_of_key_is_accepted),
		cmocka_unit_test(a_rising_counter_and_none_are_accepted),
		cmocka_unit_test(the_text_may_go_with_it),
		cmocka_unit_test(the_last_moment_counts),
		cmocka_unit_test(five_a_minute_are_allowed),
	};
	int failed = run_refused(refused, sizeof(refused) / sizeof(refused[0]));

	return failed + cmocka_run_group_tests_name("accepted", accepted, NULL, NULL);
}
