/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sources that somebody prepared: whatever stands where a file should be, nothing waits, nothing is
 * read from outside of the root, and the fact is unknown.
 */
#include "root.h"

#include <sys/socket.h>
#include <sys/un.h>

#define ASLR "/proc/sys/kernel/randomize_va_space"

static void a_fifo_is_not_waited_for(void **state)
{
	root_parents(state, ASLR);
	assert_int_equal(mkfifo(root_path(state, ASLR), 0644), 0);
	assert_int_equal(root_answer(state, POSTURE_ASLR), POSTURE_UNKNOWN);
}

static void a_directory_is_no_file(void **state)
{
	root_dir(state, ASLR);
	assert_int_equal(root_answer(state, POSTURE_ASLR), POSTURE_UNKNOWN);
}

static void a_file_is_no_directory(void **state)
{
	root_file(state, "/proc/sys/kernel", "2\n");
	root_file(state, "/sys/devices/system/cpu/vulnerabilities", "fine\n");
	assert_int_equal(root_answer(state, POSTURE_ASLR), POSTURE_UNKNOWN);
	assert_int_equal(root_answer(state, POSTURE_CPU_MITIGATED), POSTURE_UNKNOWN);
}

static void a_socket_is_no_file(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	root_dir(state, "/sys/class/tpm/tpm0");
	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%s/sys/class/tpm/tpm0/tpm_version_major",
		       (const char *)*state);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(root_answer(state, POSTURE_TPM2), POSTURE_UNKNOWN);
	assert_int_equal(close(fd), 0);
}

static void links_stay_below_the_root(void **state)
{
	root_file(state, "/etc/two", "2\n");
	root_link(state, ASLR, "/etc/two");
	assert_int_equal(root_answer(state, POSTURE_ASLR), POSTURE_GOOD);
	assert_int_equal(unlink(root_path(state, ASLR)), 0);
	root_link(state, ASLR, "../../../../../../../../../../etc/two");
	assert_int_equal(root_answer(state, POSTURE_ASLR), POSTURE_GOOD);
}

/* The host's own file says 2 or not: below this root there is none. */
static void a_link_out_leads_nowhere(void **state)
{
	char outside[128];

	(void)snprintf(outside, sizeof(outside), "%s.outside", (const char *)*state);
	assert_int_equal(file_write_atomic(AT_FDCWD, outside, "2\n", 2, 0644), 0);
	root_link(state, ASLR, outside);
	assert_int_equal(root_answer(state, POSTURE_ASLR), POSTURE_UNKNOWN);
	assert_int_equal(unlink(outside), 0);
}

static void links_in_a_circle_end(void **state)
{
	root_link(state, ASLR, "/etc/a");
	root_link(state, "/etc/a", "/etc/b");
	root_link(state, "/etc/b", "/etc/a");
	assert_int_equal(root_answer(state, POSTURE_ASLR), POSTURE_UNKNOWN);
}

static void too_large_is_unknown(void **state)
{
	char text[5000];

	memset(text, '\n', sizeof(text));
	text[0] = '2';
	root_bytes(state, ASLR, text, sizeof(text));
	assert_int_equal(root_answer(state, POSTURE_ASLR), POSTURE_UNKNOWN);
	root_bytes(state, ASLR, text, 4096);
	assert_int_equal(root_answer(state, POSTURE_ASLR), POSTURE_GOOD);
}

static void without_end_is_unknown(void **state)
{
	root_file(state, "/proc/swaps", "");
	assert_int_equal(truncate(root_path(state, "/proc/swaps"), INT64_C(1) << 40), 0);
	assert_int_equal(root_answer(state, POSTURE_SWAP_ENCRYPTED), POSTURE_UNKNOWN);
}

static void nul_bytes_are_no_text(void **state)
{
	root_bytes(state, ASLR, "2\0001", 3);
	assert_int_equal(root_answer(state, POSTURE_ASLR), POSTURE_UNKNOWN);
	root_bytes(state, ASLR, "\0", 1);
	assert_int_equal(root_answer(state, POSTURE_ASLR), POSTURE_UNKNOWN);
}

static void too_many_entries_are_unknown(void **state)
{
	for (int i = 0; i < 1025; i++) {
		char path[96];

		(void)snprintf(path, sizeof(path), "/sys/devices/system/cpu/vulnerabilities/v%d",
			       i);
		root_file(state, path, "Not affected\n");
		if (i == 1023)
			assert_int_equal(root_answer(state, POSTURE_CPU_MITIGATED), POSTURE_GOOD);
	}
	assert_int_equal(root_answer(state, POSTURE_CPU_MITIGATED), POSTURE_UNKNOWN);
}

/* What a file says is shown on terminals. */
static void what_is_shown_moves_no_cursor(void **state)
{
	struct posture *p;

	root_file(state, "/proc/sys/kernel/osrelease", "6\033[2J\r\n\xff\x7f");
	p = root_read(state);
	for (const char *c = p->fact[POSTURE_KERNEL].found; *c; c++)
		assert_in_range(*c, 0x20, 0x7e);
	assert_string_equal(p->fact[POSTURE_KERNEL].found, "6?[2J????");
	free(p);
}

#define IN_ROOT(f) cmocka_unit_test_setup_teardown(f, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOT(a_fifo_is_not_waited_for),     IN_ROOT(a_directory_is_no_file),
		IN_ROOT(a_file_is_no_directory),       IN_ROOT(a_socket_is_no_file),
		IN_ROOT(links_stay_below_the_root),    IN_ROOT(a_link_out_leads_nowhere),
		IN_ROOT(links_in_a_circle_end),	       IN_ROOT(too_large_is_unknown),
		IN_ROOT(without_end_is_unknown),       IN_ROOT(nul_bytes_are_no_text),
		IN_ROOT(too_many_entries_are_unknown), IN_ROOT(what_is_shown_moves_no_cursor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
