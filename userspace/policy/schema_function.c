/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions and methods: Cedar's extensions ipaddr, decimal and datetime, and the built-in methods
 * of sets and tags. A constructor's literal is read here exactly as the engine reads it, so that
 * no accepted constructor fails in a request.
 */
#include <string.h>

#include "policy/prefix.h"
#include "policy/schema.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* An address, or an address and a length after a slash. Host bits are legal to Cedar. */
static bool reads_ip(struct text t)
{
	const char *slash = t.len ? memchr(t.s, '/', t.len) : NULL;
	struct text address = { t.s, slash ? (size_t)(slash - t.s) : t.len };
	struct text length = { slash ? slash + 1 : t.s, slash ? t.len - address.len - 1 : 0 };
	uint8_t bytes[16];
	uint32_t bits;
	bool v4;

	if (address_is_mixed(address) || address_parse(address, bytes, &v4) < 0)
		return false;
	return !slash || decimal_parse(length, v4 ? 32 : 128, &bits) == 0;
}

static size_t count_digits(struct text t, size_t at)
{
	size_t n = 0;

	while (at + n < t.len && t.s[at + n] >= '0' && t.s[at + n] <= '9')
		n++;
	return n;
}

/* Optional minus, digits, a dot, one to four digits; ten thousandths must fit in 64 bits. */
static bool reads_decimal(struct text t)
{
	bool negative = t.len > 0 && t.s[0] == '-';
	size_t whole = count_digits(t, negative);
	size_t dot = negative + whole;
	size_t places = count_digits(t, dot + 1);
	int64_t v = 0;

	if (whole == 0 || dot >= t.len || t.s[dot] != '.' || places < 1 || places > 4 ||
	    dot + 1 + places != t.len)
		return false;
	for (size_t i = negative; i < dot + 5; i++) {
		int digit = i == dot || i >= t.len ? 0 : t.s[i] - '0';

		if (i == dot)
			continue;
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_sub_overflow(v, (int64_t)digit, &v))
			return false;
	}
	return negative || v != INT64_MIN;
}

static bool reads_datetime(struct text t)
{
	int64_t ms;

	return datetime_parse(t, &ms) == 0;
}

static bool reads_duration(struct text t)
{
	int64_t ms;

	return duration_parse(t, &ms) == 0;
}

#define CONSTRUCTOR(name, type, reads, example)                                                    \
	{                                                                                          \
		(name), false, { &type_string }, 1, &(type), (reads), (example)                    \
	}
#define METHOD(name, on, result)                                                                   \
	{                                                                                          \
		(name), true, { &(on) }, 1, &(result), NULL, NULL                                  \
	}
#define METHOD_OF_TWO(name, on, with, result)                                                      \
	{                                                                                          \
		(name), true, { &(on), &(with) }, 2, &(result), NULL, NULL                         \
	}

static const struct signature signatures[] = {
	CONSTRUCTOR("ip", type_ipaddr, reads_ip, "ip(\"192.0.2.1\") or ip(\"2001:db8::/32\")"),
	CONSTRUCTOR("decimal", type_decimal, reads_decimal, "decimal(\"12.34\")"),
	CONSTRUCTOR("datetime", type_datetime, reads_datetime,
		    "datetime(\"2026-01-31\") or datetime(\"2026-01-31T08:00:00Z\")"),
	CONSTRUCTOR("duration", type_duration, reads_duration,
		    "duration(\"8h\") or duration(\"1d12h\")"),
	METHOD("isIpv4", type_ipaddr, type_bool),
	METHOD("isIpv6", type_ipaddr, type_bool),
	METHOD("isLoopback", type_ipaddr, type_bool),
	METHOD("isMulticast", type_ipaddr, type_bool),
	METHOD_OF_TWO("isInRange", type_ipaddr, type_ipaddr, type_bool),
	METHOD_OF_TWO("lessThan", type_decimal, type_decimal, type_bool),
	METHOD_OF_TWO("lessThanOrEqual", type_decimal, type_decimal, type_bool),
	METHOD_OF_TWO("greaterThan", type_decimal, type_decimal, type_bool),
	METHOD_OF_TWO("greaterThanOrEqual", type_decimal, type_decimal, type_bool),
	METHOD_OF_TWO("offset", type_datetime, type_duration, type_datetime),
	METHOD_OF_TWO("durationSince", type_datetime, type_datetime, type_duration),
	METHOD("toDate", type_datetime, type_datetime),
	METHOD("toTime", type_datetime, type_duration),
	METHOD("toMilliseconds", type_duration, type_long),
	METHOD("toSeconds", type_duration, type_long),
	METHOD("toMinutes", type_duration, type_long),
	METHOD("toHours", type_duration, type_long),
	METHOD("toDays", type_duration, type_long),
};

const char *const schema_function_names[] = { "ip", "decimal", "datetime", "duration" };
const size_t schema_n_function_names = COUNT(schema_function_names);

const char *const schema_method_names[] = {
	"contains",  "containsAll",   "containsAny",	 "isEmpty",	"getTag",
	"hasTag",    "isIpv4",	      "isIpv6",		 "isLoopback",	"isMulticast",
	"isInRange", "lessThan",      "lessThanOrEqual", "greaterThan", "greaterThanOrEqual",
	"offset",    "durationSince", "toDate",		 "toTime",	"toMilliseconds",
	"toSeconds", "toMinutes",     "toHours",	 "toDays",
};
const size_t schema_n_method_names = COUNT(schema_method_names);

const struct signature *schema_function(struct text name, bool method)
{
	for (size_t i = 0; i < COUNT(signatures); i++) {
		if (signatures[i].method == method && text_is(name, signatures[i].name))
			return &signatures[i];
	}
	return NULL;
}

int schema_method_arity(struct text name)
{
	static const char *const with_one[] = { "contains", "containsAll", "containsAny", "getTag",
						"hasTag" };

	for (size_t i = 0; i < COUNT(with_one); i++) {
		if (text_is(name, with_one[i]))
			return 1;
	}
	return text_is(name, "isEmpty") ? 0 : -1;
}
