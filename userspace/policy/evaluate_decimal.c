/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cedar's decimal: digits, a point, one to four digits, kept as a multiple of 1/10000 in 64 bits.
 * The profile has none; the evaluator is Cedar's all the same. Numbers are summed downwards from
 * zero, because the least value has no positive twin.
 */
#include <errno.h>
#include <string.h>

#include "policy/evaluate_call.h"

enum { FRACTION_DIGITS = 4 };

/* Appends digits to a number that is not positive. */
static int append_digits(const char *s, size_t n, int64_t *below_zero)
{
	if (n == 0)
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9' ||
		    __builtin_mul_overflow(*below_zero, 10, below_zero) ||
		    __builtin_sub_overflow(*below_zero, s[i] - '0', below_zero))
			return -EINVAL;
	}
	return 0;
}

static int parse_decimal(struct text t, int64_t *ret)
{
	bool negative = t.len > 0 && t.s[0] == '-';
	const char *s = t.s + (negative ? 1 : 0), *end = t.s + t.len;
	const char *point = t.len ? memchr(s, '.', (size_t)(end - s)) : NULL;
	int64_t below_zero = 0;
	size_t digits;

	if (!point || append_digits(s, (size_t)(point - s), &below_zero) < 0)
		return -EINVAL;
	digits = (size_t)(end - point) - 1;
	if (digits > FRACTION_DIGITS || append_digits(point + 1, digits, &below_zero) < 0)
		return -EINVAL;
	for (; digits < FRACTION_DIGITS; digits++) {
		if (__builtin_mul_overflow(below_zero, 10, &below_zero))
			return -EINVAL;
	}
	if (!negative && __builtin_sub_overflow(0, below_zero, &below_zero))
		return -EINVAL;
	*ret = below_zero;
	return 0;
}

static int call_decimal(const struct value *a, struct value *ret)
{
	int64_t n;
	int r = parse_decimal(a[0].string, &n);

	if (r == 0)
		*ret = value_number(VALUE_DECIMAL, n);
	return r;
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

static const struct call rows[] = {
	{ "decimal", call_decimal, 1, { VALUE_STRING } },
	{ "lessThan", call_less, 2, { VALUE_DECIMAL, VALUE_DECIMAL } },
	{ "lessThanOrEqual", call_less_or_equal, 2, { VALUE_DECIMAL, VALUE_DECIMAL } },
	{ "greaterThan", call_greater, 2, { VALUE_DECIMAL, VALUE_DECIMAL } },
	{ "greaterThanOrEqual", call_greater_or_equal, 2, { VALUE_DECIMAL, VALUE_DECIMAL } },
};

const struct call_table decimal_calls = { rows, sizeof(rows) / sizeof(rows[0]) };
