/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cedar's duration("…"): an optional minus, then quantities with the units d, h, m, s, ms, each at
 * most once and in that order: "1d12h", "-90s". The value is a count of milliseconds in 64 bits.
 */
#include <errno.h>
#include <string.h>

#include "policy/policy.h"

struct unit {
	char name[3];
	int64_t ms;
};

static const struct unit units[] = {
	{ "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Reads "<digits><name>" from offset *at. 1 and moves *at past it when it stands there, 0 when
 * something else does, -EINVAL when the number does not fit.
 */
static int read_quantity(struct text t, size_t *at, const char *name, uint64_t *ret)
{
	size_t i = *at, n = strlen(name);
	bool overflow = false;
	uint64_t v = 0;

	for (; i < t.len && is_digit(t.s[i]); i++)
		overflow |= __builtin_mul_overflow(v, 10, &v) ||
			    __builtin_add_overflow(v, (uint64_t)(t.s[i] - '0'), &v);
	if (i == *at || t.len - i < n || memcmp(t.s + i, name, n) != 0)
		return 0;
	/* "5ms" is five milliseconds, not five minutes followed by a stray s. */
	if (n == 1 && name[0] == 'm' && i + 1 < t.len && t.s[i + 1] == 's')
		return 0;
	if (overflow)
		return -EINVAL;
	*at = i + n;
	*ret = v;
	return 1;
}

/*
 * Sums downwards from zero whatever the sign, because the least 64-bit number has no positive twin
 * and Cedar accepts it.
 */
int duration_parse(struct text t, int64_t *ret_ms)
{
	bool negative = t.len > 0 && t.s[0] == '-';
	size_t at = negative ? 1 : 0;
	int64_t below_zero = 0;

	if (at == t.len)
		return -EINVAL;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		uint64_t quantity = 0, ms;
		int r = read_quantity(t, &at, units[i].name, &quantity);

		if (r < 0)
			return r;
		if (r > 0 && (__builtin_mul_overflow(quantity, units[i].ms, &ms) ||
			      __builtin_sub_overflow(below_zero, ms, &below_zero)))
			return -EINVAL;
	}
	if (at != t.len)
		return -EINVAL;
	if (!negative && __builtin_sub_overflow(0, below_zero, &below_zero))
		return -EINVAL;
	*ret_ms = below_zero;
	return 0;
}
