/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Golden files: each tests/golden/policy/syntax/NAME.cedar is parsed, and its canonical text equals NAME.print, or its
 * messages as people see them equal NAME.diag. GOLDEN_UPDATE=1 writes what is there now, for review with git diff.
 */
#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cm.h"

enum { FILE_MAX = 1 << 20 };

static void find(const char *pattern, glob_t *ret)
{
	const char *top = getenv("TOP");
	_cleanup_buf_ struct buf path = BUF_INIT;

	buf_printf(&path, "%s/tests/golden/policy/syntax/%s", top ? top : ".", pattern);
	assert_int_equal(glob(path.data, 0, NULL, ret), 0);
}

static void read_file(const char *path, char **ret, size_t *ret_len)
{
	if (file_read(AT_FDCWD, path, FILE_MAX, ret, ret_len) < 0)
		fail_msg("%s cannot be read", path);
}

/* The canonical text, or the messages. Whether it was accepted. */
static bool outcome(const char *path, struct buf *out)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_policy_set_ struct policy_set *set = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct source src = { .name = strrchr(path, '/') + 1 };
	int r;

	read_file(path, &text, &src.len);
	src.text = text;
	assert_int_equal(policy_set_new(&set), 0);
	r = policy_parse(set, &src, &d);
	assert_true(r == 0 || r == -EBADMSG);
	for (size_t i = 0; i < set->n; i++) {
		buf_puts(out, i ? "\n" : "");
		policy_print(set->policies[i], out);
	}
	diags_render(&d, out, false);
	assert_int_equal(r == 0, d.n == 0);
	return r == 0;
}

static void compare(const char *path, const struct buf *out)
{
	_cleanup_free_ char *expected = NULL;
	size_t len;

	if (getenv("GOLDEN_UPDATE")) {
		assert_int_equal(file_write_atomic(AT_FDCWD, path, out->data, out->len, 0644), 0);
		return;
	}
	read_file(path, &expected, &len);
	assert_string_equal(out->data, expected);
}

static void outcomes_are_as_written_down(void **state)
{
	glob_t found = { 0 };
	size_t accepted = 0;

	(void)state;
	find("*.cedar", &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		_cleanup_buf_ struct buf out = BUF_INIT, path = BUF_INIT;
		bool good = outcome(found.gl_pathv[i], &out);
		size_t stem = strlen(found.gl_pathv[i]) - strlen("cedar");

		buf_put(&path, found.gl_pathv[i], stem);
		buf_puts(&path, good ? "print" : "diag");
		compare(path.data, &out);
		accepted += good;
	}
	assert_true(accepted > 0 && accepted < found.gl_pathc);
	globfree(&found);
}

static void canonical_text_is_its_own(void **state)
{
	glob_t found = { 0 };

	(void)state;
	find("*.print", &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		_cleanup_buf_ struct buf out = BUF_INIT;

		assert_true(outcome(found.gl_pathv[i], &out));
		compare(found.gl_pathv[i], &out);
	}
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes_are_as_written_down),
		cmocka_unit_test(canonical_text_is_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
