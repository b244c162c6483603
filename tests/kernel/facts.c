/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conditions on session, device, time and this end, decided by the kernel for real connects: each becomes true and
 * false when what it is about does, and what ends by time does so with nobody awake. The clock that is told is made
 * up; the boot clock is the machine's.
 */
#include "cm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "scratch.h"
#include "visitor.h"

#define MS INT64_C(1000000)
#define SECOND (1000 * MS)
#define HOUR_MS INT64_C(3600000)
#define SOON (400 * MS) /* from being told to lapsing */

#define PERMIT "@id(\"p\") permit(principal, action == Action::\"connect\", resource) "

static struct scratch s;
static int listener = -1;
static uint16_t port;

static int open_scratch(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);

	(void)state;
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (bind(listener, (struct sockaddr *)&at, len) || listen(listener, 64) ||
	    getsockname(listener, (struct sockaddr *)&at, &len))
		return -1;
	port = ntohs(at.sin_port);
	scratch_open(&s, "facts");
	scratch_load(&s);
	return 0;
}

static int close_scratch(void **state)
{
	(void)state;
	(void)close(listener);
	scratch_close(&s);
	return 0;
}

/* ---- what is told ------------------------------------------------------------------------------------------------ */

/* 2026-06-01T12:00:00Z, a Monday. */
#define NOON INT64_C(1780315200000)

static struct postern_conditions monday(void)
{
	return (struct postern_conditions){
		.real_minus_boot_ns = NOON * MS - (int64_t)clock_boot_ns(),
		.zones = 1,
		.zone = { { INT64_MIN, 0 } },
	};
}

static void tell(const struct postern_conditions *c)
{
	assert_int_equal(loader_conditions(s.loader, c), 0);
}

/* From now on it is that time, and local time is ahead of it by so much. */
static void tell_time(int64_t now_ms, int64_t shift_ms)
{
	struct postern_conditions c = monday();

	c.real_minus_boot_ns += (now_ms - NOON) * MS;
	c.zone[0].shift_ms = shift_ms;
	tell(&c);
}

/* A session proven `age` ago, whose proof counts for so long from now. */
static struct postern_session proven(int64_t age_ns, int64_t left_ns)
{
	uint64_t now = clock_boot_ns();
	struct postern_session p = {
		.proof_boottime = now - (uint64_t)age_ns,
		.end_boottime = now + (uint64_t)left_ns,
		.uid = 1000,
		.identity_len = 15,
		.identity = "ana@example.com",
	};

	return p;
}

static void tell_session(const struct visitor *v, const struct postern_session *p)
{
	assert_int_equal(loader_session_put(s.loader, v->session, p), 0);
}

/* ---- what is asked ----------------------------------------------------------------------------------------------- */

/* As a user and from a port of its own, 0 for any; what got through is taken, so that the queue never fills. */
static int try_as(struct visitor *v, uint32_t uid, uint16_t from)
{
	int r = visitor_connect(v, uid, port, from), fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
		(void)close(fd);
	return r;
}

static int try(struct visitor *v)
{
	return try_as(v, 0, 0);
}

/*
 * Connects until it is refused. Before `end` every connect must work and after it none: those on both sides of it say
 * nothing.
 */
static void lapses_at(struct visitor *v, uint64_t end)
{
	const struct timespec moment = { .tv_nsec = 5000000 };

	for (;;) {
		uint64_t before = clock_boot_ns();
		int r = try(v);
		uint64_t after = clock_boot_ns();

		assert_true(r == 0 || r == EPERM);
		if (r == 0 && before >= end)
			fail_msg("allowed %llu ns after its end",
				 (unsigned long long)(before - end));
		if (r == EPERM && after < end)
			fail_msg("refused %llu ns before its end",
				 (unsigned long long)(end - after));
		if (r == EPERM)
			return;
		(void)nanosleep(&moment, NULL);
	}
}

static void apply(const char *policies)
{
	static const char entities[] =
		"[{\"uid\":{\"type\":\"Team\",\"id\":\"t\"},\"parents\":[],\"attrs\":{}},"
		"{\"uid\":{\"type\":\"Identity\",\"id\":\"ana@example.com\"},\"parents\":[{\"type\":\"Team\",\"id\":\"t\"}],"
		"\"attrs\":{\"user\":\"ana\",\"keys\":[\"ssh-ed25519 "
		"AAAAC3NzaC1lZDI1NTE5AAAAIFjuh0SZ7dEz0LzvrV7Kq9yQf3lW2nKxIz4m5sL0aYxE\"],\"requireVerified\":false}}]";

	(void)scratch_apply(&s, policies, entities, NULL);
}

static uint32_t last_reason(void)
{
	struct postern_event e;

	assert_true(scratch_denials(&s, &e) > 0);
	return e.reason;
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

/* First, before anything is told: what asks for the time is locked down with its own reason; what does not, is not. */
static void without_a_clock_nobody_guesses(void **state)
{
	struct postern_conditions none;
	struct visitor v;

	(void)state;
	assert_int_equal(loader_conditions_now(s.loader, &none), -ENOENT);
	visitor_open(&v, &s, false);
	apply(PERMIT "when { context.now > datetime(\"1970-01-01\") };");
	assert_int_equal(try(&v), EPERM);
	assert_int_equal(last_reason(), POSTERN_R_NO_CLOCK);
	apply("@id(\"f\") forbid(principal, action == Action::\"connect\", resource)"
	      " when { context.local.weekday == 6 };" PERMIT ";");
	assert_int_equal(try(&v), EPERM);
	assert_int_equal(last_reason(), POSTERN_R_NO_CLOCK);
	apply(PERMIT "unless { context.session.mfa };");
	assert_int_equal(try(&v), 0);
	visitor_close(&v);
}

static void a_proof_counts_in_its_own_session(void **state)
{
	struct postern_session p = proven(0, 60 * SECOND);
	struct visitor v, other, outside;
	uint32_t forged;

	(void)state;
	apply(PERMIT "when { context.session.mfa };");
	visitor_open(&v, &s, true);
	visitor_open(&other, &s, true);
	visitor_open(&outside, &s, false);
	assert_int_not_equal(v.session, other.session);
	assert_int_equal(try(&v), EPERM);
	assert_int_equal(last_reason(), POSTERN_R_DEFAULT_DENY);
	tell_session(&v, &p);
	assert_int_equal(try(&v), 0);
	/* the same user in another session, and in none */
	assert_int_equal(try(&other), EPERM);
	assert_int_equal(try(&outside), EPERM);
	/* who claims to be the same login gets a session of its own */
	assert_int_equal(visitor_claim(&outside, 0, &forged), 0);
	assert_int_not_equal(forged, v.session);
	assert_int_equal(try(&outside), EPERM);
	assert_int_equal(loader_session_remove(s.loader, v.session), 0);
	assert_int_equal(try(&v), EPERM);
	visitor_close(&v);
	visitor_close(&other);
	visitor_close(&outside);
}

static void a_proof_lapses_at_its_end(void **state)
{
	struct postern_session p;
	struct visitor v;

	(void)state;
	apply(PERMIT "when { context.session.mfa };");
	visitor_open(&v, &s, true);
	p = proven(0, SOON);
	tell_session(&v, &p);
	lapses_at(&v, p.end_boottime);
	visitor_close(&v);
}

static void a_proof_ages(void **state)
{
	struct postern_session p;
	struct visitor v;

	(void)state;
	apply(PERMIT "when { context.session.mfaAge <= duration(\"20s\") };");
	visitor_open(&v, &s, true);
	p = proven(20 * SECOND - SOON, 60 * SECOND);
	tell_session(&v, &p);
	/* the age is counted in whole milliseconds: 20 s are over with the next one */
	lapses_at(&v, p.proof_boottime + (uint64_t)(20 * SECOND + MS));
	/* proven again */
	p = proven(0, 60 * SECOND);
	tell_session(&v, &p);
	assert_int_equal(try(&v), 0);
	visitor_close(&v);
}

static void verified_and_interactive_are_of_the_session(void **state)
{
	struct postern_session p = proven(0, 60 * SECOND), registered = { 0 };
	struct visitor v;

	(void)state;
	visitor_open(&v, &s, true);
	apply(PERMIT "when { context.session.verified };");
	tell_session(&v, &p);
	assert_int_equal(try(&v), EPERM);
	p.flags = POSTERN_SESSION_VERIFIED;
	tell_session(&v, &p);
	assert_int_equal(try(&v), 0);
	p.end_boottime = clock_boot_ns();
	tell_session(&v, &p);
	assert_int_equal(try(&v), EPERM);
	/* a session is registered without any proof */
	apply(PERMIT "when { context.session.interactive && !context.session.mfa };");
	assert_int_equal(try(&v), EPERM);
	registered.flags = POSTERN_SESSION_INTERACTIVE;
	tell_session(&v, &registered);
	assert_int_equal(try(&v), 0);
	visitor_close(&v);
}

static void a_person_is_who_acts_with_their_account(void **state)
{
	struct postern_session p = proven(0, 60 * SECOND);
	struct visitor v;

	(void)state;
	visitor_open(&v, &s, true);
	apply("@id(\"a\") permit(principal in Team::\"t\", action == Action::\"connect\", resource);");
	assert_int_equal(try_as(&v, 1000, 0), EPERM);
	tell_session(&v, &p);
	assert_int_equal(try_as(&v, 1000, 0), 0);
	/* sudo, su: another effective uid is not that person */
	assert_int_equal(try_as(&v, 0, 0), EPERM);
	assert_int_equal(try_as(&v, 1001, 0), EPERM);
	memcpy(p.identity, "bob@example.com", 15);
	tell_session(&v, &p);
	assert_int_equal(try_as(&v, 1000, 0), EPERM);
	p = proven(0, 0);
	tell_session(&v, &p);
	assert_int_equal(try_as(&v, 1000, 0), EPERM);
	visitor_close(&v);
}

static void days_and_hours_are_those_of_the_zone(void **state)
{
	struct visitor v;

	(void)state;
	visitor_open(&v, &s, false);
	apply(PERMIT
	      "when { [1, 2, 3, 4, 5].contains(context.local.weekday) &&"
	      " context.local.time >= duration(\"7h\") && context.local.time < duration(\"20h\") };");
	tell_time(NOON, 0);
	assert_int_equal(try(&v), 0);
	tell_time(NOON, 8 * HOUR_MS);
	assert_int_equal(try(&v), EPERM);
	tell_time(NOON, -5 * HOUR_MS);
	assert_int_equal(try(&v), 0);
	/* Saturday; there it is Friday still */
	tell_time(NOON + 4 * 24 * HOUR_MS + 13 * HOUR_MS, 0);
	assert_int_equal(try(&v), EPERM);
	tell_time(NOON + 4 * 24 * HOUR_MS + 13 * HOUR_MS, -6 * HOUR_MS);
	assert_int_equal(try(&v), 0);
	/* UTC is asked for by itself */
	apply(PERMIT "when { context.now.toTime() < duration(\"12h\") };");
	tell_time(NOON - 10000, 5 * HOUR_MS);
	assert_int_equal(try(&v), 0);
	tell_time(NOON + 10000, -5 * HOUR_MS);
	assert_int_equal(try(&v), EPERM);
	visitor_close(&v);
}

static void a_zones_change_comes_by_itself(void **state)
{
	struct postern_conditions c = monday();
	struct visitor v;

	(void)state;
	visitor_open(&v, &s, false);
	apply(PERMIT "when { context.local.time < duration(\"12h30m\") };");
	c.zones = 2;
	c.zone[1] = (struct postern_zone){ NOON + SOON / MS, HOUR_MS };
	tell(&c);
	lapses_at(&v, (uint64_t)(NOON * MS + SOON - c.real_minus_boot_ns));
	visitor_close(&v);
}

static void dates_lapse_and_follow_a_clock_that_is_set(void **state)
{
	static const char before_one[] = PERMIT
		"when { context.now < datetime(\"2026-06-01T12:00:00.400Z\") };";
	struct postern_conditions c;
	struct visitor v;

	(void)state;
	visitor_open(&v, &s, false);
	apply(before_one);
	c = monday();
	tell(&c);
	lapses_at(&v, (uint64_t)((NOON + 400) * MS - c.real_minus_boot_ns));
	/* the clock is set back, and forward again */
	tell_time(NOON - HOUR_MS, 0);
	assert_int_equal(try(&v), 0);
	tell_time(NOON + HOUR_MS, 0);
	assert_int_equal(try(&v), EPERM);
	/* @expires is the same condition */
	apply("@expires(\"2026-06-01T12:00:00.400Z\") " PERMIT ";");
	c = monday();
	tell(&c);
	lapses_at(&v, (uint64_t)((NOON + 400) * MS - c.real_minus_boot_ns));
	visitor_close(&v);
}

static void facts_of_the_device_have_a_lease(void **state)
{
	struct postern_conditions c = monday();
	struct visitor v;
	uint32_t id;

	(void)state;
	visitor_open(&v, &s, false);
	id = scratch_apply(&s, PERMIT "when { context.device.secureBoot };", NULL, NULL);
	tell(&c);
	assert_int_equal(try(&v), EPERM);
	/* another image's facts say nothing about this one's */
	c.device[0] = (struct postern_device_facts){ .image_id = id + 1, .facts = 1 };
	c.device_until = clock_boot_ns() + 60 * (uint64_t)SECOND;
	tell(&c);
	assert_int_equal(try(&v), EPERM);
	c.device[POSTERN_SLOTS - 1] = (struct postern_device_facts){ .image_id = id, .facts = 1 };
	tell(&c);
	assert_int_equal(try(&v), 0);
	c.device[POSTERN_SLOTS - 1].facts = 0;
	tell(&c);
	assert_int_equal(try(&v), EPERM);
	c.device[POSTERN_SLOTS - 1].facts = 1;
	c.device_until = clock_boot_ns() + SOON;
	tell(&c);
	lapses_at(&v, c.device_until);
	visitor_close(&v);
}

/* What is worst need not be false: without a lease `unless it is up to date` holds. */
static void a_lease_that_ended_is_the_worst_case(void **state)
{
	struct postern_conditions c = monday();
	struct visitor v;
	uint32_t id;

	(void)state;
	visitor_open(&v, &s, false);
	id = scratch_apply(&s,
			   PERMIT
			   ";@id(\"f\") forbid(principal, action == Action::\"connect\", resource)"
			   " when { context.device.updatesAge > duration(\"14d\") };",
			   NULL, NULL);
	c.device[0] = (struct postern_device_facts){ .image_id = id, .facts = 0 };
	c.device_until = clock_boot_ns() + SOON;
	tell(&c);
	lapses_at(&v, c.device_until);
	assert_int_equal(last_reason(), POSTERN_R_FORBID);
	visitor_close(&v);
}

/* A forbid may lapse too: then what it held back is allowed. */
static void a_forbid_ends(void **state)
{
	struct postern_conditions c;
	struct visitor v;

	(void)state;
	visitor_open(&v, &s, false);
	apply("@expires(\"2026-06-01T12:00:00Z\") @id(\"f\") forbid(principal, action == Action::\"connect\", resource);" PERMIT
	      ";");
	tell_time(NOON - 1000, 0);
	assert_int_equal(try(&v), EPERM);
	c = monday();
	tell(&c);
	assert_int_equal(try(&v), 0);
	visitor_close(&v);
}

static void this_end_is_a_fact(void **state)
{
	struct visitor v;

	(void)state;
	visitor_open(&v, &s, false);
	apply(PERMIT "when { resource.localPort >= 20000 && resource.localPort < 20010 &&"
		     " resource.localIp.isLoopback() };");
	assert_int_equal(try_as(&v, 0, 20009), 0);
	assert_int_equal(try_as(&v, 0, 20010), EPERM);
	assert_int_equal(try(&v), EPERM);
	apply(PERMIT "when { resource.localPort == 0 };");
	assert_int_equal(try(&v), 0);
	assert_int_equal(try_as(&v, 0, 20009), EPERM);
	visitor_close(&v);
}

static void sessions_come_back_as_told(void **state)
{
	struct postern_session p = proven(5, 60 * SECOND), got = { 0 };

	(void)state;
	assert_int_equal(loader_session_get(s.loader, 77, &got), -ENOENT);
	assert_int_equal(loader_session_remove(s.loader, 77), -ENOENT);
	assert_int_equal(loader_session_put(s.loader, POSTERN_NO_SESSION, &p), -EINVAL);
	assert_int_equal(loader_session_put(s.loader, 77, &p), 0);
	assert_int_equal(loader_session_get(s.loader, 77, &got), 0);
	assert_memory_equal(&got, &p, sizeof(p));
	p.identity_len = POSTERN_IDENTITY_MAX;
	assert_int_equal(loader_session_put(s.loader, 77, &p), -EINVAL);
	assert_int_equal(loader_session_remove(s.loader, 77), 0);
}

/* A session that changes does not change the time, and the other way round. */
static void each_is_told_by_itself(void **state)
{
	struct postern_conditions c = monday(), got;
	struct postern_session p = proven(5, 60 * SECOND);

	(void)state;
	tell(&c);
	for (int i = 0; i < 3 * POSTERN_EPOCHS; i++)
		assert_int_equal(loader_session_put(s.loader, 78, &p), 0);
	assert_int_equal(loader_conditions_now(s.loader, &got), 0);
	assert_memory_equal(&got, &c, sizeof(c));
	assert_int_equal(loader_session_get(s.loader, 78, &p), 0);
	assert_int_equal(loader_session_remove(s.loader, 78), 0);
	c.zones = 0;
	assert_int_equal(loader_conditions(s.loader, &c), -EINVAL);
	c.zones = POSTERN_ZONES + 1;
	assert_int_equal(loader_conditions(s.loader, &c), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_clock_nobody_guesses),
		cmocka_unit_test(a_proof_counts_in_its_own_session),
		cmocka_unit_test(a_proof_lapses_at_its_end),
		cmocka_unit_test(a_proof_ages),
		cmocka_unit_test(verified_and_interactive_are_of_the_session),
		cmocka_unit_test(a_person_is_who_acts_with_their_account),
		cmocka_unit_test(days_and_hours_are_those_of_the_zone),
		cmocka_unit_test(a_zones_change_comes_by_itself),
		cmocka_unit_test(dates_lapse_and_follow_a_clock_that_is_set),
		cmocka_unit_test(facts_of_the_device_have_a_lease),
		cmocka_unit_test(a_lease_that_ended_is_the_worst_case),
		cmocka_unit_test(a_forbid_ends),
		cmocka_unit_test(this_end_is_a_fact),
		cmocka_unit_test(sessions_come_back_as_told),
		cmocka_unit_test(each_is_told_by_itself),
	};

	return cmocka_run_group_tests(tests, open_scratch, close_scratch);
}
