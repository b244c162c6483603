/* SPDX-License-Identifier: BSD-2-Clause */
/* What survives a restart: whole or not at all, and only what is named as it must be. */
#include "daemon/store.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"

#include "cm.h"
#include "tmpdir.h"

#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct store opened(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct store s = STORE_INIT;

	assert_int_equal(store_open(*state, &d, &s), 0);
	return s;
}

static void write_in(void **state, const char *name, const char *text)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", (const char *)*state, name);
	assert_int_equal(file_write_atomic(AT_FDCWD, path, text, strlen(text), 0600), 0);
}

static void only_one_controller_has_a_directory(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct store s = opened(state), second = STORE_INIT;

	assert_int_equal(store_open(*state, &d, &second), -EWOULDBLOCK);
	assert_int_equal(d.errors, 1);
	assert_int_equal(second.lock, -1);
	store_close(&s);
	s = opened(state);
	store_close(&s);
}

static void a_directory_that_cannot_be_is_told(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct store s = STORE_INIT;

	(void)state;
	assert_true(store_open("/proc/postern", &d, &s) < 0);
	assert_int_equal(d.errors, 1);
}

static void only_we_may_read_it(void **state)
{
	struct store s = opened(state);
	char path[256];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/bundles", (const char *)*state);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	store_close(&s);
}

static void containers_come_newest_first(void **state)
{
	static const uint64_t versions[] = { 2, 100, 9 };
	struct store_entry *all = NULL;
	struct store s = opened(state);
	_cleanup_free_ char *bytes = NULL;
	size_t n = 0, len;

	for (size_t i = 0; i < 3; i++) {
		struct store_entry e = { .version = versions[i], .digest = DIGEST };

		assert_int_equal(store_write(&s, &e, "bytes", 5), 0);
	}
	assert_int_equal(store_list(&s, &all, &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(all[0].version, 100);
	assert_int_equal(all[1].version, 9);
	assert_int_equal(all[2].version, 2);
	assert_int_equal(store_read(&s, &all[1], &bytes, &len), 0);
	assert_int_equal(len, 5);
	store_remove(&s, &all[1]);
	assert_int_equal(store_read(&s, &all[1], &bytes, &len), -ENOENT);
	free(all);
	store_close(&s);
}

static void other_files_are_no_containers(void **state)
{
	static const char *const names[] = {
		"bundles/7.postern",
		"bundles/-0011223344556677.postern",
		"bundles/7-001122334455667.postern",
		"bundles/7-0011223344556677",
		"bundles/07-0011223344556677.postern",
		"bundles/7-00112233445566GG.postern",
		"bundles/7-0011223344556677.postern.tmp",
		"bundles/18446744073709551616-0011223344556677.postern",
	};
	struct store_entry *all = NULL;
	struct store s = opened(state);
	size_t n = 7;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		write_in(state, names[i], "");
	assert_int_equal(store_list(&s, &all, &n), 0);
	assert_int_equal(n, 0);
	free(all);
	store_close(&s);
}

static void active_comes_back(void **state)
{
	struct store_active a = { .entry = { .version = 42, .digest = DIGEST },
				  .binding = DIGEST,
				  .image_id = 4000000000u,
				  .facts = DIGEST,
				  .applied_ms = 1234567890123 };
	struct store_active b = { 0 };
	struct store s = opened(state);

	assert_int_equal(store_boot(a.boot), 0);
	assert_int_equal(store_read_active(&s, &b), -ENOENT);
	assert_int_equal(store_write_active(&s, &a), 0);
	assert_int_equal(store_read_active(&s, &b), 0);
	assert_memory_equal(&a, &b, sizeof(a));
	store_close(&s);
}

static void a_damaged_active_is_none(void **state)
{
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"{}",
		"null",
		"{\"version\":1,\"digest\":\"" DIGEST "\",\"binding\":\"" DIGEST
		"\",\"facts\":\"" DIGEST "\",\"boot\":\"short\","
		"\"imageId\":1,\"appliedMs\":1}",
		"{\"version\":1,\"digest\":\"" DIGEST "\",\"binding\":\"" DIGEST "\","
		"\"boot\":\"405d1bbe-fef5-4c81-906a-f85429d8d126\",\"imageId\":1,\"appliedMs\":1}",
		"{\"version\":1,\"digest\":\"" DIGEST "\",\"binding\":\"" DIGEST "\","
		"\"facts\":\"" DIGEST "\",\"boot\":\"405d1bbe-fef5-4c81-906a-f85429d8d126\","
		"\"imageId\":0,\"appliedMs\":1}",
		"{\"version\":1,\"digest\":\"" DIGEST "\",\"binding\":\"" DIGEST "\","
		"\"facts\":\"" DIGEST "\",\"boot\":\"405d1bbe-fef5-4c81-906a-f85429d8d126\","
		"\"imageId\":4294967296,\"appliedMs\":1}",
	};
	struct store s = opened(state);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct store_active a = { .image_id = 77 };

		write_in(state, "active.json", bad[i]);
		assert_int_equal(store_read_active(&s, &a), -EBADMSG);
		assert_int_equal(a.image_id, 77);
	}
	store_close(&s);
}

int main(void)
{
#define IN_TMPDIR(test) cmocka_unit_test_setup_teardown(test, tmpdir_make, tmpdir_remove)
	const struct CMUnitTest tests[] = {
		IN_TMPDIR(only_one_controller_has_a_directory),
		cmocka_unit_test(a_directory_that_cannot_be_is_told),
		IN_TMPDIR(only_we_may_read_it),
		IN_TMPDIR(containers_come_newest_first),
		IN_TMPDIR(other_files_are_no_containers),
		IN_TMPDIR(active_comes_back),
		IN_TMPDIR(a_damaged_active_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
