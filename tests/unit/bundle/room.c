/* SPDX-License-Identifier: BSD-2-Clause */
/* What the state directory is good for: whether there is room in it, whether it is new, which files it has. */
#include "bundle/state.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "cm.h"
#include "tmpdir.h"

static char *at(const char *dir, const char *name)
{
	static char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void make_file(const char *path)
{
	assert_int_equal(file_write_atomic(AT_FDCWD, path, "", 0, 0600), 0);
}

static void there_is_room_in_a_directory(void **state)
{
	make_file(at(*state, "file"));
	assert_int_equal(trust_room(*state), 0);
	assert_int_equal(trust_room(at(*state, "file")), -ENOTDIR);
	assert_int_equal(trust_room(at(*state, "absent")), -ENOENT);
	/* a file system that has none: not even root makes a file there */
	assert_true(trust_room("/proc/self") < 0);
}

static void what_holds_nothing_is_new(void **state)
{
	make_file(at(*state, "else"));
	assert_true(trust_is_new(*state));
	assert_true(trust_is_new(at(*state, "absent")));
	assert_false(trust_is_new(at(*state, "else")));
}

/* Also a file that leads nowhere: somebody put it there. */
static void one_file_is_enough_to_be_old(void **state)
{
	static const char *const files[] = { TRUST_FILE, ROOT_FILE, NEXT_ROOT_FILE };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		make_file(at(*state, files[i]));
		assert_false(trust_is_new(*state));
		assert_int_equal(remove(at(*state, files[i])), 0);
		assert_true(trust_is_new(*state));
		assert_int_equal(symlink("/nonexistent", at(*state, files[i])), 0);
		assert_false(trust_is_new(*state));
		assert_int_equal(remove(at(*state, files[i])), 0);
	}
}

static void a_path_that_is_too_long_has_no_mark(void **state)
{
	struct trust_mark mark;
	char path[5000];

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(trust_mark(path, &mark), -EAGAIN);
}

#define with_directory(test) cmocka_unit_test_setup_teardown(test, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_directory(there_is_room_in_a_directory),
		with_directory(what_holds_nothing_is_new),
		with_directory(one_file_is_enough_to_be_old),
		cmocka_unit_test(a_path_that_is_too_long_has_no_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
