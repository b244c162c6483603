/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From one root document to the next: the order, both thresholds, and what is left of a rotation that a
 * crash cut off after each of its steps.
 */
#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "bundle/state.h"
#include "fixture.h"
#include "tmpdir.h"

static const char never[] = "2049-01-01T00:00:00Z";
static const uint8_t alice[] = { ALICE, 0 };
static const uint8_t bob[] = { BOB, 0 };
static const uint8_t both[] = { ALICE, BOB, 0 };

/* alice, bob, carol; the role root is `root`, the others are bob's. */
static void make_root(uint64_t version, const char *not_after, const char *root,
		      const uint8_t *seeds, struct buf *out)
{
	_cleanup_buf_ struct buf json = BUF_INIT;

	buf_printf(&json, "{\"format\":1,\"version\":%llu,\"notAfter\":\"%s\",\"keys\":{",
		   (unsigned long long)version, not_after);
	fixture_member("alice", ALICE, &json);
	buf_putc(&json, ',');
	fixture_member("bob", BOB, &json);
	buf_printf(&json,
		   "},\"roles\":{\"root\":%s,\"policy\":{\"threshold\":1,\"keys\":[\"bob\"]},"
		   "\"revoke\":{\"threshold\":1,\"keys\":[\"bob\"]}}}",
		   root);
	fixture_container(BUNDLE_ROOT, &json, seeds, out);
}

static const char of_alice[] = "{\"threshold\":1,\"keys\":[\"alice\"]}";
static const char of_bob[] = "{\"threshold\":1,\"keys\":[\"bob\"]}";
static const char of_both[] = "{\"threshold\":2,\"keys\":[\"alice\",\"bob\"]}";

static struct signed_file file_of(const struct buf *b)
{
	return (struct signed_file){ (const uint8_t *)b->data, b->len };
}

static void install(const char *dir, struct trust *ret)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	make_root(1, never, of_alice, alice, &bytes);
	assert_int_equal(trust_init(dir, (const uint8_t *)bytes.data, bytes.len, &d), BUNDLE_OK);
	assert_int_equal(trust_load(dir, &d, ret), BUNDLE_OK);
}

static int accept(const struct trust *t, const struct buf *files, size_t n, struct trust *next,
		  bool *already)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct signed_file chain[4];
	struct trust before = *t;
	int r;

	for (size_t i = 0; i < n; i++)
		chain[i] = file_of(&files[i]);
	memset(next, 0x5a, sizeof(*next));
	r = trust_accept_roots(t, chain, n, clock_real_ms(), &d, next, already);
	assert_memory_equal(t, &before, sizeof(before));
	assert_int_equal(r != BUNDLE_OK, d.errors > 0);
	if (r != BUNDLE_OK)
		assert_int_equal(next->policy_version, 0x5a5a5a5a5a5a5a5a);
	return r;
}

static void the_next_root_is_taken(void **state)
{
	_cleanup_buf_ struct buf next = BUF_INIT;
	struct trust t, later, loaded;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	const char *dir = *state;
	bool already = true;

	install(dir, &t);
	make_root(2, never, of_bob, both, &next);
	assert_int_equal(accept(&t, &next, 1, &later, &already), BUNDLE_OK);
	assert_false(already);
	assert_int_equal(later.root.version, 2);
	assert_true(later.time_floor_ms >= t.time_floor_ms);
	assert_int_equal(
		trust_store_root(dir, &later,
				 &(struct signed_file){ (const uint8_t *)next.data, next.len }),
		0);
	assert_int_equal(trust_load(dir, &d, &loaded), BUNDLE_OK);
	assert_int_equal(loaded.root.version, 2);
	assert_string_equal(loaded.root_digest, later.root_digest);

	/* Again: it is there already, and nothing is written. */
	assert_int_equal(accept(&loaded, &next, 1, &later, &already), BUNDLE_OK);
	assert_true(already);
	assert_memory_equal(&later, &loaded, sizeof(later));
}

static void each_wrong_root_has_its_own_answer(void **state)
{
	static const struct {
		uint64_t version;
		const char *not_after, *root;
		uint8_t seeds[3];
		enum bundle_answer answer;
	} cases[] = {
		{ 2, never, of_bob, { ALICE, 0 }, BUNDLE_E_KEY }, /* not by its own role */
		{ 2, never, of_bob, { BOB, 0 }, BUNDLE_E_KEY }, /* not by the role in force */
		{ 2, never, of_bob, { 0 }, BUNDLE_E_UNSIGNED },
		{ 2, never, of_both, { ALICE, 0 }, BUNDLE_E_THRESHOLD },
		{ 2, never, of_both, { ALICE, ALICE, 0 }, BUNDLE_E_THRESHOLD },
		{ 3, never, of_bob, { ALICE, BOB, 0 }, BUNDLE_E_GAP },
		{ 1, never, of_bob, { ALICE, BOB, 0 }, BUNDLE_E_EQUIVOCATION },
		{ 2, "2001-01-01T00:00:00Z", of_bob, { ALICE, BOB, 0 }, BUNDLE_E_EXPIRED },
		{ 2, never, "7", { ALICE, BOB, 0 }, BUNDLE_E_PAYLOAD },
	};
	struct trust t, next;
	bool already;

	install(*state, &t);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_buf_ struct buf bytes = BUF_INIT;

		make_root(cases[i].version, cases[i].not_after, cases[i].root, cases[i].seeds,
			  &bytes);
		assert_int_equal(accept(&t, &bytes, 1, &next, &already), cases[i].answer);
	}
}

static void an_older_root_is_a_rollback(void **state)
{
	_cleanup_buf_ struct buf first = BUF_INIT, next = BUF_INIT;
	struct trust t, later, after;
	bool already;

	install(*state, &t);
	make_root(2, never, of_alice, alice, &next);
	assert_int_equal(accept(&t, &next, 1, &later, &already), BUNDLE_OK);
	make_root(1, never, of_alice, alice, &first);
	assert_int_equal(accept(&later, &first, 1, &after, &already), BUNDLE_E_ROLLBACK);
}

/* A host that was away: the ones between may have expired, and none may be left out. */
static void a_chain_is_taken_as_a_whole(void **state)
{
	struct buf chain[3] = { BUF_INIT, BUF_INIT, BUF_INIT };
	struct trust t, later;
	bool already;

	install(*state, &t);
	make_root(2, "2001-01-01T00:00:00Z", of_both, both, &chain[0]);
	make_root(3, "2002-01-01T00:00:00Z", of_bob, both, &chain[1]);
	make_root(4, never, of_bob, bob, &chain[2]);
	assert_int_equal(accept(&t, chain, 3, &later, &already), BUNDLE_OK);
	assert_int_equal(later.root.version, 4);
	assert_int_equal(accept(&t, chain, 2, &later, &already), BUNDLE_E_EXPIRED);
	assert_int_equal(accept(&t, chain + 1, 2, &later, &already), BUNDLE_E_GAP);
	for (int i = 0; i < 3; i++)
		buf_free(&chain[i]);
}

/* Nothing that was stored is lowered by who computed his state before. */
static void states_are_joined(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf next = BUF_INIT;
	struct trust t, rotated, pushed, loaded;
	struct signed_file f;
	bool already;

	install(*state, &t);
	pushed = t;
	pushed.policy_version = 5;
	memset(pushed.policy_digest, 'a', 64);
	make_root(2, never, of_bob, both, &next);
	f = file_of(&next);
	assert_int_equal(accept(&t, &next, 1, &rotated, &already), BUNDLE_OK);
	assert_int_equal(trust_store_root(*state, &rotated, &f), 0);
	assert_int_equal(trust_store(*state, &pushed), 0); /* knows nothing of the rotation */
	assert_int_equal(trust_store(*state, &rotated), 0); /* and this nothing of the bundle */
	assert_int_equal(trust_load(*state, &d, &loaded), BUNDLE_OK);
	assert_int_equal(loaded.root.version, 2);
	assert_int_equal(loaded.policy_version, 5);
	assert_string_equal(loaded.policy_digest, pushed.policy_digest);
	pushed.policy_digest[0] = 'b';
	assert_int_equal(trust_store(*state, &pushed), -EEXIST);
	assert_int_equal(trust_store_root(*state, &t, &f), -EEXIST);
}

static void expect_root(const char *dir, uint64_t version)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct trust t;

	assert_int_equal(trust_load(dir, &d, &t), BUNDLE_OK);
	assert_int_equal(t.root.version, version);
}

static void put(const char *dir, const char *name, const void *bytes, size_t len)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(file_write_atomic(AT_FDCWD, path, bytes, len, 0600), 0);
}

/* The files as they are after each step of a rotation, and a rotation that goes on from there. */
static void what_a_crash_leaves_is_whole(void **state)
{
	_cleanup_free_ char *old = NULL, *after = NULL;
	_cleanup_buf_ struct buf second = BUF_INIT, third = BUF_INIT;
	struct trust t, later, last;
	struct signed_file f;
	size_t old_len, after_len;
	bool already;

	install(*state, &t);
	make_root(2, never, of_bob, both, &second);
	make_root(3, never, of_bob, bob, &third);
	f = file_of(&second);
	assert_int_equal(state_read(*state, ROOT_FILE, &old, &old_len), 0);
	assert_int_equal(accept(&t, &second, 1, &later, &already), BUNDLE_OK);

	put(*state, NEXT_ROOT_FILE, second.data, second.len); /* step 1 */
	expect_root(*state, 1);
	assert_int_equal(trust_store_root(*state, &later, &f), 0);
	assert_int_equal(state_read(*state, TRUST_FILE, &after, &after_len), 0);
	expect_root(*state, 2);

	put(*state, ROOT_FILE, old, old_len); /* step 2: trust.json is new, root.postern is not */
	put(*state, NEXT_ROOT_FILE, second.data, second.len);
	expect_root(*state, 2);
	assert_int_equal(accept(&later, &third, 1, &last, &already), BUNDLE_OK);
	f = file_of(&third);
	assert_int_equal(trust_store_root(*state, &last, &f), 0);
	expect_root(*state, 3);

	/* A next root that trust.json does not name is nobody's. */
	put(*state, NEXT_ROOT_FILE, second.data, second.len);
	expect_root(*state, 3);
	put(*state, NEXT_ROOT_FILE, "noise", 5);
	expect_root(*state, 3);
	put(*state, TRUST_FILE, after, after_len);
	put(*state, ROOT_FILE, third.data, third.len);
	{
		_cleanup_diags_ struct diags d = DIAGS_INIT;

		assert_int_equal(trust_load(*state, &d, &t), BUNDLE_E_TRUST);
	}
}

/* What was accepted stays so whoever is trusted now; anything else is not meant. */
static void what_is_stored_is_taken_up(void **state)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, other = BUF_INIT, good = BUF_INIT,
				 bad = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;
	struct signed_file f, g;
	struct container c;
	struct trust t;

	install(*state, &t);
	fixture_policy(7, "2001-01-01T00:00:00Z", &payload);
	fixture_policy(8, never, &other);
	fixture_container(BUNDLE_POLICY, &payload, (const uint8_t[]){ MALLORY, 0 }, &good);
	fixture_container(BUNDLE_POLICY, &other, bob, &bad);
	f = file_of(&good);
	g = file_of(&bad);
	assert_int_equal(trust_take_up(&t, &f, &d, &b), -ENOENT);
	t.policy_version = 7;
	assert_int_equal(digest_hex(payload.data, payload.len, t.policy_digest), 0);
	assert_int_equal(trust_take_up(&t, &g, &d, &b), -ENOENT);
	assert_int_equal(trust_stored(&t, BUNDLE_REVOKE, &f, &c), -ENOENT);
	assert_int_equal(trust_take_up(&t, &f, &d, &b), BUNDLE_OK);
	assert_int_equal(b->version, 7);
}

static void one_at_a_time(void **state)
{
	int one = trust_lock(*state);

	assert_true(one >= 0);
	assert_int_equal(trust_lock(*state), -EWOULDBLOCK);
	(void)close(one);
	one = trust_lock(*state);
	assert_true(one >= 0);
	(void)close(one);
	assert_int_equal(trust_lock("/nonexistent"), -ENOENT);
}

#define with_directory(test) cmocka_unit_test_setup_teardown(test, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_directory(the_next_root_is_taken),
		with_directory(each_wrong_root_has_its_own_answer),
		with_directory(an_older_root_is_a_rollback),
		with_directory(a_chain_is_taken_as_a_whole),
		with_directory(states_are_joined),
		with_directory(what_a_crash_leaves_is_whole),
		with_directory(what_is_stored_is_taken_up),
		with_directory(one_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
