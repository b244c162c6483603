/* SPDX-License-Identifier: BSD-2-Clause */
/* What is remembered of bundles: what comes back from the disk, what is forgotten and what never is. */
#include "daemon/rollout_record.h"

#include <errno.h>
#include <string.h>

#include "cm.h"
#include "tmpdir.h"

#define BOOT "01234567-89ab-cdef-0123-456789abcdef"

static struct store_entry entry(uint64_t version, char digit)
{
	struct store_entry e = { .version = version };

	memset(e.digest, digit, 64);
	return e;
}

static void confirm(struct rollout_record *r, uint64_t version, char digit)
{
	const struct store_entry e = entry(version, digit);

	rollout_set_confirmed(r, &e, 1000 + (int64_t)version);
}

static void add(struct rollout_record *r, uint64_t version, char digit)
{
	const struct store_entry e = entry(version, digit);

	rollout_add(r, &e, 7);
}

static bool knows(struct rollout_record *r, uint64_t version, char digit)
{
	const struct store_entry e = entry(version, digit);

	return rollout_find(r, &e) != NULL;
}

static struct store opened(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct store s = STORE_INIT;

	assert_int_equal(store_open(*state, &d, &s), 0);
	return s;
}

static void it_comes_back_whole(void **state)
{
	struct rollout_record a = { 0 }, b;
	struct store s = opened(state);

	memset(&b, 0xff, sizeof(b));
	assert_int_equal(rollout_record_read(&s, &b), -ENOENT);
	assert_int_equal(rollout_record_write(&s, &a), 0);
	assert_int_equal(rollout_record_read(&s, &b), 0);
	assert_memory_equal(&a, &b, sizeof(a));
	confirm(&a, 41, 'a');
	confirm(&a, 42, 'b');
	add(&a, 43, 'c');
	a.trial = (struct rollout_trial){ .entry = entry(43, 'c'),
					  .boot = BOOT,
					  .deadline = 123456789012345,
					  .before_image = 4000000000u };
	memset(a.trial.before_facts, 'd', 64);
	a.glass = (struct rollout_glass){ .boot = BOOT,
					  .observe_until = 99,
					  .since_ms = 98,
					  .uid = 1000,
					  .reason = "why \"not\"" };
	assert_int_equal(rollout_record_write(&s, &a), 0);
	assert_int_equal(rollout_record_read(&s, &b), 0);
	assert_memory_equal(&a, &b, sizeof(a));
	store_close(&s);
}

static void what_is_damaged_is_not_believed(void **state)
{
	static const char *const texts[] = {
		"",
		"{}",
		"{\"format\":2,\"bundles\":[]}",
		"{\"format\":1}",
		"{\"format\":1,\"bundles\":{}}",
		"{\"format\":1,\"bundles\":[{\"version\":1}]}",
		"{\"format\":1,\"bundles\":[],\"selected\":{\"version\":0,\"digest\":\"\"}}",
		"{\"format\":1,\"bundles\":[],\"selected\":{\"version\":1,\"digest\":\"00\"}}",
		"{\"format\":1,\"bundles\":[],\"trial\":{}}",
		"{\"format\":1,\"bundles\":[],\"glass\":{\"boot\":\"\"}}",
		"{\"format\":1,\"bundles\":[]",
	};
	struct rollout_record r = { .n = 3 };
	struct store s = opened(state);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(store_write_text(&s, "rollout.json", texts[i], strlen(texts[i])),
				 0);
		assert_int_equal(rollout_record_read(&s, &r), -EBADMSG);
		assert_int_equal(r.n, 3);
	}
	store_close(&s);
}

static void the_newest_confirmed_ones_are_kept(void **state)
{
	struct rollout_record r = { 0 };

	(void)state;
	for (uint64_t v = 1; v <= 20; v++)
		confirm(&r, v, 'a');
	assert_int_equal(r.n, POSTERN_BUNDLES_KEPT);
	assert_int_equal(r.selected.version, 20);
	assert_true(knows(&r, 20 - POSTERN_BUNDLES_KEPT + 1, 'a'));
	assert_false(knows(&r, 20 - POSTERN_BUNDLES_KEPT, 'a'));
	assert_int_equal(rollout_below(&r, 20)->entry.version, 19);
	assert_null(rollout_below(&r, 13));
	/* back to an old one: it stays, however many follow */
	confirm(&r, 13, 'a');
	assert_int_equal(r.n, POSTERN_BUNDLES_KEPT);
	assert_int_equal(r.selected.version, 13);
	assert_int_equal(rollout_find(&r, &r.selected)->confirmed_ms, 1013);
}

static void what_was_tried_is_remembered_until_it_is_too_old(void **state)
{
	struct rollout_record r = { 0 };

	(void)state;
	confirm(&r, 1, 'a');
	for (uint64_t v = 2; v < 2 + POSTERN_BUNDLES_UNCONFIRMED; v++) {
		assert_true(rollout_has_room(&r));
		add(&r, v, 'b');
		add(&r, v, 'b'); /* the same once more */
	}
	assert_false(rollout_has_room(&r));
	assert_int_equal(r.n, 1 + POSTERN_BUNDLES_UNCONFIRMED);
	confirm(&r, 10, 'b');
	assert_true(knows(&r, 1, 'a'));
	assert_false(knows(&r, 9, 'b'));
	assert_true(knows(&r, 10, 'b'));
	assert_true(knows(&r, 11, 'b'));
	assert_true(rollout_has_room(&r));
}

static void a_full_record_takes_a_confirmed_one(void **state)
{
	struct rollout_record r = { 0 };

	(void)state;
	for (uint64_t v = 1; v <= POSTERN_BUNDLES_KEPT; v++)
		confirm(&r, v, 'a');
	for (uint64_t v = 100; rollout_has_room(&r); v++)
		add(&r, v, 'b');
	assert_int_equal(r.n, ROLLOUT_BUNDLES);
	confirm(&r, 50, 'c');
	assert_int_equal(r.n, ROLLOUT_BUNDLES);
	assert_int_equal(r.selected.version, 50);
	assert_true(knows(&r, 50, 'c'));
	assert_false(knows(&r, 1, 'a'));
	assert_true(knows(&r, 100, 'b'));
}

static void a_name_of_a_file_is_enough(void **state)
{
	struct store_entry whole = entry(3, 'a'), cut = { .version = 3 }, none = { .version = 3 };

	(void)state;
	memset(cut.digest, 'a', 16);
	assert_true(rollout_same(&whole, &cut));
	assert_true(rollout_same(&cut, &whole));
	assert_false(rollout_same(&whole, &none));
	cut.digest[15] = 'b';
	assert_false(rollout_same(&whole, &cut));
	cut = whole;
	cut.version = 4;
	assert_false(rollout_same(&whole, &cut));
}

#define DIR_TEST(name) cmocka_unit_test_setup_teardown(name, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DIR_TEST(it_comes_back_whole),
		DIR_TEST(what_is_damaged_is_not_believed),
		cmocka_unit_test(the_newest_confirmed_ones_are_kept),
		cmocka_unit_test(what_was_tried_is_remembered_until_it_is_too_old),
		cmocka_unit_test(a_full_record_takes_a_confirmed_one),
		cmocka_unit_test(a_name_of_a_file_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
