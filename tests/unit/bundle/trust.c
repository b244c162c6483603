/* SPDX-License-Identifier: BSD-2-Clause */
/* What a host remembers: whole, or nothing is accepted; installed once, never replaced. */
#include <errno.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "fixture.h"
#include "tmpdir.h"

static const uint8_t alice[] = { ALICE, 0 };

static char *at(const char *dir, const char *name)
{
	static char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void make_root(unsigned threshold, const char *not_after, const uint8_t *seeds,
		      struct buf *out)
{
	_cleanup_buf_ struct buf json = BUF_INIT;

	fixture_root_json(threshold, not_after, &json);
	fixture_container(BUNDLE_ROOT, &json, seeds, out);
}

static int init(const char *dir, const struct buf *bytes)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	int r = trust_init(dir, (const uint8_t *)bytes->data, bytes->len, &d);

	assert_int_equal(r != 0, d.errors > 0);
	return r;
}

static int load(const char *dir, struct trust *ret)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	int r;

	memset(ret, 0x5a, sizeof(*ret));
	r = trust_load(dir, &d, ret);
	assert_int_equal(r != 0, d.errors > 0);
	if (r != 0)
		assert_int_equal(ret->policy_version, 0x5a5a5a5a5a5a5a5a);
	return r;
}

static void install(const char *dir)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT;

	make_root(2, "2049-01-01T00:00:00Z", alice, &bytes);
	assert_int_equal(init(dir, &bytes), BUNDLE_OK);
}

static void an_installed_root_is_loaded(void **state)
{
	int64_t before = clock_real_ms();
	struct trust trust;
	struct stat st;

	install(*state);
	assert_int_equal(load(*state, &trust), BUNDLE_OK);
	assert_int_equal(trust.root.version, 1);
	assert_int_equal(trust.root.n_keys, 3);
	assert_int_equal(trust.policy_version, 0);
	assert_string_equal(trust.policy_digest, "");
	assert_true(trust.time_floor_ms >= before);
	assert_int_equal(stat(at(*state, "trust.json"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(at(*state, "root.postern"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void what_is_stored_is_loaded(void **state)
{
	struct trust trust, again;

	install(*state);
	assert_int_equal(load(*state, &trust), BUNDLE_OK);
	trust.policy_version = 1234567890123;
	memset(trust.policy_digest, 'a', 64);
	trust.policy_digest[64] = '\0';
	trust.time_floor_ms += 12345;
	assert_int_equal(trust_store(*state, &trust), 0);
	assert_int_equal(load(*state, &again), BUNDLE_OK);
	assert_int_equal(again.policy_version, trust.policy_version);
	assert_string_equal(again.policy_digest, trust.policy_digest);
	assert_int_equal(again.time_floor_ms, trust.time_floor_ms);
}

static void the_directory_is_made(void **state)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/var/lib/postern", (char *)*state);
	install(path);
}

static void an_empty_directory_has_no_trust(void **state)
{
	struct trust trust;

	assert_int_equal(load(*state, &trust), BUNDLE_E_TRUST);
	assert_int_equal(load("/nonexistent", &trust), BUNDLE_E_TRUST);
}

static void a_root_is_never_replaced(void **state)
{
	_cleanup_buf_ struct buf other = BUF_INIT, same = BUF_INIT;
	struct trust trust;

	install(*state);
	make_root(1, "2049-01-01T00:00:00Z", alice, &other);
	make_root(2, "2049-01-01T00:00:00Z", alice, &same);
	assert_int_equal(init(*state, &other), BUNDLE_E_TRUST);
	assert_int_equal(init(*state, &same), BUNDLE_E_TRUST);
	assert_int_equal(load(*state, &trust), BUNDLE_OK);
	assert_int_equal(trust.root.roles[BUNDLE_POLICY].threshold, 2);
}

static void roots_that_do_not_vouch_for_themselves_are_refused(void **state)
{
	static const struct {
		uint8_t seeds[3];
		enum bundle_answer answer;
	} cases[] = {
		{ { 0 }, BUNDLE_E_UNSIGNED },
		{ { BOB, 0 }, BUNDLE_E_KEY },
		{ { MALLORY, CAROL, 0 }, BUNDLE_E_KEY },
	};
	_cleanup_buf_ struct buf expired = BUF_INIT, policy = BUF_INIT, payload = BUF_INIT,
				 nonsense = BUF_INIT;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_buf_ struct buf bytes = BUF_INIT;

		make_root(2, "2049-01-01T00:00:00Z", cases[i].seeds, &bytes);
		assert_int_equal(init(*state, &bytes), cases[i].answer);
	}
	make_root(2, "2001-01-01T00:00:00Z", alice, &expired);
	assert_int_equal(init(*state, &expired), BUNDLE_E_EXPIRED);
	fixture_policy(1, "2049-01-01T00:00:00Z", &payload);
	fixture_container(BUNDLE_POLICY, &payload, alice, &policy);
	assert_int_equal(init(*state, &policy), BUNDLE_E_TYPE);
	buf_puts(&payload, "x");
	fixture_container(BUNDLE_ROOT, &payload, alice, &nonsense);
	assert_int_equal(init(*state, &nonsense), BUNDLE_E_PAYLOAD);
	/* Nothing of all that was written. */
	assert_int_equal(access(at(*state, "trust.json"), F_OK), -1);
	assert_int_equal(access(at(*state, "root.postern"), F_OK), -1);
}

static void every_flip_and_truncation_of_a_root_is_refused(void **state)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	struct buf cut = BUF_INIT; /* the same memory */

	make_root(2, "2049-01-01T00:00:00Z", alice, &bytes);
	cut.data = bytes.data;
	for (size_t i = 0; i < bytes.len; i++) {
		bytes.data[i] ^= (char)(1 << i % 8);
		assert_true(init(*state, &bytes) > 0);
		bytes.data[i] ^= (char)(1 << i % 8);
		cut.len = i;
		assert_int_equal(init(*state, &cut), BUNDLE_E_FORMAT);
	}
	assert_int_equal(access(at(*state, "trust.json"), F_OK), -1);
}

static void half_a_state_is_refused(void **state)
{
	_cleanup_buf_ struct buf same = BUF_INIT, other = BUF_INIT;
	struct trust trust;

	install(*state);
	assert_int_equal(load(*state, &trust), BUNDLE_OK);
	trust.policy_version = 9;
	memset(trust.policy_digest, 'b', 64);
	trust.policy_digest[64] = '\0';
	assert_int_equal(trust_store(*state, &trust), 0);
	assert_int_equal(remove(at(*state, "root.postern")), 0);
	assert_int_equal(load(*state, &trust), BUNDLE_E_TRUST);

	/* What is remembered is not forgotten: only the same root completes it. */
	make_root(1, "2049-01-01T00:00:00Z", alice, &other);
	make_root(2, "2049-01-01T00:00:00Z", alice, &same);
	assert_int_equal(init(*state, &other), BUNDLE_E_TRUST);
	assert_int_equal(init(*state, &same), BUNDLE_OK);
	assert_int_equal(load(*state, &trust), BUNDLE_OK);
	assert_int_equal(trust.policy_version, 9);

	assert_int_equal(remove(at(*state, "trust.json")), 0);
	assert_int_equal(load(*state, &trust), BUNDLE_E_TRUST);
	assert_int_equal(init(*state, &same), BUNDLE_E_TRUST);
}

static void states_of_two_hosts_are_refused(void **state)
{
	_cleanup_buf_ struct buf other = BUF_INIT;
	struct trust trust;

	install(*state);
	make_root(1, "2049-01-01T00:00:00Z", alice, &other);
	assert_int_equal(file_write_atomic(AT_FDCWD, at(*state, "root.postern"), other.data,
					   other.len, 0600),
			 0);
	assert_int_equal(load(*state, &trust), BUNDLE_E_TRUST);
}

/*
 * Flips each bit, and cuts each length, of a file of the state; loading gives the old state or is
 * refused.
 */
static void spoil(const char *dir, const char *name, const struct trust *was)
{
	_cleanup_free_ char *bytes = NULL;
	size_t len = 0, refused = 0;
	struct trust trust;

	assert_int_equal(file_read(AT_FDCWD, at(dir, name), 1 << 20, &bytes, &len), 0);
	for (size_t i = 0; i < 2 * len; i++) {
		_cleanup_close_ int fd = open(at(dir, name), O_WRONLY | O_TRUNC | O_CLOEXEC);
		size_t n = i < len ? len : i - len;
		int r;

		if (i < len)
			bytes[i] ^= (char)(1 << i % 8);
		assert_int_equal(fd_write_all(fd, bytes, n), 0);
		if (i < len)
			bytes[i] ^= (char)(1 << i % 8);
		r = load(dir, &trust);
		if (r == BUNDLE_E_TRUST) {
			refused++;
			continue;
		}
		/* White space between the members; or a last newline. */
		assert_int_equal(r, BUNDLE_OK);
		assert_int_equal(trust.policy_version, was->policy_version);
		assert_int_equal(trust.time_floor_ms, was->time_floor_ms);
		assert_string_equal(trust.policy_digest, was->policy_digest);
	}
	assert_true(refused > 2 * len - 16);
}

static void damaged_states_are_refused(void **state)
{
	struct trust trust;

	install(*state);
	assert_int_equal(load(*state, &trust), BUNDLE_OK);
	trust.policy_version = 42;
	memset(trust.policy_digest, 'c', 64);
	trust.policy_digest[64] = '\0';
	assert_int_equal(trust_store(*state, &trust), 0);
	spoil(*state, "trust.json", &trust);
}

static void damaged_roots_are_refused(void **state)
{
	struct trust trust;

	install(*state);
	assert_int_equal(load(*state, &trust), BUNDLE_OK);
	spoil(*state, "root.postern", &trust);
}

static void what_cannot_be_read_is_refused(void **state)
{
	struct trust trust;

	install(*state);
	assert_int_equal(remove(at(*state, "trust.json")), 0);
	assert_int_equal(mkdir(at(*state, "trust.json"), 0700), 0);
	assert_int_equal(load(*state, &trust), BUNDLE_E_TRUST);
}

static void what_cannot_be_written_is_reported(void **state)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	struct trust trust = { .root = { .version = 1 } };

	assert_int_equal(trust_store(at(*state, "absent"), &trust), -ENOENT);
	make_root(2, "2049-01-01T00:00:00Z", alice, &bytes);
	assert_int_equal(file_write_atomic(AT_FDCWD, at(*state, "file"), "", 0, 0600), 0);
	assert_int_equal(init(at(*state, "file"), &bytes), -ENOTDIR);
}

/* What others can write proves nothing. */
static void what_others_can_write_is_refused(void **state)
{
	static const char *const files[] = { "trust.json", "root.postern" };
	struct trust trust;

	install(*state);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(chmod(at(*state, files[i]), 0620), 0);
		assert_int_equal(load(*state, &trust), BUNDLE_E_TRUST);
		assert_int_equal(chmod(at(*state, files[i]), 0602), 0);
		assert_int_equal(load(*state, &trust), BUNDLE_E_TRUST);
		assert_int_equal(chmod(at(*state, files[i]), 0600), 0);
	}
	assert_int_equal(load(*state, &trust), BUNDLE_OK);
}

/* Only of files that are some seconds old: a change of young ones may not show. */
static void the_mark_changes_with_the_files(void **state)
{
	const struct timespec pause = { .tv_nsec = 100000000 };
	struct trust_mark before, after;
	int r = -EAGAIN, tries;

	install(*state);
	assert_int_equal(trust_mark(*state, &before), -EAGAIN);
	for (tries = 0; r == -EAGAIN && tries < 100; tries++) {
		(void)nanosleep(&pause, NULL);
		r = trust_mark(*state, &before);
	}
	assert_int_equal(r, 0);
	assert_int_equal(trust_mark(*state, &after), 0);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(remove(at(*state, "trust.json")), 0);
	assert_int_equal(trust_mark(*state, &after), 0);
	assert_memory_not_equal(&before, &after, sizeof(before));
	assert_int_equal(file_write_atomic(AT_FDCWD, at(*state, "trust.json"), "", 0, 0600), 0);
	assert_int_equal(trust_mark(*state, &after), -EAGAIN);
}

#define with_directory(test) cmocka_unit_test_setup_teardown(test, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_directory(an_installed_root_is_loaded),
		with_directory(what_is_stored_is_loaded),
		with_directory(the_directory_is_made),
		with_directory(an_empty_directory_has_no_trust),
		with_directory(a_root_is_never_replaced),
		with_directory(roots_that_do_not_vouch_for_themselves_are_refused),
		with_directory(every_flip_and_truncation_of_a_root_is_refused),
		with_directory(half_a_state_is_refused),
		with_directory(states_of_two_hosts_are_refused),
		with_directory(damaged_states_are_refused),
		with_directory(damaged_roots_are_refused),
		with_directory(what_cannot_be_read_is_refused),
		with_directory(what_cannot_be_written_is_reported),
		with_directory(what_others_can_write_is_refused),
		with_directory(the_mark_changes_with_the_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
