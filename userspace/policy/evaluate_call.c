/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions and methods of Cedar's extension types and sets, by name. A method's first argument is
 * what stands before its dot. Wrong types and texts that say no value are errors.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "policy/evaluate.h"
#include "policy/prefix.h"
#include "policy/value_decimal.h"

enum { DAY_MS = 86400000 };

/* Arguments were checked against the row of the table: their number and their kinds. */
typedef int call_fn(const struct value *a, struct value *ret);

/* "10.0.0.1" or "10.0.0.0/8", host bits allowed, no IPv4 inside IPv6, no leading zeros. */
static int call_ip(const struct value *a, struct value *ret)
{
	struct text t = a[0].string;
	const char *slash = t.len ? memchr(t.s, '/', t.len) : NULL;
	struct text address = { t.s, slash ? (size_t)(slash - t.s) : t.len };
	struct prefix ip = { 0 };
	uint32_t bits;

	if (address.len == 0 || address_is_mixed(address) ||
	    address_parse(address, ip.addr, &ip.v4) < 0)
		return -EINVAL;
	bits = ip.v4 ? 32 : 128;
	if (slash &&
	    decimal_parse((struct text){ slash + 1, t.len - address.len - 1 }, bits, &bits))
		return -EINVAL;
	ip.bits = (uint8_t)bits;
	*ret = value_ip(ip);
	return 0;
}

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

static int call_decimal(const struct value *a, struct value *ret)
{
	int64_t n;
	int r = value_decimal_parse(a[0].string, &n);

	if (r == 0)
		*ret = value_number(VALUE_DECIMAL, n);
	return r;
}

static int call_is_ipv4(const struct value *a, struct value *ret)
{
	*ret = value_bool(a[0].ip.v4);
	return 0;
}

static int call_is_ipv6(const struct value *a, struct value *ret)
{
	*ret = value_bool(!a[0].ip.v4);
	return 0;
}

static int call_is_in_range(const struct value *a, struct value *ret)
{
	*ret = value_bool(prefix_covers(&a[1].ip, &a[0].ip));
	return 0;
}

static int call_is_loopback(const struct value *a, struct value *ret)
{
	static const struct prefix v4 = {
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 0 }, 8, true
	};
	static const struct prefix v6 = { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 },
					  128,
					  false };

	*ret = value_bool(prefix_covers(&v4, &a[0].ip) || prefix_covers(&v6, &a[0].ip));
	return 0;
}

static int call_is_multicast(const struct value *a, struct value *ret)
{
	static const struct prefix v4 = {
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 224, 0, 0, 0 }, 4, true
	};
	static const struct prefix v6 = { { 0xff }, 8, false };

	*ret = value_bool(prefix_covers(&v4, &a[0].ip) || prefix_covers(&v6, &a[0].ip));
	return 0;
}

static int call_less(const struct value *a, struct value *ret)
{
	*ret = value_bool(a[0].number < a[1].number);
	return 0;
}

static int call_less_or_equal(const struct value *a, struct value *ret)
{
	*ret = value_bool(a[0].number <= a[1].number);
	return 0;
}

static int call_greater(const struct value *a, struct value *ret)
{
	*ret = value_bool(a[0].number > a[1].number);
	return 0;
}

static int call_greater_or_equal(const struct value *a, struct value *ret)
{
	*ret = value_bool(a[0].number >= a[1].number);
	return 0;
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

static int call_contains(const struct value *a, struct value *ret)
{
	*ret = value_bool(set_has(&a[0], &a[1]));
	return 0;
}

static int call_contains_all(const struct value *a, struct value *ret)
{
	bool all = true;

	for (size_t i = 0; all && i < a[1].members.n; i++)
		all = set_has(&a[0], &a[1].members.items[i]);
	*ret = value_bool(all);
	return 0;
}

static int call_contains_any(const struct value *a, struct value *ret)
{
	bool any = false;

	for (size_t i = 0; !any && i < a[1].members.n; i++)
		any = set_has(&a[0], &a[1].members.items[i]);
	*ret = value_bool(any);
	return 0;
}

static int call_is_empty(const struct value *a, struct value *ret)
{
	*ret = value_bool(a[0].members.n == 0);
	return 0;
}

/* Any kind of value, as the second argument of contains(). */
#define ANY ((enum value_kind) - 1)

static const struct call {
	const char *name;
	call_fn *fn;
	size_t n;
	enum value_kind kinds[2];
} calls[] = {
	{ "ip", call_ip, 1, { VALUE_STRING } },
	{ "duration", call_duration, 1, { VALUE_STRING } },
	{ "datetime", call_datetime, 1, { VALUE_STRING } },
	{ "decimal", call_decimal, 1, { VALUE_STRING } },
	{ "isIpv4", call_is_ipv4, 1, { VALUE_IP } },
	{ "isIpv6", call_is_ipv6, 1, { VALUE_IP } },
	{ "isLoopback", call_is_loopback, 1, { VALUE_IP } },
	{ "isMulticast", call_is_multicast, 1, { VALUE_IP } },
	{ "isInRange", call_is_in_range, 2, { VALUE_IP, VALUE_IP } },
	{ "lessThan", call_less, 2, { VALUE_DECIMAL, VALUE_DECIMAL } },
	{ "lessThanOrEqual", call_less_or_equal, 2, { VALUE_DECIMAL, VALUE_DECIMAL } },
	{ "greaterThan", call_greater, 2, { VALUE_DECIMAL, VALUE_DECIMAL } },
	{ "greaterThanOrEqual", call_greater_or_equal, 2, { VALUE_DECIMAL, VALUE_DECIMAL } },
	{ "offset", call_offset, 2, { VALUE_DATETIME, VALUE_DURATION } },
	{ "durationSince", call_duration_since, 2, { VALUE_DATETIME, VALUE_DATETIME } },
	{ "toDate", call_to_date, 1, { VALUE_DATETIME } },
	{ "toTime", call_to_time, 1, { VALUE_DATETIME } },
	{ "toMilliseconds", call_to_milliseconds, 1, { VALUE_DURATION } },
	{ "toSeconds", call_to_seconds, 1, { VALUE_DURATION } },
	{ "toMinutes", call_to_minutes, 1, { VALUE_DURATION } },
	{ "toHours", call_to_hours, 1, { VALUE_DURATION } },
	{ "toDays", call_to_days, 1, { VALUE_DURATION } },
	{ "contains", call_contains, 2, { VALUE_SET, ANY } },
	{ "containsAll", call_contains_all, 2, { VALUE_SET, VALUE_SET } },
	{ "containsAny", call_contains_any, 2, { VALUE_SET, VALUE_SET } },
	{ "isEmpty", call_is_empty, 1, { VALUE_SET } },
};

int call_evaluate(struct text name, const struct value *args, size_t n, struct value *ret)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		const struct call *c = &calls[i];

		if (!text_is(name, c->name))
			continue;
		if (n != c->n)
			return -EINVAL;
		for (size_t k = 0; k < n; k++) {
			if (c->kinds[k] != ANY && args[k].kind != c->kinds[k])
				return -EINVAL;
		}
		return c->fn(args, ret);
	}
	return -EINVAL;
}
