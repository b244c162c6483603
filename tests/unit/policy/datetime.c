/* SPDX-License-Identifier: BSD-2-Clause */
/* Datetimes: exactly the texts that Cedar's datetime() accepts. */
#include "policy/policy.h"

#include <errno.h>
#include <string.h>

#include "cm.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct text text_of(const char *s)
{
	return (struct text){ s, strlen(s) };
}

static void accepts_dates_and_times(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{ "1970-01-01", 0 },
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1969-12-31T23:59:59.999Z", -1 },
		{ "2024-01-01", INT64_C(1704067200000) },
		{ "2024-02-29T12:34:56Z", INT64_C(1709210096000) },
		{ "2000-02-29", INT64_C(951782400000) },
		{ "2024-10-15T11:38:02.101+1134", INT64_C(1728950642101) },
		{ "2024-10-15T11:38:02-1134", INT64_C(1729033922000) },
		{ "2024-01-01T00:00:00+2359", INT64_C(1703980860000) },
		{ "2024-01-01T00:00:00.000-0000", INT64_C(1704067200000) },
		{ "9999-12-31T23:59:59.999Z", INT64_C(253402300799999) },
		{ "0000-01-01", INT64_C(-62167219200000) },
		{ "0000-02-29", INT64_C(-62162121600000) },
		{ "0000-03-01", INT64_C(-62162035200000) },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t ms = 42;

		if (datetime_parse(text_of(rows[i].text), &ms) < 0 || ms != rows[i].ms)
			fail_msg("%s: %lld", rows[i].text, (long long)ms);
	}
}

static void refuses_everything_else(void **state)
{
	static const char *const rows[] = {
		"",
		"2024",
		"2024-01",
		"2024-1-1",
		"24-01-01",
		"10000-01-01",
		"-001-01-01",
		"2024-00-01",
		"2024-13-01",
		"2024-01-00",
		"2024-01-32",
		"2024-04-31",
		"2023-02-29",
		"1900-02-29",
		"2024-01-01Z",
		"2024-01-01T",
		"2024-01-01 00:00:00Z",
		"2024-01-01t00:00:00Z",
		"2024-01-01T00:00Z",
		"2024-01-01T00:00:00",
		"2024-01-01T24:00:00Z",
		"2024-01-01T00:60:00Z",
		"2016-12-31T23:59:60Z",
		"2024-01-01T00:00:00.Z",
		"2024-01-01T00:00:00.1Z",
		"2024-01-01T00:00:00.1234Z",
		"2024-01-01T00:00:00,000Z",
		"2024-01-01T00:00:00z",
		"2024-01-01T00:00:00ZZ",
		"2024-01-01T00:00:00+00:00",
		"2024-01-01T00:00:00+2400",
		"2024-01-01T00:00:00+0060",
		"2024-01-01T00:00:00+000",
		"2024-01-01T00:00:00Z ",
		" 2024-01-01",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t ms = 42;

		if (datetime_parse(text_of(rows[i]), &ms) != -EINVAL)
			fail_msg("accepted: %s", rows[i]);
		assert_int_equal(ms, 42);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_dates_and_times),
		cmocka_unit_test(refuses_everything_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
