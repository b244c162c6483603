/* SPDX-License-Identifier: BSD-2-Clause */
/* Accepting bundles: each refusal has its own answer and a diagnostic, and changes nothing. */
#include "fixture.h"

#include "base/rfc3339.h"

static const char never[] = "2049-01-01T00:00:00Z";
static const uint8_t both[] = { ALICE, BOB, 0 };

static int64_t at(const char *time)
{
	int64_t ms = 0;

	assert_int_equal(rfc3339_parse(time, &ms), 0);
	return ms;
}

/* One attempt, and what came of it. */
struct attempt {
	struct diags d;
	struct bundle *b;
	struct trust next;
	bool already;
	int answer;
};

static void attempt_free(struct attempt *a)
{
	diags_free(&a->d);
	bundle_free(&a->b);
}

static void try(const struct trust *t, const struct buf *bytes, int64_t now, struct attempt *a)
{
	struct trust before = *t;

	attempt_free(a);
	*a = (struct attempt){ .d = DIAGS_INIT };
	a->answer = trust_accept(t, (const uint8_t *)bytes->data, bytes->len, "web-1.example.com",
				 now, &a->d, &a->b, &a->next, &a->already);
	assert_memory_equal(t, &before, sizeof(before));
	if (a->answer != BUNDLE_OK) {
		assert_null(a->b);
		assert_true(a->d.errors > 0);
		assert_non_null(a->d.items[0].hint);
	}
}

static void make_trust(struct trust *ret)
{
	memset(ret, 0, sizeof(*ret));
	fixture_root(2, &ret->root);
	ret->time_floor_ms = at("2026-01-01T00:00:00Z");
}

static void make_bundle(uint64_t version, const char *not_after, struct buf *out)
{
	_cleanup_buf_ struct buf payload = BUF_INIT;

	fixture_policy(version, not_after, &payload);
	fixture_container(BUNDLE_POLICY, &payload, both, out);
}

static void a_good_bundle_is_accepted_and_remembered(void **state)
{
	_cleanup_(attempt_free) struct attempt a = { 0 };
	_cleanup_buf_ struct buf first = BUF_INIT, second = BUF_INIT;
	struct trust trust, later;

	(void)state;
	make_trust(&trust);
	make_bundle(7, never, &first);
	try(&trust, &first, at("2026-06-01T00:00:00Z"), &a);
	assert_int_equal(a.answer, BUNDLE_OK);
	assert_false(a.already);
	assert_string_equal(a.b->name, "shop");
	assert_int_equal(a.next.policy_version, 7);
	assert_string_equal(a.next.policy_digest, a.b->digest);
	assert_int_equal(a.next.time_floor_ms, at("2026-06-01T00:00:00Z"));

	later = a.next;
	try(&later, &first, at("2026-06-02T00:00:00Z"), &a);
	assert_int_equal(a.answer, BUNDLE_OK);
	assert_true(a.already);

	make_bundle(8, never, &second);
	try(&later, &second, at("2026-06-02T00:00:00Z"), &a);
	assert_int_equal(a.answer, BUNDLE_OK);
	assert_false(a.already);
	assert_int_equal(a.next.policy_version, 8);
}

static void the_bundle_in_force_is_taken_up_again_after_its_end(void **state)
{
	_cleanup_(attempt_free) struct attempt a = { 0 };
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	struct trust trust;

	(void)state;
	make_trust(&trust);
	make_bundle(7, "2026-07-01T00:00:00Z", &bytes);
	try(&trust, &bytes, at("2026-06-01T00:00:00Z"), &a);
	assert_int_equal(a.answer, BUNDLE_OK);
	trust = a.next;
	try(&trust, &bytes, at("2026-08-01T00:00:00Z"), &a);
	assert_int_equal(a.answer, BUNDLE_OK);
	assert_true(a.already);
}

static void expect(const struct trust *t, const struct buf *bytes, const char *now,
		   enum bundle_answer answer)
{
	_cleanup_(attempt_free) struct attempt a = { 0 };

	try(t, bytes, at(now), &a);
	if (a.answer != (int)answer)
		fail_msg("%s, not %s", bundle_answer_name((enum bundle_answer)a.answer),
			 bundle_answer_name(answer));
}

static const char today[] = "2026-06-01T00:00:00Z";

static void the_wrong_signers_are_refused(void **state)
{
	static const struct {
		uint8_t seeds[4];
		enum bundle_answer answer;
	} cases[] = {
		{ { 0 }, BUNDLE_E_UNSIGNED },
		{ { ALICE, 0 }, BUNDLE_E_THRESHOLD },
		{ { ALICE, ALICE, ALICE, 0 }, BUNDLE_E_THRESHOLD },
		{ { ALICE, CAROL, 0 }, BUNDLE_E_THRESHOLD },
		{ { CAROL, 0 }, BUNDLE_E_KEY },
		{ { MALLORY, CAROL, 0 }, BUNDLE_E_KEY },
		{ { MALLORY, ALICE, BOB, 0 }, BUNDLE_OK },
	};
	_cleanup_buf_ struct buf payload = BUF_INIT;
	struct trust trust;

	(void)state;
	make_trust(&trust);
	fixture_policy(7, never, &payload);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_buf_ struct buf bytes = BUF_INIT;

		fixture_container(BUNDLE_POLICY, &payload, cases[i].seeds, &bytes);
		expect(&trust, &bytes, today, cases[i].answer);
	}
}

static void another_type_is_refused(void **state)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, root = BUF_INIT, revoke = BUF_INIT,
				 relabelled = BUF_INIT;
	struct trust trust;

	(void)state;
	make_trust(&trust);
	fixture_policy(7, never, &payload);
	fixture_container(BUNDLE_ROOT, &payload, both, &root);
	fixture_container(BUNDLE_REVOKE, &payload, both, &revoke);
	expect(&trust, &root, today, BUNDLE_E_TYPE);
	expect(&trust, &revoke, today, BUNDLE_E_TYPE);
	/* The same bytes and signatures under another name: the namespace gives it away. */
	buf_puts(&relabelled, "postern1 policy");
	buf_put(&relabelled, revoke.data + strlen("postern1 revoke"),
		revoke.len - strlen("postern1 revoke"));
	expect(&trust, &relabelled, today, BUNDLE_E_SIGNATURE);
}

static void old_other_and_far_versions_are_refused(void **state)
{
	_cleanup_buf_ struct buf older = BUF_INIT, same = BUF_INIT, next = BUF_INIT, far = BUF_INIT,
				 farthest = BUF_INIT, first = BUF_INIT;
	struct trust trust;

	(void)state;
	make_trust(&trust);
	trust.policy_version = 7;
	memset(trust.policy_digest, 'a', 64);
	make_bundle(6, never, &older);
	make_bundle(7, never, &same);
	make_bundle(1000007, never, &next);
	make_bundle(1000008, never, &far);
	make_bundle(INT64_MAX, never, &farthest);
	expect(&trust, &older, today, BUNDLE_E_ROLLBACK);
	expect(&trust, &same, today, BUNDLE_E_EQUIVOCATION);
	expect(&trust, &next, today, BUNDLE_OK);
	expect(&trust, &far, today, BUNDLE_E_JUMP);
	expect(&trust, &farthest, today, BUNDLE_E_JUMP);

	/* A first one has none before it to be far from, and could be the last. */
	trust.policy_version = 0;
	trust.policy_digest[0] = '\0';
	expect(&trust, &farthest, today, BUNDLE_E_JUMP);
	make_bundle(1000000000000, never, &first);
	expect(&trust, &first, today, BUNDLE_OK);
}

static void what_has_expired_is_refused(void **state)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	struct trust trust;

	(void)state;
	make_trust(&trust);
	make_bundle(7, "2026-06-01T00:00:00Z", &bytes);
	expect(&trust, &bytes, "2026-05-31T23:59:59Z", BUNDLE_OK);
	expect(&trust, &bytes, "2026-06-01T00:00:00Z", BUNDLE_E_EXPIRED);
	trust.root.not_after_ms = at("2026-05-01T00:00:00Z");
	expect(&trust, &bytes, "2026-05-02T00:00:00Z", BUNDLE_E_EXPIRED);
	expect(&trust, &bytes, "2026-04-02T00:00:00Z", BUNDLE_OK);
}

static void a_clock_set_back_does_not_help(void **state)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	struct trust trust;

	(void)state;
	make_trust(&trust);
	trust.time_floor_ms = at("2026-09-01T00:00:00Z");
	make_bundle(7, "2026-06-01T00:00:00Z", &bytes);
	expect(&trust, &bytes, "2026-05-01T00:00:00Z", BUNDLE_E_EXPIRED);
	expect(&trust, &bytes, "1970-01-01T00:00:00Z", BUNDLE_E_EXPIRED);
}

static void the_floor_never_falls(void **state)
{
	_cleanup_(attempt_free) struct attempt a = { 0 };
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	struct trust trust;

	(void)state;
	make_trust(&trust);
	make_bundle(7, never, &bytes);
	try(&trust, &bytes, at("2020-01-01T00:00:00Z"), &a);
	assert_int_equal(a.answer, BUNDLE_OK);
	assert_int_equal(a.next.time_floor_ms, trust.time_floor_ms);
}

static void another_host_s_bundle_is_refused(void **state)
{
	static const char json[] = "{\"format\":1,\"name\":\"shop\",\"version\":1,"
				   "\"audience\":[\"db-*.example.com\"]," FIXTURE_REST;
	_cleanup_buf_ struct buf payload = BUF_INIT, bytes = BUF_INIT;
	struct trust trust;

	(void)state;
	make_trust(&trust);
	fixture_payload(json, &payload);
	fixture_container(BUNDLE_POLICY, &payload, both, &bytes);
	expect(&trust, &bytes, today, BUNDLE_E_AUDIENCE);
}

/* A host that was renamed asks again whether the bundle in force is meant for it. */
static void a_renamed_host_is_asked_about_again(void **state)
{
	static const char json[] = "{\"format\":1,\"name\":\"shop\",\"version\":1,"
				   "\"audience\":[\"db-*.example.com\"]," FIXTURE_REST;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;
	_cleanup_buf_ struct buf payload = BUF_INIT;
	struct trust trust;

	(void)state;
	make_trust(&trust);
	fixture_payload(json, &payload);
	assert_int_equal(bundle_parse((uint8_t *)payload.data, payload.len, &d, &b), BUNDLE_OK);
	assert_int_equal(trust_readmit(&trust, b, "db-1.example.com", &d), BUNDLE_OK);
	assert_int_equal(d.errors, 0);
	assert_int_equal(trust_readmit(&trust, b, "web-1.example.com", &d), BUNDLE_E_AUDIENCE);
	assert_int_equal(d.errors, 1);
}

static void signed_nonsense_is_refused(void **state)
{
	_cleanup_buf_ struct buf plain = BUF_INIT, junk = BUF_INIT, a = BUF_INIT, b = BUF_INIT;
	struct trust trust;

	(void)state;
	make_trust(&trust);
	buf_puts(&plain, "{}"); /* not gzip */
	fixture_payload("{\"format\":1,\"format\":1}", &junk);
	fixture_container(BUNDLE_POLICY, &plain, both, &a);
	fixture_container(BUNDLE_POLICY, &junk, both, &b);
	expect(&trust, &a, today, BUNDLE_E_PAYLOAD);
	expect(&trust, &b, today, BUNDLE_E_PAYLOAD);
}

/*
 * Which answers a damaged file may have: never OK, never anything that comes after the signatures.
 */
static bool is_early(int answer)
{
	return answer == BUNDLE_E_FORMAT || answer == BUNDLE_E_SIZE || answer == BUNDLE_E_TYPE ||
	       answer == BUNDLE_E_UNSIGNED || answer == BUNDLE_E_KEY ||
	       answer == BUNDLE_E_SIGNATURE || answer == BUNDLE_E_THRESHOLD;
}

static void every_flipped_bit_is_refused_before_the_payload_is_read(void **state)
{
	_cleanup_(attempt_free) struct attempt a = { 0 };
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	struct trust trust;

	(void)state;
	make_trust(&trust);
	make_bundle(7, never, &bytes);
	for (size_t i = 0; i < bytes.len; i++)
		for (int bit = 0; bit < 8; bit++) {
			bytes.data[i] ^= (char)(1 << bit);
			try(&trust, &bytes, at(today), &a);
			if (!is_early(a.answer))
				fail_msg("byte %zu bit %d: %s", i, bit,
					 bundle_answer_name((enum bundle_answer)a.answer));
			bytes.data[i] ^= (char)(1 << bit);
		}
	try(&trust, &bytes, at(today), &a);
	assert_int_equal(a.answer, BUNDLE_OK);
}

static void every_truncation_is_refused(void **state)
{
	_cleanup_(attempt_free) struct attempt a = { 0 };
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	struct trust trust;

	(void)state;
	make_trust(&trust);
	make_bundle(7, never, &bytes);
	for (size_t n = 0; n < bytes.len; n++) {
		_cleanup_free_ char *copy = malloc(n ? n : 1);
		struct buf cut = { .data = copy, .len = n };

		assert_non_null(copy);
		memcpy(copy, bytes.data, n);
		try(&trust, &cut, at(today), &a);
		assert_int_equal(a.answer, BUNDLE_E_FORMAT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_bundle_is_accepted_and_remembered),
		cmocka_unit_test(the_bundle_in_force_is_taken_up_again_after_its_end),
		cmocka_unit_test(the_wrong_signers_are_refused),
		cmocka_unit_test(another_type_is_refused),
		cmocka_unit_test(old_other_and_far_versions_are_refused),
		cmocka_unit_test(what_has_expired_is_refused),
		cmocka_unit_test(a_clock_set_back_does_not_help),
		cmocka_unit_test(the_floor_never_falls),
		cmocka_unit_test(another_host_s_bundle_is_refused),
		cmocka_unit_test(a_renamed_host_is_asked_about_again),
		cmocka_unit_test(signed_nonsense_is_refused),
		cmocka_unit_test(every_flipped_bit_is_refused_before_the_payload_is_read),
		cmocka_unit_test(every_truncation_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
