/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 3339 by hand: strptime and timegm accept dates that do not exist. */
#include "base/rfc3339.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { YEAR_FIRST = 1970, YEAR_LAST = 9999, MONTHS = 12 };

static const int64_t day_seconds = 86400;
static const int64_t last_second = 253402300799; /* 9999-12-31T23:59:59Z */

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int year, int month)
{
	static const int days[MONTHS] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1970-01-01 to the first day of a year. */
static int64_t days_before_year(int year)
{
	int past = year - 1;
	int leap_days = past / 4 - past / 100 + past / 400;

	return (int64_t)(year - YEAR_FIRST) * 365 + leap_days - 477; /* 477 leap days before 1970 */
}

static bool matches_shape(const char *text)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";

	if (strlen(text) != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; i < sizeof(shape) - 1; i++)
		if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
			return false;
	return true;
}

static int number(const char *digits, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++)
		value = value * 10 + (digits[i] - '0');
	return value;
}

int rfc3339_parse(const char *text, int64_t *ret_ms)
{
	int year, month, day, hour, minute, second;
	int64_t days, seconds;

	if (!matches_shape(text))
		return -EINVAL;
	year = number(text, 4);
	month = number(text + 5, 2);
	day = number(text + 8, 2);
	hour = number(text + 11, 2);
	minute = number(text + 14, 2);
	second = number(text + 17, 2);
	if (year < YEAR_FIRST || month < 1 || month > MONTHS || day < 1 ||
	    day > days_in(year, month) || hour > 23 || minute > 59 || second > 59)
		return -EINVAL;
	days = days_before_year(year) + day - 1;
	for (int m = 1; m < month; m++)
		days += days_in(year, m);
	seconds = (hour * 60 + minute) * 60 + second;
	*ret_ms = (days * day_seconds + seconds) * 1000;
	return 0;
}

int rfc3339_format(int64_t ms, char ret[RFC3339_SIZE])
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;

	if (ms < 0 || seconds > last_second || !gmtime_r(&seconds, &tm))
		return -ERANGE;
	return strftime(ret, RFC3339_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) ? 0 : -ERANGE;
}
