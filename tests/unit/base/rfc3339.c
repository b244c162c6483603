/* SPDX-License-Identifier: BSD-2-Clause */
/* Times in documents: one spelling, only dates that exist. */
#include "base/rfc3339.h"

#include <errno.h>

#include "cm.h"

static void times_are_read_and_written(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },		{ "1970-01-01T00:00:01Z", 1 },
		{ "1972-02-29T00:00:00Z", 68169600 },	{ "2000-02-29T23:59:59Z", 951868799 },
		{ "2000-03-01T00:00:00Z", 951868800 },	{ "2026-11-23T21:20:00Z", 1795468800 },
		{ "2027-03-01T00:00:00Z", 1803859200 }, { "2038-01-19T03:14:08Z", 2147483648 },
		{ "2100-03-01T00:00:00Z", 4107542400 }, { "9999-12-31T23:59:59Z", 253402300799 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[RFC3339_SIZE];
		int64_t ms = -1;

		assert_int_equal(rfc3339_parse(cases[i].text, &ms), 0);
		assert_int_equal(ms, cases[i].seconds * 1000);
		assert_int_equal(rfc3339_format(ms + 999, text), 0);
		assert_string_equal(text, cases[i].text);
	}
}

static void what_is_no_time_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"2027",
		"2027-03-01",
		"2027-03-01T00:00:00",
		"2027-03-01T00:00:00z",
		"2027-03-01t00:00:00Z",
		"2027-03-01 00:00:00Z",
		"2027-03-01T00:00:00+00:00",
		"2027-03-01T00:00:00.0Z",
		"2027-03-01T00:00:00Z ",
		" 2027-03-01T00:00:00Z",
		"2027-3-1T00:00:00Z",
		"+027-03-01T00:00:00Z",
		"2027-03-01T00:00:60Z",
		"2027-03-01T00:60:00Z",
		"2027-03-01T24:00:00Z",
		"2027-00-01T00:00:00Z",
		"2027-13-01T00:00:00Z",
		"2027-03-00T00:00:00Z",
		"2027-04-31T00:00:00Z",
		"2027-02-29T00:00:00Z",
		"2100-02-29T00:00:00Z",
		"1969-12-31T23:59:59Z",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t ms = 77;

		if (rfc3339_parse(bad[i], &ms) != -EINVAL)
			fail_msg("\"%s\" was read", bad[i]);
		assert_int_equal(ms, 77);
	}
}

static void what_has_no_text_is_refused(void **state)
{
	char text[RFC3339_SIZE] = "untouched";

	(void)state;
	assert_int_equal(rfc3339_format(-1, text), -ERANGE);
	assert_int_equal(rfc3339_format(253402300800000, text), -ERANGE);
	assert_int_equal(rfc3339_format(INT64_MAX, text), -ERANGE);
	assert_string_equal(text, "untouched");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read_and_written),
		cmocka_unit_test(what_is_no_time_is_refused),
		cmocka_unit_test(what_has_no_text_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
