/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line: exact words, and a slip changes nothing. */
#include "daemon/options.h"

#include <errno.h>
#include <string.h>

#include "cm.h"

enum { WORDS_MAX = 8 };

static int read_line(const char *const *words, struct diags *d, struct options *ret)
{
	char *argv[WORDS_MAX + 1] = { strdup("posternd") };
	int argc = 1, r;

	for (; argc < WORDS_MAX && words[argc - 1]; argc++)
		argv[argc] = strdup(words[argc - 1]);
	r = options_read(argc, argv, d, ret);
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	return r;
}

static void values_come_after_a_blank_or_an_equals_sign(void **state)
{
	static const char *const words[WORDS_MAX] = { "--state",      "/a",    "--pin=/b",
						      "--foreground", "--pin", "/c" };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_options_ struct options o = OPTIONS_INIT;

	(void)state;
	assert_int_equal(read_line(words, &d, &o), 0);
	assert_string_equal(o.config.text[CONFIG_STATE], "/a");
	assert_string_equal(o.config.text[CONFIG_PIN], "/c");
	assert_null(o.config.text[CONFIG_CGROUP]);
	assert_true(o.foreground);
	assert_false(o.detach || o.help || o.version);
}

static void nothing_is_said_by_nothing(void **state)
{
	static const char *const words[WORDS_MAX] = { NULL };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct options o = { .foreground = true };

	(void)state;
	assert_int_equal(read_line(words, &d, &o), 0);
	assert_false(o.foreground || o.detach || o.help || o.version);
	assert_null(o.config_file);
}

static void slips_are_refused(void **state)
{
	static const char *const bad[][WORDS_MAX] = {
		{ "--sate", "/a" },
		{ "state" },
		{ "--state" },
		{ "--state", "a" },
		{ "--state=" },
		{ "--foreground=1" },
		{ "--fore" },
		{ "-f" },
		{ "--" },
		{ "" },
		{ "--cgroup=x" },
		{ "--statex=/a" },
		{ "--foreground", "now" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		_cleanup_diags_ struct diags d = DIAGS_INIT;
		struct options o = OPTIONS_INIT;

		assert_int_equal(read_line(bad[i], &d, &o), -EINVAL);
		assert_int_equal(d.errors, 1);
		assert_non_null(d.items[0].hint);
		assert_false(o.foreground);
	}
}

static void the_nearest_word_is_offered(void **state)
{
	static const char *const words[WORDS_MAX] = { "--forground" };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct options o = OPTIONS_INIT;

	(void)state;
	assert_int_equal(read_line(words, &d, &o), -EINVAL);
	assert_string_equal(d.items[0].hint, "did you mean --foreground?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_after_a_blank_or_an_equals_sign),
		cmocka_unit_test(nothing_is_said_by_nothing),
		cmocka_unit_test(slips_are_refused),
		cmocka_unit_test(the_nearest_word_is_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
