/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Facts decided from values: days and weeks on both sides of 1970, prefixes bit by bit, and for every kind
 * that the answer stays until postern_fact_until() says it may change, against counting.
 */
#include "cm.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <postern/session.h>

#define DAY ((int64_t)POSTERN_DAY_MS)
#define BOOT 7000000000ull

static int holds(const struct postern_fact *f, const struct postern_context *c)
{
	return postern_fact_holds(f, 0, c);
}

static struct postern_context at(int64_t now_ms)
{
	return (struct postern_context){
		.now_ms = now_ms,
		.local_time_ms = postern_time_of_day(now_ms),
		.weekday = postern_weekday(now_ms),
		.mfa_age_ms = POSTERN_AGE_WORST,
		.boot = BOOT,
		.session_end = POSTERN_FOREVER,
		.device_end = POSTERN_FOREVER,
		.zone_left_ms = POSTERN_FOREVER,
	};
}

static void days_and_weeks_as_the_c_library_counts_them(void **state)
{
	(void)state;
	for (int64_t day = -800000; day < 800000; day += 997) {
		static const int64_t parts[] = { 0, 1, 999, 43200000, DAY - 1 };

		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
			int64_t ms = day * DAY + parts[i];
			time_t t = (time_t)(day * 86400);
			struct tm tm;

			assert_non_null(gmtime_r(&t, &tm));
			assert_int_equal(postern_time_of_day(ms), parts[i]);
			assert_int_equal(postern_weekday(ms), tm.tm_wday ? tm.tm_wday : 7);
		}
	}
	assert_int_equal(postern_time_of_day(-(int64_t)POSTERN_WHOLE_DAYS * DAY), 0);
	assert_int_equal(postern_time_of_day(INT64_MAX), INT64_MAX % DAY);
}

static void milliseconds_round_down(void **state)
{
	(void)state;
	assert_int_equal(postern_ms_of(0), 0);
	assert_int_equal(postern_ms_of(999999), 0);
	assert_int_equal(postern_ms_of(1000000), 1);
	assert_int_equal(postern_ms_of(-1), -1);
	assert_int_equal(postern_ms_of(-1000000), -1);
	assert_int_equal(postern_ms_of(-1000001), -2);
	assert_int_equal(postern_ms_of(INT64_MAX), INT64_MAX / 1000000);
}

static void a_range_has_both_its_ends(void **state)
{
	const struct postern_fact f = { .kind = POSTERN_FACT_AGE, .low = 5, .high = 9 };
	struct postern_context c = at(0);

	(void)state;
	for (c.mfa_age_ms = 0; c.mfa_age_ms < 20; c.mfa_age_ms++)
		assert_int_equal(holds(&f, &c), c.mfa_age_ms >= 5 && c.mfa_age_ms <= 9);
	c.mfa_age_ms = POSTERN_AGE_WORST;
	assert_false(holds(&f, &c));
}

static void numbers_reach_their_ends(void **state)
{
	const struct postern_fact all = { .kind = POSTERN_FACT_NOW,
					  .low = INT64_MIN,
					  .high = INT64_MAX };
	const struct postern_fact most = { .kind = POSTERN_FACT_NOW,
					   .low = INT64_MAX,
					   .high = INT64_MAX };
	struct postern_context c = { .now_ms = INT64_MIN };

	(void)state;
	assert_true(holds(&all, &c));
	assert_false(holds(&most, &c));
	assert_true(postern_fact_until(&most, &c) == POSTERN_FOREVER);
	c.now_ms = INT64_MAX;
	assert_true(holds(&all, &c));
	assert_true(holds(&most, &c));
}

static void booleans_by_their_mask(void **state)
{
	static const struct {
		uint16_t kind;
		uint32_t flag;
	} kinds[] = {
		{ POSTERN_FACT_MFA, POSTERN_X_MFA },
		{ POSTERN_FACT_VERIFIED, POSTERN_X_VERIFIED },
		{ POSTERN_FACT_INTERACTIVE, POSTERN_X_INTERACTIVE },
		{ POSTERN_FACT_LOCAL_V4, POSTERN_X_LOCAL_V4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		for (uint32_t mask = 0; mask < 4; mask++) {
			const struct postern_fact f = { .kind = kinds[i].kind, .mask = mask };
			struct postern_context c = { .flags = kinds[i].flag };

			assert_int_equal(holds(&f, &c), mask >> 1 & 1);
			c.flags = ~kinds[i].flag;
			assert_int_equal(holds(&f, &c), mask & 1);
		}
	}
}

static void the_device_is_worst_without_a_lease(void **state)
{
	const struct postern_fact good = { .kind = POSTERN_FACT_DEVICE };
	const struct postern_fact bad = { .kind = POSTERN_FACT_DEVICE, .mask = 1 };
	struct postern_context c = { .device = 1ull << 63, .device_end = 7 };

	(void)state;
	assert_false(postern_fact_holds(&good, 63, &c));
	assert_true(postern_fact_holds(&bad, 63, &c));
	assert_true(postern_fact_until(&good, &c) == POSTERN_FOREVER);
	c.flags = POSTERN_X_DEVICE;
	assert_true(postern_fact_holds(&good, 63, &c));
	assert_false(postern_fact_holds(&good, 62, &c));
	assert_false(postern_fact_holds(&bad, 62, &c));
	assert_int_equal(postern_fact_until(&good, &c), 7);
}

/* An address that differs in one bit only is inside exactly the prefixes that end before that bit. */
static void prefixes_bit_by_bit(void **state)
{
	(void)state;
	for (int v4 = 0; v4 < 2; v4++) {
		uint32_t width = v4 ? 32 : 128;

		for (uint32_t bits = 0; bits <= width; bits++) {
			for (uint32_t flipped = 0; flipped <= width; flipped++) {
				struct postern_fact f = { .kind = POSTERN_FACT_LOCAL_IP,
							  .flags = v4 ? POSTERN_FACT_V4 : 0,
							  .mask = bits };
				struct postern_context c = { .flags = v4 ? POSTERN_X_LOCAL_V4 : 0 };
				uint32_t from_top = v4 ? flipped + 96 : flipped;

				if (flipped < width && from_top < 64)
					c.local_high = 1ull << (63 - from_top);
				else if (flipped < width)
					c.local_low = 1ull << (127 - from_top);
				assert_int_equal(holds(&f, &c), bits <= flipped);
				c.flags ^= POSTERN_X_LOCAL_V4;
				assert_false(holds(&f, &c));
			}
		}
	}
}

/* The same context, so much later, in every way that time alone changes it. */
static struct postern_context later(const struct postern_context *c, uint64_t ms)
{
	struct postern_context l = *c;
	int64_t local = (int64_t)c->local_time_ms + (int64_t)ms;

	l.now_ms += (int64_t)ms;
	if (c->mfa_age_ms != POSTERN_AGE_WORST)
		l.mfa_age_ms += (int64_t)ms;
	l.weekday = (uint32_t)((c->weekday - 1 + local / DAY) % 7 + 1);
	l.local_time_ms = (uint32_t)(local % DAY);
	return l;
}

static int64_t pick(int64_t n)
{
	return random() % n;
}

/* A random fact whose edges are near the context's values. */
static struct postern_fact near(const struct postern_context *c)
{
	static const uint16_t kinds[] = { POSTERN_FACT_AGE, POSTERN_FACT_NOW, POSTERN_FACT_UTC_TIME,
					  POSTERN_FACT_LOCAL_TIME, POSTERN_FACT_WEEKDAY };
	struct postern_fact f = { .kind = kinds[pick(5)] };
	int64_t n;

	if (f.kind == POSTERN_FACT_WEEKDAY) {
		f.mask = (uint32_t)pick(128) << 1;
		return f;
	}
	n = postern_fact_number(f.kind, c);
	if (n == POSTERN_AGE_WORST)
		n = 500;
	f.low = pick(3) ? n - 40 + pick(80) : INT64_MIN;
	f.high = pick(3) ? f.low + pick(60) : INT64_MAX;
	if (f.low == INT64_MIN)
		f.high = n - 40 + pick(80);
	return f;
}

static void the_answer_stays_until_it_is_said_to_change(void **state)
{
	enum { STEPS = 90 };
	size_t changes = 0, exact = 0;

	(void)state;
	srandom(1);
	for (int i = 0; i < 20000; i++) {
		struct postern_context c = at(pick(3) ? pick(1 << 30) : -pick(1 << 30));
		struct postern_fact f;
		uint64_t left, until, first = STEPS;
		uint32_t rest;
		int now;

		if (pick(2))
			c.now_ms = DAY * (pick(40) - 20) - pick(STEPS);
		c.local_time_ms = pick(2) ? postern_time_of_day(c.now_ms)
					  : (uint32_t)(DAY - 1 - pick(STEPS));
		c.mfa_age_ms = pick(4) ? pick(1000) : POSTERN_AGE_WORST;
		f = near(&c);
		now = holds(&f, &c);
		c.now_rest = (uint32_t)pick(1000000);
		c.age_rest = (uint32_t)pick(1000000);
		until = postern_fact_until(&f, &c);
		assert_true(until > c.boot);
		/* counted from where the present millisecond of its clock began */
		rest = f.kind == POSTERN_FACT_AGE ? c.age_rest : c.now_rest;
		left = until == POSTERN_FOREVER ? until : (until - c.boot + rest) / POSTERN_MS;
		assert_true(until == POSTERN_FOREVER || (until - c.boot + rest) % POSTERN_MS == 0);
		for (uint64_t ms = 1; ms < STEPS && first == STEPS; ms++) {
			struct postern_context l = later(&c, ms);

			if (holds(&f, &l) != now)
				first = ms;
		}
		if (first == STEPS)
			continue;
		changes++;
		assert_true(left <= first);
		/* midnight is named also when nothing changes then: only that is early */
		exact += left == first;
	}
	assert_true(changes > 2000);
	assert_true(exact > changes * 9 / 10);
}

/* What ends from outside: the proof, the zone. */
static void other_ends_come_first(void **state)
{
	const struct postern_fact age = { .kind = POSTERN_FACT_AGE, .low = 0, .high = 1000 };
	const struct postern_fact mfa = { .kind = POSTERN_FACT_MFA, .mask = 2 };
	const struct postern_fact face = { .kind = POSTERN_FACT_INTERACTIVE, .mask = 2 };
	const struct postern_fact day = { .kind = POSTERN_FACT_WEEKDAY, .mask = 2 };
	const struct postern_fact port = { .kind = POSTERN_FACT_LOCAL_PORT, .high = 7 };
	struct postern_context c = at(0);

	(void)state;
	c.mfa_age_ms = 0;
	c.session_end = BOOT + 12;
	c.zone_left_ms = 34;
	c.now_rest = 999999;
	assert_true(postern_fact_until(&age, &c) == BOOT + 12);
	assert_true(postern_fact_until(&mfa, &c) == BOOT + 12);
	assert_true(postern_fact_until(&face, &c) == POSTERN_FOREVER);
	assert_true(postern_fact_until(&day, &c) == BOOT + 33000001);
	assert_true(postern_fact_until(&port, &c) == POSTERN_FOREVER);
	c.session_end = POSTERN_FOREVER;
	assert_true(postern_fact_until(&age, &c) == BOOT + 1001000000);
	c.age_rest = 7;
	assert_true(postern_fact_until(&age, &c) == BOOT + 1000999993);
	c.mfa_age_ms = POSTERN_AGE_WORST;
	assert_true(postern_fact_until(&age, &c) == POSTERN_FOREVER);
}

static void a_moment_has_the_zone_of_its_time(void **state)
{
	struct postern_conditions c = {
		.real_minus_boot_ns = 5000000000,
		.zones = 3,
		.zone = { { INT64_MIN, 3600000 }, { 7000, 7200000 }, { 9000, -3600000 } },
	};
	struct postern_moment m;

	(void)state;
	postern_moment_at(&c, 1999999999, &m);
	assert_int_equal(m.now_ms, 6999);
	assert_int_equal(m.rest_ns, 999999);
	assert_int_equal(m.local_ms, 6999 + 3600000);
	assert_int_equal(m.zone_left_ms, 1);
	postern_moment_at(&c, 2000000000, &m);
	assert_int_equal(m.local_ms, 7000 + 7200000);
	assert_int_equal(m.zone_left_ms, 2000);
	assert_int_equal(m.rest_ns, 0);
	postern_moment_at(&c, 4000000000, &m);
	assert_int_equal(m.local_ms, 9000 - 3600000);
	assert_true(m.zone_left_ms == POSTERN_FOREVER);
	/* a clock before 1970 */
	c.real_minus_boot_ns = -1000000001;
	postern_moment_at(&c, 0, &m);
	assert_int_equal(m.now_ms, -1001);
	assert_int_equal(m.rest_ns, 999999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_and_weeks_as_the_c_library_counts_them),
		cmocka_unit_test(milliseconds_round_down),
		cmocka_unit_test(a_range_has_both_its_ends),
		cmocka_unit_test(numbers_reach_their_ends),
		cmocka_unit_test(booleans_by_their_mask),
		cmocka_unit_test(the_device_is_worst_without_a_lease),
		cmocka_unit_test(prefixes_bit_by_bit),
		cmocka_unit_test(the_answer_stays_until_it_is_said_to_change),
		cmocka_unit_test(other_ends_come_first),
		cmocka_unit_test(a_moment_has_the_zone_of_its_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
