/* SPDX-License-Identifier: BSD-2-Clause */
/* Decisions over policies: scope, modes, time, and what an error does. */
#include "world.h"

/* Decides the request over policies of their own set. */
static int decide(struct world *w, const char *policies, enum policy_mode mode,
		  int64_t not_after_ms, char answer[64])
{
	struct source src = { "p.cedar", policies, strlen(policies) };
	_cleanup_policy_set_ struct policy_set *set = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	const struct rollout how = { mode, POSTERN_PHASES_ENFORCED };
	_cleanup_policy_views_ struct policy_views *views = NULL;
	struct decision decision;
	int r;

	assert_int_equal(policy_set_new(&set), 0);
	if (policy_parse(set, &src, &d) < 0)
		fail_msg("%s: %s", policies, d.items[0].text);
	set->not_after_ms = not_after_ms;
	assert_int_equal(policy_views_make(set, w->entities, &how, &d, &views), 0);
	r = decide_reference(views, &w->request, &decision);
	if (r == 0)
		(void)snprintf(answer, 64, "%s %s %s", verdict_name(decision.verdict),
			       decision.policy ? decision.policy->id.s : "-", decision.reason);
	return r;
}

#define PERMIT(id) "@id(\"" id "\") permit(principal, action, resource);"
#define FORBID(id) "@id(\"" id "\") forbid(principal, action, resource);"
#define OFF(id) "@id(\"" id "\") @mode(\"off\") forbid(principal, action, resource);"
#define WATCH(id) "@id(\"" id "\") @mode(\"observe\") forbid(principal, action, resource);"
#define NEVER "@id(\"0\") permit(principal, action, resource) when { false };"

static void decides_by_mode(void **state)
{
	static const struct {
		const char *policies;
		enum policy_mode mode;
		const char *answer;
	} rows[] = {
		{ "", MODE_ENFORCE, "deny - default-deny" },
		{ "", MODE_OBSERVE, "would-deny - default-deny" },
		{ NEVER, MODE_ENFORCE, "deny - default-deny" },
		{ PERMIT("b") PERMIT("a") PERMIT("aa"), MODE_ENFORCE, "allow a permit" },
		{ PERMIT("Z") PERMIT("a"), MODE_ENFORCE, "allow Z permit" },
		{ PERMIT("a") FORBID("c") FORBID("b"), MODE_ENFORCE, "deny b forbid" },
		{ FORBID("b") PERMIT("a"), MODE_OBSERVE, "would-deny b forbid" },
		{ PERMIT("a") WATCH("w"), MODE_ENFORCE, "would-deny w forbid" },
		{ WATCH("w"), MODE_ENFORCE, "deny w forbid" },
		{ PERMIT("a") WATCH("w") FORBID("x"), MODE_ENFORCE, "deny w forbid" },
		{ PERMIT("a") OFF("o"), MODE_ENFORCE, "allow a permit" },
		{ PERMIT("a") OFF("o"), MODE_OBSERVE, "allow a permit" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char answer[64] = "";

		assert_int_equal(decide(*state, rows[i].policies, rows[i].mode, 0, answer), 0);
		if (strcmp(answer, rows[i].answer) != 0)
			fail_msg("%s: %s, want %s", rows[i].policies, answer, rows[i].answer);
	}
}

static void decides_by_scope(void **state)
{
	static const struct {
		const char *scope;
		bool allow;
	} rows[] = {
		{ "principal in User::\"alice\", action, resource", true },
		{ "principal in User::\"bob\", action, resource", false },
		{ "principal is Process, action, resource", true },
		{ "principal is User, action, resource", false },
		{ "principal is Process in Group::\"dev\", action, resource", true },
		{ "principal is User in User::\"alice\", action, resource", false },
		{ "principal == User::\"alice\", action, resource", false },
		{ "principal, action == Action::\"connect\", resource", true },
		{ "principal, action == Action::\"egress\", resource", false },
		{ "principal, action in Action::\"egress\", resource", true },
		{ "principal, action in [Action::\"send\", Action::\"connect\"], resource", true },
		{ "principal, action in [Action::\"send\", Action::\"ingress\"], resource", false },
		{ "principal, action in [], resource", false },
		{ "principal, action, resource in Service::\"stores\"", true },
		{ "principal, action, resource is Endpoint in Zone::\"outer\"", true },
		{ "principal, action, resource is SocketKind", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char policy[160], answer[64] = "";

		(void)snprintf(policy, sizeof(policy), "@id(\"p\") permit(%s);", rows[i].scope);
		assert_int_equal(decide(*state, policy, MODE_ENFORCE, 0, answer), 0);
		if ((strcmp(answer, "allow p permit") == 0) != rows[i].allow)
			fail_msg("%s: %s", rows[i].scope, answer);
	}
}

#define NOW_MS INT64_C(1704067200000) /* of the request */

static void time_ends_permits_and_forbids(void **state)
{
	static const struct {
		const char *policies;
		int64_t not_after_ms;
		const char *answer;
	} rows[] = {
		{ "@id(\"p\") @expires(\"2024-01-01T00:00:00.001Z\") permit(principal, action, "
		  "resource);",
		  0, "allow p permit" },
		{ "@id(\"p\") @expires(\"2024-01-01\") permit(principal, action, resource);", 0,
		  "deny - default-deny" },
		{ "@id(\"p\") @expires(\"2023-12-31\") forbid(principal, action, resource);" PERMIT(
			  "q"),
		  0, "allow q permit" },
		{ PERMIT("p"), NOW_MS + 1, "allow p permit" },
		{ PERMIT("p"), NOW_MS, "deny - default-deny" },
		{ "@id(\"p\") @essential permit(principal, action, resource);", NOW_MS,
		  "allow p permit" },
		{ "@id(\"e\") @essential permit(principal, action, resource);" FORBID("f"), NOW_MS,
		  "deny f forbid" },
		{ PERMIT("a") "@id(\"e\") @essential permit(principal, action, resource);", NOW_MS,
		  "allow e permit" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char answer[64] = "";

		assert_int_equal(decide(*state, rows[i].policies, MODE_ENFORCE,
					rows[i].not_after_ms, answer),
				 0);
		if (strcmp(answer, rows[i].answer) != 0)
			fail_msg("%s: %s, want %s", rows[i].policies, answer, rows[i].answer);
	}
}

/* Cedar skips a policy that fails; here the whole decision fails, as a skipped forbid is open. */
static void an_error_is_no_answer(void **state)
{
	static const char *const rows[] = {
		PERMIT("p") "@id(\"f\") forbid(principal, action, resource) when { 1 < true };",
		PERMIT("p") "@id(\"f\") forbid(principal, action, resource) unless { 1 };",
		PERMIT("p") "@id(\"f\") forbid(principal, action, resource) when "
			    "{ context.session.nope };",
		PERMIT("p") "@id(\"f\") @expires(\"soon\") forbid(principal, action, resource);",
		PERMIT("p") "@id(\"f\") forbid(principal == ?principal, action, resource);",
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char answer[64] = "untouched";

		if (decide(*state, rows[i], MODE_ENFORCE, 0, answer) != -EINVAL)
			fail_msg("%s: %s", rows[i], answer);
		assert_string_equal(answer, "untouched");
	}
}

/* Outside a policy's scope, or behind an earlier false condition, an error is never reached. */
static void errors_behind_what_decides_are_not_reached(void **state)
{
	char answer[64] = "";

	assert_int_equal(
		decide(*state,
		       PERMIT("p") "@id(\"f\") forbid(principal, action == Action::\"send\", resource)"
				   " when { 1 };"
				   "@id(\"g\") forbid(principal, action, resource) when { false } "
				   "when { 1 };",
		       MODE_ENFORCE, 0, answer),
		0);
	assert_string_equal(answer, "allow p permit");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decides_by_mode),
		cmocka_unit_test(decides_by_scope),
		cmocka_unit_test(time_ends_permits_and_forbids),
		cmocka_unit_test(an_error_is_no_answer),
		cmocka_unit_test(errors_behind_what_decides_are_not_reached),
	};

	return cmocka_run_group_tests(tests, make, release);
}
