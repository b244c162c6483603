/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cedar's datetime("…"): a date alone ("2026-01-31", its first moment in UTC), or a date and
 * "Thh:mm:ss", optional ".sss", and then "Z" or an offset "+hhmm". No leap seconds; years 0-9999.
 */
#include <errno.h>

#include "policy/policy.h"

/* What is left to read. */
struct cursor {
	const char *s;
	size_t len;
};

/* Exactly `n` digits as a number. */
static bool take_number(struct cursor *c, size_t n, int *ret)
{
	int v = 0;

	if (c->len < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (c->s[i] < '0' || c->s[i] > '9')
			return false;
		v = v * 10 + (c->s[i] - '0');
	}
	c->s += n;
	c->len -= n;
	*ret = v;
	return true;
}

static bool take_char(struct cursor *c, char wanted)
{
	if (c->len == 0 || c->s[0] != wanted)
		return false;
	c->s++;
	c->len--;
	return true;
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

/*
 * Days from 1970-01-01 in the Gregorian calendar, extended backwards. Years start in March, so the
 * leap day is the last of its year; 719468 days lie between 0000-03-01 and the epoch.
 */
static int64_t days_since_epoch(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t shifted = month > 2 ? month - 3 : month + 9;
	int64_t day_of_year = (153 * shifted + 2) / 5 + day - 1;
	int64_t leaps = y >= 0 ? y / 4 - y / 100 + y / 400 : -1;

	return y * 365 + leaps + day_of_year - 719468;
}

static bool take_date(struct cursor *c, int64_t *ret_ms)
{
	int year, month, day;

	if (!take_number(c, 4, &year) || !take_char(c, '-') || !take_number(c, 2, &month) ||
	    !take_char(c, '-') || !take_number(c, 2, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return false;
	*ret_ms = days_since_epoch(year, month, day) * 86400000;
	return true;
}

static bool take_time(struct cursor *c, int64_t *ret_ms)
{
	int hour, minute, second, ms = 0;

	if (!take_char(c, 'T') || !take_number(c, 2, &hour) || !take_char(c, ':') ||
	    !take_number(c, 2, &minute) || !take_char(c, ':') || !take_number(c, 2, &second))
		return false;
	if (take_char(c, '.') && !take_number(c, 3, &ms))
		return false;
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	*ret_ms = ((hour * 60 + minute) * 60 + second) * INT64_C(1000) + ms;
	return true;
}

/* "Z" or "+hhmm" or "-hhmm": what has to be subtracted to get UTC. */
static bool take_offset(struct cursor *c, int64_t *ret_ms)
{
	int hour, minute, sign;

	if (take_char(c, 'Z')) {
		*ret_ms = 0;
		return true;
	}
	sign = take_char(c, '+') ? 1 : -1;
	if (sign < 0 && !take_char(c, '-'))
		return false;
	if (!take_number(c, 2, &hour) || !take_number(c, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*ret_ms = INT64_C(60000) * sign * (hour * 60 + minute);
	return true;
}

int datetime_parse(struct text t, int64_t *ret_ms)
{
	struct cursor c = { t.s, t.len };
	int64_t date, time = 0, offset = 0;

	if (!take_date(&c, &date))
		return -EINVAL;
	if (c.len > 0 && (!take_time(&c, &time) || !take_offset(&c, &offset)))
		return -EINVAL;
	if (c.len > 0)
		return -EINVAL;
	*ret_ms = date + time - offset;
	return 0;
}
