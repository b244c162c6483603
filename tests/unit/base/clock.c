/* SPDX-License-Identifier: BSD-2-Clause */
/* Clocks: the units are what they are called, and the right clock is read. */
#include "base/clock.h"

#include <sys/sysinfo.h>
#include <time.h>

#include "cm.h"

static void real_time_is_in_milliseconds(void **state)
{
	int64_t before = (int64_t)time(NULL);
	int64_t now = clock_real_ms();

	(void)state;
	assert_true(now / 1000 >= before - 1);
	assert_true(now / 1000 <= before + 5);
}

static void boot_time_is_the_uptime_in_nanoseconds(void **state)
{
	struct sysinfo info;
	uint64_t now = clock_boot_ns();

	(void)state;
	assert_int_equal(sysinfo(&info), 0);
	assert_true(now / 1000000000U + 2 >= (uint64_t)info.uptime);
	assert_true(now / 1000000000U <= (uint64_t)info.uptime + 2);
}

static void boot_time_never_goes_back(void **state)
{
	uint64_t last = clock_boot_ns();

	(void)state;
	for (int i = 0; i < 10000; i++) {
		uint64_t now = clock_boot_ns();

		assert_true(now >= last);
		last = now;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_time_is_in_milliseconds),
		cmocka_unit_test(boot_time_is_the_uptime_in_nanoseconds),
		cmocka_unit_test(boot_time_never_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
