/* SPDX-License-Identifier: BSD-2-Clause */
/* Decimals in 64 bits. Sums downwards from zero: the least value has no positive twin. */
#include "policy/value_decimal.h"

#include <errno.h>
#include <string.h>

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

int value_decimal_parse(struct text t, int64_t *ret)
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
