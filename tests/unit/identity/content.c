/* SPDX-License-Identifier: BSD-2-Clause */
/* Which files' contents may be verified, and when they may not. */
#include "cm.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "identity/identity.h"

/* A directory of the build, on whatever file system that is, and one that is a tmpfs on most machines. */
static const char *const places[] = { "/var/tmp", "/tmp", "/dev/shm" };

static char path[128];

static void make(const char *dir, mode_t mode)
{
	int fd;

	(void)snprintf(path, sizeof(path), "%s/postern-test-content-%d", dir, (int)getpid());
	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	assert_true(fd >= 0 && write(fd, "content", 7) == 7 && fchmod(fd, mode) == 0);
	(void)close(fd);
}

/* What the kernel side would say of the file. -1 where this file system tells no generations. */
static int key_of(struct postern_digest_key *key, struct postern_process *record)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;
	struct stat st;

	memset(key, 0, sizeof(*key));
	memset(record, 0, sizeof(*record));
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	r = identity_file_key(fd, &key->file);
	(void)close(fd);
	key->ctime_ns = (uint64_t)st.st_ctim.tv_sec * 1000000000u + (uint64_t)st.st_ctim.tv_nsec;
	key->size = (uint64_t)st.st_size;
	record->exe_len = (uint16_t)strlen(path);
	memcpy(record->exe, path, record->exe_len);
	return r;
}

static void settle(void)
{
	const struct timespec moment = { .tv_nsec = 150000000 };

	(void)nanosleep(&moment, NULL);
}

/* Makes a file where files can be verified, and lets it settle; false where there is no such place. */
static bool verifiable(struct postern_digest_key *key, struct postern_process *record)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		int fd = -1, r;

		if (access(places[i], W_OK) < 0)
			continue;
		make(places[i], 0700);
		settle();
		r = key_of(key, record) ?: identity_content_open(key, record, &fd);
		if (r == 0) {
			(void)close(fd);
			return true;
		}
		(void)unlink(path);
	}
	return false;
}

static void a_file_that_rests_is_opened(void **state)
{
	struct postern_digest_key key;
	struct postern_process record;
	char bytes[8] = "";
	int fd = -1;

	(void)state;
	if (!verifiable(&key, &record))
		skip();
	assert_int_equal(identity_content_open(&key, &record, &fd), 0);
	assert_int_equal(read(fd, bytes, sizeof(bytes)), 7);
	assert_string_equal(bytes, "content");
	assert_true(identity_content_holds(fd, &key));
	(void)close(fd);
	(void)unlink(path);
}

/* Two changes within a tick of the clock have one ctime. */
static void a_file_that_changed_just_now_is_for_later(void **state)
{
	struct postern_digest_key key;
	struct postern_process record;
	int fd = -77;

	(void)state;
	if (!verifiable(&key, &record))
		skip();
	assert_int_equal(chmod(path, 0500), 0);
	assert_int_equal(key_of(&key, &record), 0);
	assert_int_equal(identity_content_open(&key, &record, &fd), -EAGAIN);
	assert_int_equal(fd, -77);
	(void)unlink(path);
}

static void a_file_that_is_open_for_writing_is_for_later(void **state)
{
	struct postern_digest_key key;
	struct postern_process record;
	int writer, fd = -77;
	void *mapped;

	(void)state;
	if (!verifiable(&key, &record))
		skip();
	writer = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(identity_content_open(&key, &record, &fd), -EAGAIN);
	/* a mapping writes as well, without any descriptor */
	mapped = mmap(NULL, 7, PROT_READ | PROT_WRITE, MAP_SHARED, writer, 0);
	(void)close(writer);
	assert_ptr_not_equal(mapped, MAP_FAILED);
	assert_int_equal(identity_content_open(&key, &record, &fd), -EAGAIN);
	assert_int_equal(fd, -77);
	assert_int_equal(munmap(mapped, 7), 0);
	assert_int_equal(identity_content_open(&key, &record, &fd), 0);
	(void)close(fd);
	(void)unlink(path);
}

static void who_comes_to_write_is_noticed(void **state)
{
	struct postern_digest_key key;
	struct postern_process record;
	int fd = -1;

	(void)state;
	if (!verifiable(&key, &record))
		skip();
	assert_int_equal(identity_content_open(&key, &record, &fd), 0);
	assert_int_equal(open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC), -1);
	assert_int_equal(errno, EWOULDBLOCK);
	assert_false(identity_content_holds(fd, &key));
	(void)close(fd);
	(void)unlink(path);
}

static void another_content_is_not_to_be_found(void **state)
{
	struct postern_digest_key key, other;
	struct postern_process record;
	int fd = -77;

	(void)state;
	if (!verifiable(&key, &record))
		skip();
	other = key;
	other.size++;
	assert_int_equal(identity_content_open(&other, &record, &fd), -ESTALE);
	other = key;
	other.ctime_ns--;
	assert_int_equal(identity_content_open(&other, &record, &fd), -ESTALE);
	other = key;
	other.file.generation++;
	assert_int_equal(identity_content_open(&other, &record, &fd), -ESTALE);
	other = key;
	other.file.ino++;
	assert_int_equal(identity_content_open(&other, &record, &fd), -ESTALE);
	(void)unlink(path);
	assert_int_equal(identity_content_open(&key, &record, &fd), -ESTALE);
	assert_int_equal(fd, -77);
}

/* A path only says where to look. */
static void a_link_to_the_file_is_not_followed(void **state)
{
	struct postern_digest_key key;
	struct postern_process record;
	char link[160];
	int fd = -77;

	(void)state;
	if (!verifiable(&key, &record))
		skip();
	(void)snprintf(link, sizeof(link), "%s-link", path);
	(void)unlink(link);
	assert_int_equal(symlink(path, link), 0);
	record.exe_len = (uint16_t)strlen(link);
	memcpy(record.exe, link, record.exe_len);
	assert_int_equal(identity_content_open(&key, &record, &fd), -ESTALE);
	assert_int_equal(fd, -77);
	(void)unlink(link);
	(void)unlink(path);
}

/* What a mapping writes there changes no time: only root may be able to. */
static void on_tmpfs_only_what_root_alone_may_write(void **state)
{
	struct postern_digest_key key;
	struct postern_process record;
	struct statfs fs;
	int fd = -77;

	(void)state;
	if (geteuid() != 0 || statfs("/dev/shm", &fs) < 0 || fs.f_type != 0x01021994)
		skip();
	make("/dev/shm", 0722);
	settle();
	assert_int_equal(key_of(&key, &record), 0);
	assert_int_equal(identity_content_open(&key, &record, &fd), -EOPNOTSUPP);
	make("/dev/shm", 0700);
	assert_int_equal(chown(path, 65534, 65534), 0);
	settle();
	assert_int_equal(key_of(&key, &record), 0);
	assert_int_equal(identity_content_open(&key, &record, &fd), -EOPNOTSUPP);
	assert_int_equal(fd, -77);
	(void)unlink(path);
}

static void a_device_that_nothing_shows_is_refused(void **state)
{
	struct postern_digest_key key = { .file = { .dev = 0xfffffu } };
	struct postern_process record = { .exe_len = 0 };
	int fd = -77;

	(void)state;
	assert_int_equal(identity_content_open(&key, &record, &fd), -EOPNOTSUPP);
	/* loop devices: somebody may write to the file behind */
	key.file.dev = 7u << 20;
	assert_int_equal(identity_content_open(&key, &record, &fd), -EOPNOTSUPP);
	assert_int_equal(fd, -77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_rests_is_opened),
		cmocka_unit_test(a_file_that_changed_just_now_is_for_later),
		cmocka_unit_test(a_file_that_is_open_for_writing_is_for_later),
		cmocka_unit_test(who_comes_to_write_is_noticed),
		cmocka_unit_test(another_content_is_not_to_be_found),
		cmocka_unit_test(a_link_to_the_file_is_not_followed),
		cmocka_unit_test(on_tmpfs_only_what_root_alone_may_write),
		cmocka_unit_test(a_device_that_nothing_shows_is_refused),
	};

	/* as whoever reads has to: the kernel says so that somebody waits to write */
	(void)signal(SIGIO, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
