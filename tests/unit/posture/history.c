/* SPDX-License-Identifier: BSD-2-Clause */
/* What counts of readings: false at once, true after two good ones, nothing of old ones. */
#include "posture/posture.h"

#include <stdlib.h>
#include <string.h>

#include "cm.h"

#define SECOND_NS UINT64_C(1000000000)
#define START_NS (1000 * SECOND_NS)
#define START_MS INT64_C(1767225600000)

enum { AT = 30 }; /* seconds between readings */

struct story {
	struct posture_history h;
	struct posture p;
	unsigned n; /* readings */
};

static int begin(void **state)
{
	*state = calloc(1, sizeof(struct story));
	return *state ? 0 : -1;
}

static int end(void **state)
{
	free(*state);
	return 0;
}

static uint64_t boot_ns(const struct story *s)
{
	return START_NS + s->n * AT * SECOND_NS;
}

static int64_t real_ms(const struct story *s)
{
	return START_MS + s->n * AT * 1000;
}

/* Adds s->p as the next reading. Whether what counts changed. */
static bool add(struct story *s)
{
	s->n++;
	s->p.boot_ns = boot_ns(s);
	return posture_history_add(&s->h, &s->p, real_ms(s));
}

static bool aslr(struct story *s, enum posture_answer a)
{
	s->p.fact[POSTURE_ASLR].answer = a;
	return add(s);
}

static bool holds(const struct story *s)
{
	return posture_holds(&s->h, POSTURE_ASLR, boot_ns(s));
}

static void nothing_counts_before_a_reading(void **state)
{
	struct story *s = *state;

	for (int i = 0; i < POSTURE_FACTS; i++) {
		assert_false(posture_holds(&s->h, (enum posture_fact)i, START_NS));
		assert_int_equal(posture_age(&s->h, (enum posture_fact)i, START_NS),
				 POSTURE_AGE_WORST);
	}
}

static void two_good_readings_win_a_fact(void **state)
{
	struct story *s = *state;

	assert_false(aslr(s, POSTURE_GOOD));
	assert_false(holds(s));
	assert_true(posture_is_pending(&s->h));
	assert_true(aslr(s, POSTURE_GOOD));
	assert_true(holds(s));
	assert_false(posture_is_pending(&s->h));
	assert_false(aslr(s, POSTURE_GOOD));
}

static void one_bad_reading_loses_it(void **state)
{
	static const enum posture_answer bad[] = { POSTURE_BAD, POSTURE_UNKNOWN };
	struct story *s = *state;

	for (size_t i = 0; i < 2; i++) {
		(void)aslr(s, POSTURE_GOOD);
		(void)aslr(s, POSTURE_GOOD);
		assert_true(holds(s));
		assert_true(aslr(s, bad[i]));
		assert_false(holds(s));
		assert_false(posture_is_pending(&s->h));
	}
}

/* A source that comes and goes at every reading is never believed. */
static void flapping_never_holds(void **state)
{
	struct story *s = *state;

	for (int i = 0; i < 20; i++) {
		assert_false(aslr(s, i % 2 ? POSTURE_GOOD : POSTURE_BAD));
		assert_false(holds(s));
	}
}

static void old_readings_say_nothing(void **state)
{
	struct story *s = *state;

	(void)aslr(s, POSTURE_GOOD);
	(void)aslr(s, POSTURE_GOOD);
	assert_true(posture_holds(&s->h, POSTURE_ASLR, boot_ns(s) + POSTURE_STALE_NS));
	assert_false(posture_holds(&s->h, POSTURE_ASLR, boot_ns(s) + POSTURE_STALE_NS + 1));
	/* nor does what was read at a time that is still to come */
	assert_false(posture_holds(&s->h, POSTURE_ASLR, boot_ns(s) - 1));
}

static void a_reading_after_a_gap_starts_anew(void **state)
{
	struct story *s = *state;

	(void)aslr(s, POSTURE_GOOD);
	(void)aslr(s, POSTURE_GOOD);
	s->n += 4;
	assert_true(aslr(s, POSTURE_GOOD));
	assert_false(holds(s));
	assert_true(aslr(s, POSTURE_GOOD));
	assert_true(holds(s));
}

static void facts_are_apart(void **state)
{
	struct story *s = *state;

	s->p.fact[POSTURE_TPM2].answer = POSTURE_GOOD;
	(void)aslr(s, POSTURE_GOOD);
	(void)aslr(s, POSTURE_GOOD);
	(void)aslr(s, POSTURE_BAD);
	assert_false(holds(s));
	assert_true(posture_holds(&s->h, POSTURE_TPM2, boot_ns(s)));
	assert_false(posture_holds(&s->h, POSTURE_LOCKDOWN, boot_ns(s)));
}

static bool age(struct story *s, int64_t ms)
{
	s->p.fact[POSTURE_UPDATES_AGE].answer = ms == POSTURE_AGE_WORST ? POSTURE_UNKNOWN
									: POSTURE_GOOD;
	s->p.fact[POSTURE_UPDATES_AGE].ms = ms;
	return add(s);
}

static int64_t age_now(const struct story *s, uint64_t later_ns)
{
	return posture_age(&s->h, POSTURE_UPDATES_AGE, boot_ns(s) + later_ns);
}

static void ages_grow_between_readings(void **state)
{
	struct story *s = *state;

	(void)age(s, 1000);
	assert_int_equal(age_now(s, 0), POSTURE_AGE_WORST);
	assert_true(age(s, 31000));
	assert_int_equal(age_now(s, 0), 31000);
	assert_int_equal(age_now(s, 5 * SECOND_NS), 36000);
	assert_false(age(s, 61000));
	assert_int_equal(age_now(s, POSTURE_STALE_NS + 1), POSTURE_AGE_WORST);
}

/* The worse of both: an age that drops must be seen twice. */
static void a_younger_age_is_believed_late(void **state)
{
	struct story *s = *state;

	(void)age(s, 900000);
	(void)age(s, 930000);
	(void)age(s, 0);
	assert_int_equal(age_now(s, 0), 960000);
	(void)age(s, 30000);
	assert_int_equal(age_now(s, 0), 30000);
}

static void an_age_that_is_lost_is_worst_at_once(void **state)
{
	struct story *s = *state;

	(void)age(s, 1000);
	(void)age(s, 31000);
	assert_true(age(s, POSTURE_AGE_WORST));
	assert_int_equal(age_now(s, 0), POSTURE_AGE_WORST);
}

/* An age so large that it cannot grow is worst, not young. */
static void ages_do_not_overflow(void **state)
{
	struct story *s = *state;

	(void)age(s, INT64_MAX - 1);
	(void)age(s, INT64_MAX - 1);
	assert_int_equal(age_now(s, 10 * SECOND_NS), POSTURE_AGE_WORST);
}

static void kinds_are_not_mixed_up(void **state)
{
	struct story *s = *state;

	s->p.fact[POSTURE_KERNEL].answer = POSTURE_GOOD;
	s->p.fact[POSTURE_KERNEL].ms = 0;
	(void)age(s, 1000);
	(void)age(s, 1000);
	assert_false(posture_holds(&s->h, POSTURE_UPDATES_AGE, boot_ns(s)));
	assert_false(posture_holds(&s->h, POSTURE_KERNEL, boot_ns(s)));
	assert_int_equal(posture_age(&s->h, POSTURE_KERNEL, boot_ns(s)), POSTURE_AGE_WORST);
	assert_int_equal(posture_age(&s->h, POSTURE_ASLR, boot_ns(s)), POSTURE_AGE_WORST);
}

/* ---- custom facts ------------------------------------------------------------------------------ */

static void put(struct story *s, const char *name, enum posture_answer a, int64_t until_ms)
{
	struct posture_custom *c = &s->p.custom[s->p.n_custom++];

	*c = (struct posture_custom){ .until_ms = until_ms, .reading.answer = a };
	(void)snprintf(c->name, sizeof(c->name), "%s", name);
}

static bool custom_holds(const struct story *s, size_t i, int64_t now_ms)
{
	return posture_custom_holds(&s->h, i, now_ms, boot_ns(s));
}

static void custom_facts_are_won_and_lost_alike(void **state)
{
	struct story *s = *state;

	put(s, "edr", POSTURE_GOOD, INT64_MAX);
	assert_false(add(s));
	assert_false(custom_holds(s, 0, real_ms(s)));
	assert_true(posture_is_pending(&s->h));
	assert_true(add(s));
	assert_true(custom_holds(s, 0, real_ms(s)));
	assert_false(posture_is_pending(&s->h));
	s->p.custom[0].reading.answer = POSTURE_BAD;
	assert_true(add(s));
	assert_false(custom_holds(s, 0, real_ms(s)));
}

static void a_file_that_is_gone_is_a_change(void **state)
{
	struct story *s = *state;

	put(s, "edr", POSTURE_GOOD, INT64_MAX);
	(void)add(s);
	(void)add(s);
	s->p.n_custom = 0;
	assert_true(add(s));
	assert_false(add(s));
}

/* Facts are told apart by name, wherever they stand among the others. */
static void another_name_is_another_fact(void **state)
{
	struct story *s = *state;

	put(s, "b", POSTURE_GOOD, INT64_MAX);
	(void)add(s);
	(void)add(s);
	s->p.n_custom = 0;
	put(s, "a", POSTURE_GOOD, INT64_MAX);
	put(s, "b", POSTURE_GOOD, INT64_MAX);
	assert_false(add(s));
	assert_false(custom_holds(s, 0, real_ms(s)));
	assert_true(custom_holds(s, 1, real_ms(s)));
}

static void a_fact_lapses_at_its_end(void **state)
{
	struct story *s = *state;
	int64_t end_ms = START_MS + 65000;

	put(s, "edr", POSTURE_GOOD, end_ms);
	(void)add(s);
	(void)add(s);
	assert_true(custom_holds(s, 0, end_ms - 1));
	assert_false(custom_holds(s, 0, end_ms));
	assert_int_equal(posture_next_end(&s->h.last), end_ms);
	/* read after its end and still called good: what counts is the end */
	assert_true(add(s));
	assert_false(custom_holds(s, 0, real_ms(s)));
}

#define STORY(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORY(nothing_counts_before_a_reading),
		STORY(two_good_readings_win_a_fact),
		STORY(one_bad_reading_loses_it),
		STORY(flapping_never_holds),
		STORY(old_readings_say_nothing),
		STORY(a_reading_after_a_gap_starts_anew),
		STORY(facts_are_apart),
		STORY(ages_grow_between_readings),
		STORY(a_younger_age_is_believed_late),
		STORY(an_age_that_is_lost_is_worst_at_once),
		STORY(ages_do_not_overflow),
		STORY(kinds_are_not_mixed_up),
		STORY(custom_facts_are_won_and_lost_alike),
		STORY(a_file_that_is_gone_is_a_change),
		STORY(another_name_is_another_fact),
		STORY(a_fact_lapses_at_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
