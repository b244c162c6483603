/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of files: the same file has one, another file at the same place has another. */
#include "identity/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cm.h"

/* A new file without a name on that file system, or -1 where there is none. */
static int new_file(const char *where)
{
	return open(where, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
}

static void a_file_has_one_key(void **state)
{
	struct postern_file_key a = { 0 }, b = { 0 };
	_cleanup_close_ int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int first = identity_file_key(fd, &a);

	(void)state;
	assert_true(first == 0 || first == -EOPNOTSUPP);
	assert_int_equal(identity_file_key(fd, &b), first);
	assert_memory_equal(&a, &b, sizeof(a));
}

/* tmpfs has no FS_IOC_GETVERSION; its generation comes out of the file handle. */
static void tmpfs_tells_its_generations(void **state)
{
	struct postern_file_key a, b;
	_cleanup_close_ int first = new_file("/dev/shm"), second = new_file("/dev/shm");

	(void)state;
	assert_true(first >= 0 && second >= 0);
	assert_int_equal(identity_file_key(first, &a), 0);
	assert_int_equal(identity_file_key(second, &b), 0);
	assert_int_equal(a.dev, b.dev);
	assert_int_not_equal(a.ino, b.ino);
}

static void no_generation_is_no_key(void **state)
{
	struct postern_file_key key = { .ino = 7 };
	_cleanup_close_ int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(identity_file_key(fd, &key), -EOPNOTSUPP);
	assert_int_equal(key.ino, 7);
}

static void no_descriptor_is_an_error(void **state)
{
	struct postern_file_key key = { .ino = 7 };

	(void)state;
	assert_int_equal(identity_file_key(-1, &key), -EBADF);
	assert_int_equal(key.ino, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_has_one_key),
		cmocka_unit_test(tmpfs_tells_its_generations),
		cmocka_unit_test(no_generation_is_no_key),
		cmocka_unit_test(no_descriptor_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
