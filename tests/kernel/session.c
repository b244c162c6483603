/* SPDX-License-Identifier: BSD-2-Clause */
/* Proofs by login session, decided by the kernel for real connects: whose they are, and how long they count. */
#include "cm.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "gate.h"

static struct gate g;

static int open_gate(void **state)
{
	(void)state;
	return gate_open(&g, "session");
}

static int close_gate(void **state)
{
	(void)state;
	gate_close(&g);
	return 0;
}

static void a_proof_counts_in_its_own_session(void **state)
{
	struct postern_session p = gate_proven(0, 60 * GATE_SECOND);
	struct visitor v, other, outside;
	uint32_t forged;

	(void)state;
	(void)gate_apply(&g, GATE_PERMIT "when { context.session.mfa };");
	visitor_open(&v, &g.scratch, true);
	visitor_open(&other, &g.scratch, true);
	visitor_open(&outside, &g.scratch, false);
	assert_int_not_equal(v.session, other.session);
	assert_int_equal(gate_try(&g, &v), EPERM);
	assert_int_equal(gate_reason(&g), POSTERN_R_DEFAULT_DENY);
	gate_tell_session(&g, &v, &p);
	assert_int_equal(gate_try(&g, &v), 0);
	/* the same user in another session, and in none */
	assert_int_equal(gate_try(&g, &other), EPERM);
	assert_int_equal(gate_try(&g, &outside), EPERM);
	/* who claims to be the same login gets a session of its own */
	assert_int_equal(visitor_claim(&outside, 0, &forged), 0);
	assert_int_not_equal(forged, v.session);
	assert_int_equal(gate_try(&g, &outside), EPERM);
	assert_int_equal(loader_session_remove(g.scratch.loader, v.session), 0);
	assert_int_equal(gate_try(&g, &v), EPERM);
	visitor_close(&v);
	visitor_close(&other);
	visitor_close(&outside);
}

static void a_proof_lapses_at_its_end(void **state)
{
	struct postern_session p;
	struct visitor v;

	(void)state;
	(void)gate_apply(&g, GATE_PERMIT "when { context.session.mfa };");
	visitor_open(&v, &g.scratch, true);
	p = gate_proven(0, GATE_SOON);
	gate_tell_session(&g, &v, &p);
	gate_lapses_at(&g, &v, p.end_boottime);
	visitor_close(&v);
}

static void a_proof_ages(void **state)
{
	struct postern_session p;
	struct visitor v;

	(void)state;
	(void)gate_apply(&g, GATE_PERMIT "when { context.session.mfaAge <= duration(\"20s\") };");
	visitor_open(&v, &g.scratch, true);
	p = gate_proven(20 * GATE_SECOND - GATE_SOON, 60 * GATE_SECOND);
	gate_tell_session(&g, &v, &p);
	/* the age is counted in whole milliseconds: 20 s are over with the next one */
	gate_lapses_at(&g, &v, p.proof_boottime + (uint64_t)(20 * GATE_SECOND + GATE_MS));
	/* proven again */
	p = gate_proven(0, 60 * GATE_SECOND);
	gate_tell_session(&g, &v, &p);
	assert_int_equal(gate_try(&g, &v), 0);
	visitor_close(&v);
}

static void verified_and_interactive_are_of_the_session(void **state)
{
	struct postern_session p = gate_proven(0, 60 * GATE_SECOND), registered = { 0 };
	struct visitor v;

	(void)state;
	visitor_open(&v, &g.scratch, true);
	(void)gate_apply(&g, GATE_PERMIT "when { context.session.verified };");
	gate_tell_session(&g, &v, &p);
	assert_int_equal(gate_try(&g, &v), EPERM);
	p.flags = POSTERN_SESSION_VERIFIED;
	gate_tell_session(&g, &v, &p);
	assert_int_equal(gate_try(&g, &v), 0);
	p.end_boottime = clock_boot_ns();
	gate_tell_session(&g, &v, &p);
	assert_int_equal(gate_try(&g, &v), EPERM);
	/* a session is registered without any proof */
	(void)gate_apply(&g, GATE_PERMIT
			 "when { context.session.interactive && !context.session.mfa };");
	assert_int_equal(gate_try(&g, &v), EPERM);
	registered.flags = POSTERN_SESSION_INTERACTIVE;
	gate_tell_session(&g, &v, &registered);
	assert_int_equal(gate_try(&g, &v), 0);
	visitor_close(&v);
}

static void a_person_is_who_acts_with_their_account(void **state)
{
	struct postern_session p = gate_proven(0, 60 * GATE_SECOND);
	struct visitor v;

	(void)state;
	visitor_open(&v, &g.scratch, true);
	(void)gate_apply(
		&g,
		"@id(\"a\") permit(principal in Team::\"t\", action == Action::\"connect\", resource);");
	assert_int_equal(gate_try_as(&g, &v, 1000, 0), EPERM);
	gate_tell_session(&g, &v, &p);
	assert_int_equal(gate_try_as(&g, &v, 1000, 0), 0);
	/* sudo, su: another effective uid is not that person */
	assert_int_equal(gate_try_as(&g, &v, 0, 0), EPERM);
	assert_int_equal(gate_try_as(&g, &v, 1001, 0), EPERM);
	memcpy(p.identity, "bob@example.com", 15);
	gate_tell_session(&g, &v, &p);
	assert_int_equal(gate_try_as(&g, &v, 1000, 0), EPERM);
	p = gate_proven(0, 0);
	gate_tell_session(&g, &v, &p);
	assert_int_equal(gate_try_as(&g, &v, 1000, 0), EPERM);
	visitor_close(&v);
}

static void sessions_come_back_as_told(void **state)
{
	struct postern_session p = gate_proven(5, 60 * GATE_SECOND), got = { 0 };

	(void)state;
	assert_int_equal(loader_session_get(g.scratch.loader, 77, &got), -ENOENT);
	assert_int_equal(loader_session_remove(g.scratch.loader, 77), -ENOENT);
	assert_int_equal(loader_session_put(g.scratch.loader, POSTERN_NO_SESSION, &p), -EINVAL);
	assert_int_equal(loader_session_put(g.scratch.loader, 77, &p), 0);
	assert_int_equal(loader_session_get(g.scratch.loader, 77, &got), 0);
	assert_memory_equal(&got, &p, sizeof(p));
	p.identity_len = POSTERN_IDENTITY_MAX;
	assert_int_equal(loader_session_put(g.scratch.loader, 77, &p), -EINVAL);
	assert_int_equal(loader_session_remove(g.scratch.loader, 77), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proof_counts_in_its_own_session),
		cmocka_unit_test(a_proof_lapses_at_its_end),
		cmocka_unit_test(a_proof_ages),
		cmocka_unit_test(verified_and_interactive_are_of_the_session),
		cmocka_unit_test(a_person_is_who_acts_with_their_account),
		cmocka_unit_test(sessions_come_back_as_told),
	};

	return cmocka_run_group_tests(tests, open_gate, close_gate);
}
