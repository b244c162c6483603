/* SPDX-License-Identifier: BSD-2-Clause */
/* Sealed memory files: what was put is read, nobody changes it, and what is none is refused. */
#include "base/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cm.h"

static int reads(int fd, size_t max)
{
	_cleanup_free_ uint8_t *bytes = NULL;
	size_t len;

	return sealed_read(fd, max, &bytes, &len);
}

static void what_was_put_is_read(void **state)
{
	_cleanup_close_ int fd = sealed_new("test", "ab\0c", 4), none = sealed_new("test", "", 0);
	_cleanup_free_ uint8_t *bytes = NULL, *nothing = NULL;
	size_t len = 9;

	(void)state;
	assert_true(fd >= 0 && none >= 0);
	assert_int_equal(sealed_read(fd, 4, &bytes, &len), 0);
	assert_int_equal(len, 4);
	assert_memory_equal(bytes, "ab\0c", 4);
	assert_int_equal(sealed_read(none, 4, &nothing, &len), 0);
	assert_int_equal(len, 0);
	assert_int_equal(reads(fd, 3), -EFBIG);
}

static void nobody_changes_it(void **state)
{
	_cleanup_close_ int fd = sealed_new("test", "abcd", 4);

	(void)state;
	assert_int_equal(pwrite(fd, "x", 1, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(ftruncate(fd, 2), -1);
	assert_int_equal(ftruncate(fd, 8), -1);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
	assert_ptr_equal(mmap(NULL, 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), MAP_FAILED);
}

/* Each seal but one is not enough, whichever it is. */
static void every_seal_is_asked_for(void **state)
{
	static const int seals[] = { F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE, F_SEAL_SEAL };

	(void)state;
	for (int left_out = 0; left_out < 4; left_out++) {
		_cleanup_close_ int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

		assert_int_equal(fd_write_all(fd, "abcd", 4), 0);
		for (int i = 0; i < 4; i++)
			if (i != left_out)
				assert_int_equal(fcntl(fd, F_ADD_SEALS, seals[i]), 0);
		assert_int_equal(reads(fd, 4), -EPERM);
	}
}

static void what_is_no_memory_file_is_refused(void **state)
{
	_cleanup_close_ int directory = open("/", O_RDONLY | O_CLOEXEC),
			    null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(reads(ends[0], 4), -EPERM);
	assert_int_equal(reads(directory, 4), -EPERM);
	assert_int_equal(reads(null, 4), -EPERM);
	(void)close(ends[0]);
	(void)close(ends[1]);
	assert_int_equal(reads(ends[0], 4), -EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_is_read),
		cmocka_unit_test(nobody_changes_it),
		cmocka_unit_test(every_seal_is_asked_for),
		cmocka_unit_test(what_is_no_memory_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
