/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes by pid and start time: another process of the same pid is nobody we know. */
#include "identity/identity.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cm.h"

/* This test's own key, as /proc tells it: start time in ticks, made nanoseconds. */
static struct postern_process_key myself(void)
{
	struct postern_process_key key = { .tgid = (uint32_t)getpid() };
	FILE *f = fopen("/proc/self/stat", "re");
	unsigned long long ticks = 0;
	char line[1024];

	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	(void)fclose(f);
	assert_int_equal(
		sscanf(strrchr(line, ')') + 1,
		       " %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s"
		       " %*s %llu",
		       &ticks),
		1);
	key.start_boottime = ticks * (1000000000ull / (uint64_t)sysconf(_SC_CLK_TCK)) + 5;
	return key;
}

static void my_groups_are_those_that_the_kernel_says(void **state)
{
	struct postern_process_key key = myself();
	_cleanup_free_ gid_t *groups = NULL;
	gid_t expected[256];
	int n = getgroups(256, expected);
	size_t found = 0;

	(void)state;
	assert_true(n >= 0);
	assert_int_equal(identity_process_groups(&key, &groups, &found), 0);
	assert_int_equal(found, n);
	for (size_t i = 0; i < found; i++)
		assert_int_equal(groups[i], expected[i]);
}

static void another_start_time_is_another_process(void **state)
{
	struct postern_process_key key = myself();
	gid_t *groups = NULL;
	size_t n = 7;

	(void)state;
	key.start_boottime += 1000000000ull;
	assert_int_equal(identity_process_groups(&key, &groups, &n), -ESRCH);
	key.start_boottime = 0;
	assert_int_equal(identity_process_groups(&key, &groups, &n), -ESRCH);
	assert_null(groups);
	assert_int_equal(n, 7);
}

static void a_pid_that_nobody_has_is_gone(void **state)
{
	struct postern_process_key key = { .tgid = 0x7fffffff };
	gid_t *groups = NULL;
	size_t n = 7;

	(void)state;
	assert_int_equal(identity_process_groups(&key, &groups, &n), -ESRCH);
	assert_null(groups);
	assert_int_equal(n, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(my_groups_are_those_that_the_kernel_says),
		cmocka_unit_test(another_start_time_is_another_process),
		cmocka_unit_test(a_pid_that_nobody_has_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
