/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole files: bounds, kinds of file, and that a failed write leaves the old file alone. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "cm.h"
#include "tmpdir.h"

/* "dir/name", owned by the test for one statement's time. */
static const char *in(void **state, const char *name)
{
	static char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", (const char *)*state, name);
	return path;
}

static void put(const char *path, const char *text)
{
	assert_int_equal(file_write_atomic(AT_FDCWD, path, text, strlen(text), 0644), 0);
}

static void assert_holds(const char *path, const char *want)
{
	_cleanup_free_ char *bytes = NULL;
	size_t len = 0;

	assert_int_equal(file_read(AT_FDCWD, path, 1 << 20, &bytes, &len), 0);
	assert_int_equal(len, strlen(want));
	assert_string_equal(bytes, want);
}

static size_t count_entries(const char *path)
{
	_cleanup_closedir_ DIR *dir = opendir(path);
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	return n - 2; /* . and .. */
}

static void assert_read_fails(const char *path, size_t max, int want)
{
	char *bytes = (char *)&want;
	size_t len = 42;

	assert_int_equal(file_read(AT_FDCWD, path, max, &bytes, &len), want);
	assert_ptr_equal(bytes, (char *)&want);
	assert_int_equal(len, 42);
}

static void written_bytes_are_read_back(void **state)
{
	_cleanup_free_ char *bytes = NULL;
	size_t len = 0;

	assert_int_equal(file_write_atomic(AT_FDCWD, in(state, "f"), "a\0b", 3, 0600), 0);
	assert_int_equal(file_read(AT_FDCWD, in(state, "f"), 3, &bytes, &len), 0);
	assert_int_equal(len, 3);
	assert_memory_equal(bytes, "a\0b", 4); /* with the NUL behind */
}

static void an_empty_file_is_empty_text(void **state)
{
	put(in(state, "f"), "");
	assert_holds(in(state, "f"), "");
}

static void one_byte_too_many_is_refused(void **state)
{
	put(in(state, "f"), "12345");
	assert_read_fails(in(state, "f"), 4, -EFBIG);
	assert_read_fails(in(state, "f"), 0, -EFBIG);
}

static void what_is_no_file_is_refused(void **state)
{
	assert_read_fails(in(state, "absent"), 10, -ENOENT);
	assert_read_fails(*state, 10, -EISDIR);
	assert_read_fails("/dev/zero", 10, -EINVAL);
	assert_read_fails("/dev/null", 10, -EINVAL);
}

static void a_file_without_a_size_is_read(void **state)
{
	_cleanup_free_ char *bytes = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(file_read(AT_FDCWD, "/proc/self/status", 1 << 16, &bytes, &len), 0);
	assert_non_null(strstr(bytes, "Name:"));
	assert_int_equal(strlen(bytes), len);
	assert_read_fails("/proc/self/status", 10, -EFBIG);
}

static void a_pipe_is_read_to_its_end_and_bounded(void **state)
{
	_cleanup_free_ char *bytes = NULL;
	size_t len = 0;
	int ends[2];

	(void)state;
	for (size_t max = 10; max > 8; max--) {
		int r;

		assert_int_equal(pipe(ends), 0);
		assert_int_equal(fd_write_all(ends[1], "0123456789", 10), 0);
		close(ends[1]);
		r = file_read_fd(ends[0], max, &bytes, &len);
		close(ends[0]);
		assert_int_equal(r, max == 10 ? 0 : -EFBIG);
	}
	assert_string_equal(bytes, "0123456789");
}

static void a_large_file_is_whole(void **state)
{
	size_t n = 3U << 20;
	_cleanup_free_ char *out = malloc(n), *back = NULL;
	size_t len = 0;

	assert_non_null(out);
	for (size_t i = 0; i < n; i++)
		out[i] = (char)(i * 31 >> 3);
	assert_int_equal(file_write_atomic(AT_FDCWD, in(state, "f"), out, n, 0644), 0);
	assert_int_equal(file_read(AT_FDCWD, in(state, "f"), n, &back, &len), 0);
	assert_int_equal(len, n);
	assert_memory_equal(out, back, n);
}

static void the_mode_is_exact(void **state)
{
	mode_t old = umask(077);
	struct stat st;

	assert_int_equal(file_write_atomic(AT_FDCWD, in(state, "f"), "x", 1, 0640), 0);
	umask(old);
	assert_int_equal(stat(in(state, "f"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

static void replacing_leaves_one_file(void **state)
{
	put(in(state, "f"), "old, and longer");
	put(in(state, "f"), "new");
	assert_holds(in(state, "f"), "new");
	assert_int_equal(count_entries(*state), 1);
}

static void a_link_is_replaced_not_followed(void **state)
{
	struct stat st;

	put(in(state, "target"), "untouched");
	assert_int_equal(symlink("target", in(state, "link")), 0);
	put(in(state, "link"), "new");
	assert_holds(in(state, "target"), "untouched");
	assert_int_equal(lstat(in(state, "link"), &st), 0);
	assert_true(S_ISREG(st.st_mode));
}

/* A write that fails half-way, as on a full disk: the size limit of the process stands in. */
static void a_failed_write_leaves_the_old_file(void **state)
{
	static const char large[100000];
	struct rlimit was, small;
	int r;

	put(in(state, "f"), "old");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small = (struct rlimit){ 50000, was.rlim_max };
	assert_ptr_not_equal(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	r = file_write_atomic(AT_FDCWD, in(state, "f"), large, sizeof(large), 0644);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_equal(r, -EFBIG);
	assert_holds(in(state, "f"), "old");
	assert_int_equal(count_entries(*state), 1);
}

static void a_directory_in_the_way_stays(void **state)
{
	assert_int_equal(mkdir(in(state, "d"), 0755), 0);
	assert_int_equal(file_write_atomic(AT_FDCWD, in(state, "d"), "x", 1, 0644), -EISDIR);
	assert_int_equal(count_entries(*state), 1);
}

static void a_path_without_a_name_or_directory_is_refused(void **state)
{
	assert_int_equal(file_write_atomic(AT_FDCWD, in(state, "no/f"), "x", 1, 0644), -ENOENT);
	assert_int_equal(file_write_atomic(AT_FDCWD, in(state, ""), "x", 1, 0644), -EISDIR);
	assert_int_equal(file_write_atomic(AT_FDCWD, "", "x", 1, 0644), -EISDIR);
	assert_int_equal(count_entries(*state), 0);
}

static void paths_are_relative_to_the_directory(void **state)
{
	_cleanup_close_ int dir = open(*state, O_RDONLY | O_DIRECTORY);
	_cleanup_free_ char *bytes = NULL;
	size_t len = 0;

	assert_int_equal(file_write_atomic(dir, "f", "here", 4, 0644), 0);
	assert_holds(in(state, "f"), "here");
	assert_int_equal(file_read(dir, "f", 4, &bytes, &len), 0);
	assert_string_equal(bytes, "here");
}

static void writing_to_a_closed_pipe_is_an_error(void **state)
{
	int ends[2];

	(void)state;
	assert_ptr_not_equal(signal(SIGPIPE, SIG_IGN), SIG_ERR);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	assert_int_equal(fd_write_all(ends[1], "x", 1), -EPIPE);
	close(ends[1]);
	assert_int_equal(fd_write_all(-1, "x", 1), -EBADF);
	assert_int_equal(fd_write_all(-1, "x", 0), 0);
}

static void directories_are_made_with_their_parents(void **state)
{
	struct stat st;

	assert_int_equal(dir_make(in(state, "a//b/c/"), 0750), 0);
	assert_int_equal(dir_make(in(state, "a/b/c"), 0700), 0);
	assert_int_equal(stat(in(state, "a/b/c"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
}

static void a_file_in_the_way_of_a_directory_is_refused(void **state)
{
	put(in(state, "f"), "x");
	assert_int_equal(dir_make(in(state, "f"), 0755), -ENOTDIR);
	assert_int_equal(dir_make(in(state, "f/d"), 0755), -ENOTDIR);
	assert_int_equal(dir_make("", 0755), -ENOENT);
	assert_holds(in(state, "f"), "x");
}

#define in_tmpdir(test) cmocka_unit_test_setup_teardown(test, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_tmpdir(written_bytes_are_read_back),
		in_tmpdir(an_empty_file_is_empty_text),
		in_tmpdir(one_byte_too_many_is_refused),
		in_tmpdir(what_is_no_file_is_refused),
		in_tmpdir(a_file_without_a_size_is_read),
		in_tmpdir(a_pipe_is_read_to_its_end_and_bounded),
		in_tmpdir(a_large_file_is_whole),
		in_tmpdir(the_mode_is_exact),
		in_tmpdir(replacing_leaves_one_file),
		in_tmpdir(a_link_is_replaced_not_followed),
		in_tmpdir(a_failed_write_leaves_the_old_file),
		in_tmpdir(a_directory_in_the_way_stays),
		in_tmpdir(a_path_without_a_name_or_directory_is_refused),
		in_tmpdir(paths_are_relative_to_the_directory),
		in_tmpdir(writing_to_a_closed_pipe_is_an_error),
		in_tmpdir(directories_are_made_with_their_parents),
		in_tmpdir(a_file_in_the_way_of_a_directory_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
