/* SPDX-License-Identifier: BSD-2-Clause */
/* Time zones as steps: against the C library, hour by hour and second by second around each step. */
#include "daemon/conditions.h"

#include <stdlib.h>
#include <time.h>

#include "cm.h"

#define HOUR INT64_C(3600000)
#define NOW INT64_C(1780315200000) /* 2026-06-01T12:00:00Z */

/* Rules instead of names: the test needs no zone database. */
static uint32_t zones_in(const char *tz, struct postern_zone ret[POSTERN_ZONES])
{
	assert_int_equal(setenv("TZ", tz, 1), 0);
	return conditions_zones(NOW, ret);
}

static int64_t library_shift(int64_t ms)
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	assert_non_null(localtime_r(&t, &tm));
	return (int64_t)tm.tm_gmtoff * 1000;
}

static int64_t table_shift(const struct postern_zone *zone, uint32_t n, int64_t ms)
{
	int64_t shift = zone[0].shift_ms;

	for (uint32_t i = 1; i < n && zone[i].from_ms <= ms; i++)
		shift = zone[i].shift_ms;
	return shift;
}

static void a_zone_without_summer_is_one_step(void **state)
{
	struct postern_zone zone[POSTERN_ZONES];

	(void)state;
	assert_int_equal(zones_in("UTC0", zone), 1);
	assert_true(zone[0].from_ms == INT64_MIN);
	assert_int_equal(zone[0].shift_ms, 0);
	assert_int_equal(zones_in("NPT-5:45", zone), 1);
	assert_int_equal(zone[0].shift_ms, 5 * HOUR + 45 * 60000);
}

static void summer_begins_and_ends_to_the_second(void **state)
{
	struct postern_zone zone[POSTERN_ZONES];

	(void)state;
	assert_int_equal(zones_in("CET-1CEST,M3.5.0,M10.5.0/3", zone), POSTERN_ZONES);
	assert_int_equal(zone[0].shift_ms, 2 * HOUR);
	/* 2026-10-25T01:00:00Z and 2027-03-28T01:00:00Z */
	assert_true(zone[1].from_ms == INT64_C(1792890000000));
	assert_int_equal(zone[1].shift_ms, HOUR);
	assert_true(zone[2].from_ms == INT64_C(1806195600000));
	assert_int_equal(zone[2].shift_ms, 2 * HOUR);
}

static void steps_are_those_of_the_library(void **state)
{
	static const char *const zones[] = {
		"CET-1CEST,M3.5.0,M10.5.0/3",
		"EST5EDT,M3.2.0,M11.1.0",
		"NZST-12NZDT,M9.5.0,M4.1.0/3",
		"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", /* Lord Howe: half an hour */
		"<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		struct postern_zone zone[POSTERN_ZONES];
		uint32_t n = zones_in(zones[i], zone);
		int64_t last = zone[n - 1].from_ms;

		assert_int_equal(n, POSTERN_ZONES);
		for (int64_t t = NOW - 7 * 24 * HOUR; t < last + 30 * 24 * HOUR; t += HOUR)
			if (table_shift(zone, n, t) != library_shift(t))
				fail_msg("%s at %lld", zones[i], (long long)t);
		for (uint32_t k = 1; k < n; k++) {
			assert_true(zone[k].from_ms > zone[k - 1].from_ms);
			assert_int_not_equal(library_shift(zone[k].from_ms - 1000),
					     zone[k].shift_ms);
			assert_int_equal(library_shift(zone[k].from_ms), zone[k].shift_ms);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_zone_without_summer_is_one_step),
		cmocka_unit_test(summer_begins_and_ends_to_the_second),
		cmocka_unit_test(steps_are_those_of_the_library),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
