/* SPDX-License-Identifier: BSD-2-Clause */
/* Cedar's datetime and duration: milliseconds in 64 bits, where passing the end is an error. */
#include <errno.h>

#include "policy/evaluate_call.h"

enum { DAY_MS = 86400000 };

static int call_duration(const struct value *a, struct value *ret)
{
	int64_t ms;
	int r = duration_parse(a[0].string, &ms);

	if (r == 0)
		*ret = value_number(VALUE_DURATION, ms);
	return r;
}

static int call_datetime(const struct value *a, struct value *ret)
{
	int64_t ms;
	int r = datetime_parse(a[0].string, &ms);

	if (r == 0)
		*ret = value_number(VALUE_DATETIME, ms);
	return r;
}

static int call_offset(const struct value *a, struct value *ret)
{
	int64_t ms;

	if (__builtin_add_overflow(a[0].number, a[1].number, &ms))
		return -EINVAL;
	*ret = value_number(VALUE_DATETIME, ms);
	return 0;
}

static int call_duration_since(const struct value *a, struct value *ret)
{
	int64_t ms;

	if (__builtin_sub_overflow(a[0].number, a[1].number, &ms))
		return -EINVAL;
	*ret = value_number(VALUE_DURATION, ms);
	return 0;
}

/* Milliseconds since midnight in UTC, also before 1970. */
static int64_t time_of_day(int64_t ms)
{
	return (ms % DAY_MS + DAY_MS) % DAY_MS;
}

static int call_to_date(const struct value *a, struct value *ret)
{
	int64_t ms;

	if (__builtin_sub_overflow(a[0].number, time_of_day(a[0].number), &ms))
		return -EINVAL;
	*ret = value_number(VALUE_DATETIME, ms);
	return 0;
}

static int call_to_time(const struct value *a, struct value *ret)
{
	*ret = value_number(VALUE_DURATION, time_of_day(a[0].number));
	return 0;
}

static int call_to_milliseconds(const struct value *a, struct value *ret)
{
	*ret = value_long(a[0].number);
	return 0;
}

static int call_to_seconds(const struct value *a, struct value *ret)
{
	*ret = value_long(a[0].number / 1000);
	return 0;
}

static int call_to_minutes(const struct value *a, struct value *ret)
{
	*ret = value_long(a[0].number / 60000);
	return 0;
}

static int call_to_hours(const struct value *a, struct value *ret)
{
	*ret = value_long(a[0].number / 3600000);
	return 0;
}

static int call_to_days(const struct value *a, struct value *ret)
{
	*ret = value_long(a[0].number / DAY_MS);
	return 0;
}

static const struct call rows[] = {
	{ "duration", call_duration, 1, { VALUE_STRING } },
	{ "datetime", call_datetime, 1, { VALUE_STRING } },
	{ "offset", call_offset, 2, { VALUE_DATETIME, VALUE_DURATION } },
	{ "durationSince", call_duration_since, 2, { VALUE_DATETIME, VALUE_DATETIME } },
	{ "toDate", call_to_date, 1, { VALUE_DATETIME } },
	{ "toTime", call_to_time, 1, { VALUE_DATETIME } },
	{ "toMilliseconds", call_to_milliseconds, 1, { VALUE_DURATION } },
	{ "toSeconds", call_to_seconds, 1, { VALUE_DURATION } },
	{ "toMinutes", call_to_minutes, 1, { VALUE_DURATION } },
	{ "toHours", call_to_hours, 1, { VALUE_DURATION } },
	{ "toDays", call_to_days, 1, { VALUE_DURATION } },
};

const struct call_table time_calls = { rows, sizeof(rows) / sizeof(rows[0]) };
