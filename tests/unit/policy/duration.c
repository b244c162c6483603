/* SPDX-License-Identifier: BSD-2-Clause */
/* Durations: exactly the texts that Cedar's duration() accepts. */
#include "policy/policy.h"

#include <errno.h>
#include <string.h>

#include "cm.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct text text_of(const char *s)
{
	return (struct text){ s, strlen(s) };
}

static void accepts_quantities_in_order(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{ "0ms", 0 },
		{ "1ms", 1 },
		{ "90s", 90000 },
		{ "5m", 300000 },
		{ "5ms", 5 },
		{ "5m5ms", 300005 },
		{ "1m5s5ms", 65005 },
		{ "2h", 7200000 },
		{ "14d", 1209600000 },
		{ "1d2h3m4s5ms", 93784005 },
		{ "1d5ms", 86400005 },
		{ "01h", 3600000 },
		{ "0000000000000000000000000000001d", 86400000 },
		{ "-1d2h", -93600000 },
		{ "-0s", 0 },
		{ "9223372036854775807ms", INT64_MAX },
		{ "-9223372036854775808ms", INT64_MIN },
		{ "9223372036854775s807ms", INT64_MAX },
		{ "-9223372036854775s808ms", INT64_MIN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t ms = -1;

		if (duration_parse(text_of(rows[i].text), &ms) < 0 || ms != rows[i].ms)
			fail_msg("%s: %lld", rows[i].text, (long long)ms);
	}
}

static void refuses_everything_else(void **state)
{
	static const char *const rows[] = {
		"",
		"-",
		"1",
		"h",
		"+1h",
		" 1h",
		"1h ",
		"1 h",
		"1h1d",
		"1h1h",
		"5ms1s",
		"1H",
		"1.5h",
		"--1h",
		"1h-1m",
		"1w",
		"1d\n",
		"1mss",
		"m5",
		"1us",
		"0x1h",
		"1dh",
		"１h",
		"1h30",
		"9223372036854775808ms",
		"-9223372036854775809ms",
		"9223372036854775s808ms",
		"106751991168d",
		"99999999999999999999h",
		"99999999999999999999ms",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t ms = 42;

		if (duration_parse(text_of(rows[i]), &ms) != -EINVAL)
			fail_msg("accepted: %s", rows[i]);
		assert_int_equal(ms, 42); /* untouched */
	}
}

static void bytes_after_a_nul_count(void **state)
{
	int64_t ms;

	(void)state;
	assert_int_equal(duration_parse((struct text){ "1h\0", 3 }, &ms), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_quantities_in_order),
		cmocka_unit_test(refuses_everything_else),
		cmocka_unit_test(bytes_after_a_nul_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
