/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts of the host's own: what a file of posture.d must be, say and be called to count. */
#include "root.h"

#include <postern/limits.h>

#define DIR "/run/postern/posture.d/"
#define IN_AN_HOUR "1767229200" /* NOW_MS is 1767225600 s */

/* The fact of that name, or NULL. */
static const struct posture_custom *custom(const struct posture *p, const char *name)
{
	for (size_t i = 0; i < p->n_custom; i++)
		if (strcmp(p->custom[i].name, name) == 0)
			return &p->custom[i];
	return NULL;
}

/* What the only file reads as. */
static enum posture_answer answer(void **state, const char *name)
{
	struct posture *p = root_read(state);
	const struct posture_custom *c = custom(p, name);
	enum posture_answer a = c ? c->reading.answer : POSTURE_UNKNOWN;

	assert_non_null(c);
	assert_string_equal(p->custom_problem, "");
	free(p);
	return a;
}

static void a_value_and_its_end(void **state)
{
	struct posture *p;

	root_file(state, DIR "disk-scanned", "1 " IN_AN_HOUR "\n");
	root_file(state, DIR "edr", "0 " IN_AN_HOUR);
	p = root_read(state);
	assert_int_equal(p->n_custom, 2);
	assert_int_equal(custom(p, "disk-scanned")->reading.answer, POSTURE_GOOD);
	assert_int_equal(custom(p, "disk-scanned")->until_ms, NOW_MS + 3600000);
	assert_int_equal(custom(p, "edr")->reading.answer, POSTURE_BAD);
	assert_int_equal(posture_next_end(p), NOW_MS + 3600000);
	free(p);
}

static void other_texts_say_nothing(void **state)
{
	static const char *const texts[] = {
		"",
		"1",
		"1\n",
		"1 ",
		"1 0",
		"1  " IN_AN_HOUR,
		" 1 " IN_AN_HOUR,
		"1 " IN_AN_HOUR " ",
		"1 " IN_AN_HOUR "\n\n",
		"1 " IN_AN_HOUR "\r\n",
		"2 " IN_AN_HOUR,
		"true " IN_AN_HOUR,
		"1 +" IN_AN_HOUR,
		"1 -" IN_AN_HOUR,
		"1 01767229200",
		"1 0x7fffffff",
		"1 1767229200.5",
		"1 1767229200000", /* milliseconds: more than a year ahead */
		"1 999999999999",
		"1 99999999999999999999999999",
		"1 1767229200 1 1767229200 1 1767229200 1 1767229200 1 1767229200 1 1767229200",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		root_file(state, DIR "edr", texts[i]);
		if (answer(state, "edr") != POSTURE_UNKNOWN)
			fail_msg("\"%s\" counts", texts[i]);
	}
	root_bytes(state, DIR "edr", "1 176722920\0", 12);
	assert_int_equal(answer(state, "edr"), POSTURE_UNKNOWN);
}

static void what_has_ended_does_not_hold(void **state)
{
	root_file(state, DIR "edr", "1 1767225600\n");
	assert_int_equal(answer(state, "edr"), POSTURE_BAD);
	root_file(state, DIR "edr", "1 1767225601\n");
	assert_int_equal(answer(state, "edr"), POSTURE_GOOD);
}

static void only_root_writes_facts(void **state)
{
	root_file(state, DIR "edr", "1 " IN_AN_HOUR);
	assert_int_equal(chmod(root_path(state, DIR "edr"), 0664), 0);
	assert_int_equal(answer(state, "edr"), POSTURE_UNKNOWN);
	assert_int_equal(chmod(root_path(state, DIR "edr"), 0646), 0);
	assert_int_equal(answer(state, "edr"), POSTURE_UNKNOWN);
	assert_int_equal(chmod(root_path(state, DIR "edr"), 0600), 0);
	assert_int_equal(answer(state, "edr"), POSTURE_GOOD);
}

/* Another owner than who may: here the reader expects somebody else. */
static void another_owner_does_not_count(void **state)
{
	struct posture *p = calloc(1, sizeof(*p));
	struct posture_view v = { .root = open(*state, O_PATH | O_DIRECTORY | O_CLOEXEC),
				  .now_ms = NOW_MS,
				  .boot_ns = NOW_BOOT_NS,
				  .owner = getuid() + 1 };

	assert_non_null(p);
	root_file(state, DIR "edr", "1 " IN_AN_HOUR);
	posture_read(&v, p);
	assert_int_equal(p->n_custom, 0);
	assert_true(p->custom_problem[0] != '\0');
	assert_int_equal(close(v.root), 0);
	free(p);
}

/* Whoever can write the directory can rename files in it. */
static void the_directory_is_roots_too(void **state)
{
	struct posture *p;

	root_file(state, DIR "edr", "1 " IN_AN_HOUR);
	assert_int_equal(chmod(root_path(state, DIR), 0777), 0);
	p = root_read(state);
	assert_int_equal(p->n_custom, 0);
	assert_non_null(strstr(p->custom_problem, "posture.d"));
	free(p);
	assert_int_equal(chmod(root_path(state, DIR), 0755), 0);
	assert_int_equal(answer(state, "edr"), POSTURE_GOOD);
}

static void the_directory_is_no_link(void **state)
{
	struct posture *p;

	root_file(state, "/elsewhere/edr", "1 " IN_AN_HOUR);
	root_link(state, "/run/postern/posture.d", "/elsewhere");
	p = root_read(state);
	assert_int_equal(p->n_custom, 0);
	assert_true(p->custom_problem[0] != '\0');
	free(p);
}

static void what_is_no_file_does_not_count(void **state)
{
	root_file(state, "/elsewhere", "1 " IN_AN_HOUR);
	root_link(state, DIR "link", "/elsewhere");
	assert_int_equal(mkfifo(root_path(state, DIR "fifo"), 0644), 0);
	root_dir(state, DIR "directory");
	assert_int_equal(answer(state, "link"), POSTURE_UNKNOWN);
	assert_int_equal(answer(state, "fifo"), POSTURE_UNKNOWN);
	assert_int_equal(answer(state, "directory"), POSTURE_UNKNOWN);
}

static void names_are_few_characters(void **state)
{
	static const char *const bad[] = { "a b", "-a", "_a", "a:b", "a\033[2J", "caf\xc3\xa9" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char path[96];
		struct posture *p;

		(void)snprintf(path, sizeof(path), DIR "%s", bad[i]);
		root_file(state, path, "1 " IN_AN_HOUR);
		p = root_read(state);
		assert_int_equal(p->n_custom, 1);
		assert_int_equal(p->custom[0].reading.answer, POSTURE_UNKNOWN);
		for (const char *c = p->custom[0].name; *c; c++)
			assert_in_range(*c, 0x20, 0x7e);
		free(p);
		assert_int_equal(unlink(root_path(state, path)), 0);
	}
}

/* Two names that are the same as far as they are kept: neither lends the other its value. */
static void long_names_do_not_count(void **state)
{
	char path[256];
	struct posture *p;

	(void)snprintf(path, sizeof(path), DIR "%064d", 0);
	root_file(state, path, "1 " IN_AN_HOUR);
	(void)snprintf(path, sizeof(path), DIR "%065d", 0);
	root_file(state, path, "1 " IN_AN_HOUR);
	p = root_read(state);
	assert_int_equal(p->n_custom, 2);
	assert_int_equal((p->custom[0].reading.answer == POSTURE_GOOD) +
				 (p->custom[1].reading.answer == POSTURE_GOOD),
			 1);
	free(p);
}

static void our_own_names_are_taken(void **state)
{
	root_file(state, DIR "enforcer-intact", "1 " IN_AN_HOUR);
	root_file(state, DIR "secure-boot", "1 " IN_AN_HOUR);
	assert_int_equal(answer(state, "enforcer-intact"), POSTURE_UNKNOWN);
	assert_int_equal(answer(state, "secure-boot"), POSTURE_UNKNOWN);
}

static void hidden_files_are_left_out(void **state)
{
	struct posture *p;

	root_file(state, DIR ".edr.tmp", "1 " IN_AN_HOUR);
	p = root_read(state);
	assert_int_equal(p->n_custom, 0);
	assert_string_equal(p->custom_problem, "");
	free(p);
}

static void with_too_many_none_counts(void **state)
{
	struct posture *p;

	for (int i = 0; i <= POSTERN_POSTURE_CUSTOM_MAX; i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), DIR "f%d", i);
		root_file(state, path, "1 " IN_AN_HOUR);
		if (i == POSTERN_POSTURE_CUSTOM_MAX - 1) {
			p = root_read(state);
			assert_int_equal(p->n_custom, POSTERN_POSTURE_CUSTOM_MAX);
			free(p);
		}
	}
	p = root_read(state);
	assert_int_equal(p->n_custom, 0);
	assert_non_null(strstr(p->custom_problem, "more than"));
	free(p);
}

#define IN_ROOT(f) cmocka_unit_test_setup_teardown(f, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOT(a_value_and_its_end),	       IN_ROOT(other_texts_say_nothing),
		IN_ROOT(what_has_ended_does_not_hold), IN_ROOT(only_root_writes_facts),
		IN_ROOT(another_owner_does_not_count), IN_ROOT(the_directory_is_roots_too),
		IN_ROOT(the_directory_is_no_link),     IN_ROOT(what_is_no_file_does_not_count),
		IN_ROOT(names_are_few_characters),     IN_ROOT(long_names_do_not_count),
		IN_ROOT(our_own_names_are_taken),      IN_ROOT(hidden_files_are_left_out),
		IN_ROOT(with_too_many_none_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
