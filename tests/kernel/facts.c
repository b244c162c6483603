/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conditions on device, time and this end, decided by the kernel for real connects: each becomes true and false when
 * what it is about does, and what ends by time does so with nobody awake.
 */
#include "cm.h"

#include <errno.h>

#include "base/clock.h"
#include "gate.h"

static struct gate g;

static int open_gate(void **state)
{
	(void)state;
	return gate_open(&g, "facts");
}

static int close_gate(void **state)
{
	(void)state;
	gate_close(&g);
	return 0;
}

/* First, before anything is told: what asks for the time is locked down with its own reason; what does not, is not. */
static void without_a_clock_nobody_guesses(void **state)
{
	struct postern_conditions none;
	struct visitor v;

	(void)state;
	assert_int_equal(loader_conditions_now(g.scratch.loader, &none), -ENOENT);
	visitor_open(&v, &g.scratch, false);
	(void)gate_apply(&g, GATE_PERMIT "when { context.now > datetime(\"1970-01-01\") };");
	assert_int_equal(gate_try(&g, &v), EPERM);
	assert_int_equal(gate_reason(&g), POSTERN_R_NO_CLOCK);
	(void)gate_apply(&g, "@id(\"f\") forbid(principal, action == Action::\"connect\", resource)"
			     " when { context.local.weekday == 6 };" GATE_PERMIT ";");
	assert_int_equal(gate_try(&g, &v), EPERM);
	assert_int_equal(gate_reason(&g), POSTERN_R_NO_CLOCK);
	(void)gate_apply(&g, GATE_PERMIT "unless { context.session.mfa };");
	assert_int_equal(gate_try(&g, &v), 0);
	visitor_close(&v);
}

static void days_and_hours_are_those_of_the_zone(void **state)
{
	struct visitor v;

	(void)state;
	visitor_open(&v, &g.scratch, false);
	(void)gate_apply(
		&g, GATE_PERMIT
		"when { [1, 2, 3, 4, 5].contains(context.local.weekday) &&"
		" context.local.time >= duration(\"7h\") && context.local.time < duration(\"20h\") };");
	gate_tell_time(&g, GATE_NOON, 0);
	assert_int_equal(gate_try(&g, &v), 0);
	gate_tell_time(&g, GATE_NOON, 8 * GATE_HOUR_MS);
	assert_int_equal(gate_try(&g, &v), EPERM);
	gate_tell_time(&g, GATE_NOON, -5 * GATE_HOUR_MS);
	assert_int_equal(gate_try(&g, &v), 0);
	/* Saturday; there it is Friday still */
	gate_tell_time(&g, GATE_NOON + 4 * 24 * GATE_HOUR_MS + 13 * GATE_HOUR_MS, 0);
	assert_int_equal(gate_try(&g, &v), EPERM);
	gate_tell_time(&g, GATE_NOON + 4 * 24 * GATE_HOUR_MS + 13 * GATE_HOUR_MS,
		       -6 * GATE_HOUR_MS);
	assert_int_equal(gate_try(&g, &v), 0);
	/* UTC is asked for by itself */
	(void)gate_apply(&g, GATE_PERMIT "when { context.now.toTime() < duration(\"12h\") };");
	gate_tell_time(&g, GATE_NOON - 10000, 5 * GATE_HOUR_MS);
	assert_int_equal(gate_try(&g, &v), 0);
	gate_tell_time(&g, GATE_NOON + 10000, -5 * GATE_HOUR_MS);
	assert_int_equal(gate_try(&g, &v), EPERM);
	visitor_close(&v);
}

static void a_zones_change_comes_by_itself(void **state)
{
	struct postern_conditions c = gate_noon();
	struct visitor v;

	(void)state;
	visitor_open(&v, &g.scratch, false);
	(void)gate_apply(&g, GATE_PERMIT "when { context.local.time < duration(\"12h30m\") };");
	c.zones = 2;
	c.zone[1] = (struct postern_zone){ GATE_NOON + GATE_SOON / GATE_MS, GATE_HOUR_MS };
	gate_tell(&g, &c);
	gate_lapses_at(&g, &v, (uint64_t)(GATE_NOON * GATE_MS + GATE_SOON - c.real_minus_boot_ns));
	visitor_close(&v);
}

static void dates_lapse_and_follow_a_clock_that_is_set(void **state)
{
	static const char before_one[] = GATE_PERMIT
		"when { context.now < datetime(\"2026-06-01T12:00:00.400Z\") };";
	struct postern_conditions c;
	struct visitor v;

	(void)state;
	visitor_open(&v, &g.scratch, false);
	(void)gate_apply(&g, before_one);
	c = gate_noon();
	gate_tell(&g, &c);
	gate_lapses_at(&g, &v, (uint64_t)((GATE_NOON + 400) * GATE_MS - c.real_minus_boot_ns));
	/* the clock is set back, and forward again */
	gate_tell_time(&g, GATE_NOON - GATE_HOUR_MS, 0);
	assert_int_equal(gate_try(&g, &v), 0);
	gate_tell_time(&g, GATE_NOON + GATE_HOUR_MS, 0);
	assert_int_equal(gate_try(&g, &v), EPERM);
	/* @expires is the same condition */
	(void)gate_apply(&g, "@expires(\"2026-06-01T12:00:00.400Z\") " GATE_PERMIT ";");
	c = gate_noon();
	gate_tell(&g, &c);
	gate_lapses_at(&g, &v, (uint64_t)((GATE_NOON + 400) * GATE_MS - c.real_minus_boot_ns));
	visitor_close(&v);
}

static void facts_of_the_device_have_a_lease(void **state)
{
	struct postern_conditions c = gate_noon();
	struct visitor v;
	uint32_t id;

	(void)state;
	visitor_open(&v, &g.scratch, false);
	id = gate_apply(&g, GATE_PERMIT "when { context.device.secureBoot };");
	gate_tell(&g, &c);
	assert_int_equal(gate_try(&g, &v), EPERM);
	/* another image's facts say nothing about this one's */
	c.device[0] = (struct postern_device_facts){ .image_id = id + 1, .facts = 1 };
	c.device_until = clock_boot_ns() + 60 * (uint64_t)GATE_SECOND;
	gate_tell(&g, &c);
	assert_int_equal(gate_try(&g, &v), EPERM);
	c.device[POSTERN_SLOTS - 1] = (struct postern_device_facts){ .image_id = id, .facts = 1 };
	gate_tell(&g, &c);
	assert_int_equal(gate_try(&g, &v), 0);
	c.device[POSTERN_SLOTS - 1].facts = 0;
	gate_tell(&g, &c);
	assert_int_equal(gate_try(&g, &v), EPERM);
	c.device[POSTERN_SLOTS - 1].facts = 1;
	c.device_until = clock_boot_ns() + GATE_SOON;
	gate_tell(&g, &c);
	gate_lapses_at(&g, &v, c.device_until);
	visitor_close(&v);
}

/* What is worst need not be false: without a lease `unless it is up to date` holds. */
static void a_lease_that_ended_is_the_worst_case(void **state)
{
	struct postern_conditions c = gate_noon();
	struct visitor v;
	uint32_t id;

	(void)state;
	visitor_open(&v, &g.scratch, false);
	id = gate_apply(&g, GATE_PERMIT
			";@id(\"f\") forbid(principal, action == Action::\"connect\", resource)"
			" when { context.device.updatesAge > duration(\"14d\") };");
	c.device[0] = (struct postern_device_facts){ .image_id = id, .facts = 0 };
	c.device_until = clock_boot_ns() + GATE_SOON;
	gate_tell(&g, &c);
	gate_lapses_at(&g, &v, c.device_until);
	assert_int_equal(gate_reason(&g), POSTERN_R_FORBID);
	visitor_close(&v);
}

/* A forbid may lapse too: then what it held back is allowed. */
static void a_forbid_ends(void **state)
{
	struct postern_conditions c;
	struct visitor v;

	(void)state;
	visitor_open(&v, &g.scratch, false);
	(void)gate_apply(
		&g,
		"@expires(\"2026-06-01T12:00:00Z\") @id(\"f\") forbid(principal, action == Action::\"connect\", resource);" GATE_PERMIT
		";");
	gate_tell_time(&g, GATE_NOON - 1000, 0);
	assert_int_equal(gate_try(&g, &v), EPERM);
	c = gate_noon();
	gate_tell(&g, &c);
	assert_int_equal(gate_try(&g, &v), 0);
	visitor_close(&v);
}

static void this_end_is_a_fact(void **state)
{
	struct visitor v;

	(void)state;
	/* to name a port is to listen, as far as anybody can tell then */
	visitor_open(&v, &g.scratch, false);
	(void)gate_apply(&g, GATE_LISTEN GATE_PERMIT
			 "when { resource.localPort >= 20000 && resource.localPort < 20010 &&"
			 " resource.localIp.isLoopback() };");
	assert_int_equal(gate_try_as(&g, &v, 0, 20009), 0);
	assert_int_equal(gate_try_as(&g, &v, 0, 20010), EPERM);
	assert_int_equal(gate_try(&g, &v), EPERM);
	(void)gate_apply(&g, GATE_LISTEN GATE_PERMIT "when { resource.localPort == 0 };");
	assert_int_equal(gate_try(&g, &v), 0);
	assert_int_equal(gate_try_as(&g, &v, 0, 20009), EPERM);
	visitor_close(&v);
}

/* A session that changes does not change the time, and the other way round. */
static void each_is_told_by_itself(void **state)
{
	struct postern_conditions c = gate_noon(), got;
	struct postern_session p = gate_proven(5, 60 * GATE_SECOND);

	(void)state;
	gate_tell(&g, &c);
	for (int i = 0; i < 3 * POSTERN_EPOCHS; i++)
		assert_int_equal(loader_session_put(g.scratch.loader, 78, &p), 0);
	assert_int_equal(loader_conditions_now(g.scratch.loader, &got), 0);
	assert_memory_equal(&got, &c, sizeof(c));
	assert_int_equal(loader_session_get(g.scratch.loader, 78, &p), 0);
	assert_int_equal(loader_session_remove(g.scratch.loader, 78), 0);
	c.zones = 0;
	assert_int_equal(loader_conditions(g.scratch.loader, &c), -EINVAL);
	c.zones = POSTERN_ZONES + 1;
	assert_int_equal(loader_conditions(g.scratch.loader, &c), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_clock_nobody_guesses),
		cmocka_unit_test(days_and_hours_are_those_of_the_zone),
		cmocka_unit_test(a_zones_change_comes_by_itself),
		cmocka_unit_test(dates_lapse_and_follow_a_clock_that_is_set),
		cmocka_unit_test(facts_of_the_device_have_a_lease),
		cmocka_unit_test(a_lease_that_ended_is_the_worst_case),
		cmocka_unit_test(a_forbid_ends),
		cmocka_unit_test(this_end_is_a_fact),
		cmocka_unit_test(each_is_told_by_itself),
	};

	return cmocka_run_group_tests(tests, open_gate, close_gate);
}
