/* SPDX-License-Identifier: BSD-2-Clause */
/* posternd.conf: what is said is taken, and every slip is told with its place. */
#include "daemon/config.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"

#include "cm.h"
#include "tmpdir.h"

/* Reads a text as the file; the first message's code in *ret_code ("" for none). */
static int read_as_file(void **state, const char *text, struct config *ret, char ret_code[32])
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	char path[128];
	int r;

	(void)snprintf(path, sizeof(path), "%s/posternd.conf", (const char *)*state);
	assert_int_equal(file_write_atomic(AT_FDCWD, path, text, strlen(text), 0600), 0);
	r = config_read(path, true, &d, ret);
	(void)snprintf(ret_code, 32, "%s", d.n ? d.items[0].code : "");
	return r;
}

static void settings_are_taken(void **state)
{
	_cleanup_config_ struct config c = CONFIG_INIT;
	char code[32];

	assert_int_equal(read_as_file(state,
				      "# where\n\n  state = /srv/p o s t  # and why\n"
				      "readers=everybody\r\nguard = on\ncgroup\t=\t/sys/fs/cgroup",
				      &c, code),
			 0);
	assert_string_equal(c.text[CONFIG_STATE], "/srv/p o s t");
	assert_string_equal(c.text[CONFIG_CGROUP], "/sys/fs/cgroup");
	assert_true(config_everybody_reads(&c));
	assert_true(config_guards(&c));
	assert_null(c.text[CONFIG_PIN]);
}

static void slips_are_told(void **state)
{
	static const char *const bad[][2] = {
		{ "stat = /x", "config-key" },
		{ " = /x", "config-key" },
		{ "state /x", "config-line" },
		{ "state = x", "config-value" },
		{ "state =", "config-value" },
		{ "readers = all", "config-value" },
		{ "readers = Group", "config-value" },
		{ "readers = groupe", "config-value" },
		{ "pin = /a\npin = /b", "config-twice" },
		{ "STATE = /x", "config-key" },
		{ "guard = yes", "config-value" },
		{ "guard =", "config-value" },
		{ "guard = on\nguard = off", "config-twice" },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct config c = CONFIG_INIT;
		char code[32];

		assert_int_equal(read_as_file(state, bad[i][0], &c, code), -EBADMSG);
		assert_string_equal(code, bad[i][1]);
		assert_null(c.text[CONFIG_STATE]);
		assert_null(c.text[CONFIG_PIN]);
	}
}

static void several_slips_are_told_at_once(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct config c = CONFIG_INIT;
	char path[128];
	static const char text[] = "stat = /x\nruntim = /y\n";

	(void)snprintf(path, sizeof(path), "%s/posternd.conf", (const char *)*state);
	assert_int_equal(file_write_atomic(AT_FDCWD, path, text, sizeof(text) - 1, 0600), 0);
	assert_int_equal(config_read(path, true, &d, &c), -EBADMSG);
	assert_int_equal(d.errors, 2);
	assert_int_equal(d.items[1].line, 2);
	assert_non_null(strstr(d.items[0].hint, "\"state\""));
	assert_non_null(strstr(d.items[1].hint, "\"runtime\""));
}

static void only_the_default_file_may_be_missing(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct config c = CONFIG_INIT;

	assert_int_equal(config_read("/nonexistent/posternd.conf", false, &d, &c), 0);
	assert_int_equal(d.errors, 0);
	assert_int_equal(config_read("/nonexistent/posternd.conf", true, &d, &c), -ENOENT);
	assert_int_equal(d.errors, 1);
	assert_int_equal(config_read(*state, true, &d, &c), -EISDIR);
}

static void what_is_said_first_wins(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_config_ struct config line = CONFIG_INIT, file = CONFIG_INIT;

	(void)state;
	line.text[CONFIG_STATE] = strdup("/line");
	file.text[CONFIG_STATE] = strdup("/file");
	file.text[CONFIG_PIN] = strdup("/pin");
	file.text[CONFIG_CGROUP] = strdup("/cgroup");
	assert_int_equal(config_complete(&line, &file), 0);
	assert_int_equal(config_default(&line, &d), 0);
	assert_string_equal(line.text[CONFIG_STATE], "/line");
	assert_string_equal(line.text[CONFIG_PIN], "/pin");
	assert_string_equal(line.text[CONFIG_RUNTIME], "/run/postern");
	assert_false(config_everybody_reads(&line));
	assert_false(config_guards(&line));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(settings_are_taken, tmpdir_make, tmpdir_remove),
		cmocka_unit_test_setup_teardown(slips_are_told, tmpdir_make, tmpdir_remove),
		cmocka_unit_test_setup_teardown(several_slips_are_told_at_once, tmpdir_make,
						tmpdir_remove),
		cmocka_unit_test_setup_teardown(only_the_default_file_may_be_missing, tmpdir_make,
						tmpdir_remove),
		cmocka_unit_test(what_is_said_first_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
