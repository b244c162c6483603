/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The profile: where each refusal of a scope or an annotation begins and ends. How the messages read is in tests/golden/policy/check.
 */
#include "policy/policy.h"

#include <string.h>

#include "checked.h"

static void scopes(void **state)
{
	static const struct {
		const char *scope, *code;
	} rows[] = {
		{ "permit(principal, action, resource)", "profile-permit-action" },
		{ "forbid(principal, action, resource)", "" },
		{ "permit(principal, action in Action::\"ingress\", resource in Zone::\"z\")", "" },
		{ "permit(principal, action in Action::\"ingress\", resource in Service::\"s\")",
		  "profile-accept-service" },
		{ "permit(principal, action == Action::\"accept\", resource is Endpoint in Service::\"s\")",
		  "profile-accept-service" },
		{ "permit(principal, action == Action::\"listen\", resource in Service::\"s\")",
		  "" },
		{ "forbid(principal, action, resource in Service::\"s\")",
		  "profile-accept-service" },
		{ "forbid(principal, action, resource) when { resource in [Service::\"s\"] }",
		  "profile-accept-service" },
		{ "forbid(principal, action, resource) when "
		  "{ action in Action::\"egress\" && resource in Service::\"s\" }",
		  "" },
		{ "permit(principal in ?principal, action == Action::\"send\", resource)",
		  "profile-slot" },
		{ "permit(principal == Process::\"1\", action == Action::\"send\", resource)",
		  "profile-ids" },
		{ "forbid(principal, action, resource in Endpoint::\"1\")", "profile-ids" },
		{ "forbid(principal, action, resource == SocketKind::\"raw\")", "" },
		{ "forbid(principal == User::\"a\", action, resource)", "profile-impossible" },
		{ "forbid(principal, action, resource) when { false }", "profile-impossible" },
		{ "forbid(principal, action, resource in Zone::\"y\")", "profile-undefined" },
		{ "permit(principal in Team::\"y\", action == Action::\"send\", resource)",
		  "profile-undefined" },
		{ "permit(principal in User::\"\u0430\", action == Action::\"send\", resource)",
		  "profile-characters" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;

		buf_printf(&text, "@id(\"p\") %s;", rows[i].scope);
		if (strcmp(checked(*state, text.data), rows[i].code) != 0)
			fail_msg("%s: %s", text.data, checked(*state, text.data));
	}
}

static void annotations(void **state)
{
	static const struct {
		const char *annotations, *code;
	} rows[] = {
		{ "", "profile-id-missing" },
		{ "@id", "profile-id" },
		{ "@id(\"\")", "profile-id" },
		{ "@id(\"a b\")", "profile-id" },
		{ "@id(\"a\\n\")", "profile-id" },
		{ "@id(\"\u00e9\")", "profile-id" },
		{ "@id(\"default-deny\")", "profile-id" },
		{ "@id(\"Net:80/x_y.z-1\")", "" },
		{ "@id(\"a\") @expires(\"2030-01-01\")", "" },
		{ "@id(\"a\") @expires(\"2030\")", "profile-expires" },
		{ "@id(\"a\") @expires", "profile-expires" },
		{ "@id(\"a\") @essential", "" },
		{ "@id(\"a\") @essential(\"\")", "profile-essential" },
		{ "@id(\"a\") @mode(\"off\")", "profile-mode" },
		{ "@id(\"a\") @owner(\"x\") @ticket(\"y\") @advice(\"z\")", "" },
		{ "@id(\"a\") @Owner(\"x\")", "profile-annotation" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;

		buf_printf(&text, "%s permit(principal, action == Action::\"send\", resource);",
			   rows[i].annotations);
		if (strcmp(checked(*state, text.data), rows[i].code) != 0)
			fail_msg("%s: %s", text.data, checked(*state, text.data));
	}
#define FORBID " forbid(principal, action, resource);"
	assert_string_equal(checked(*state, "@id(\"a\") @mode(\"off\")" FORBID), "");
	assert_string_equal(checked(*state, "@id(\"a\") @mode(\"observe\")" FORBID), "");
	assert_string_equal(checked(*state, "@id(\"a\") @mode(\"enforce\")" FORBID),
			    "profile-mode");
	assert_string_equal(checked(*state, "@id(\"a\") @mode" FORBID), "profile-mode");
	assert_string_equal(checked(*state, "@id(\"a\") @essential" FORBID), "profile-essential");
	assert_string_equal(checked(*state, "@id(\"a\")" FORBID "@id(\"a\")" FORBID),
			    "profile-id-duplicate");
#undef FORBID
}

static void essential_permits_read_no_fact(void **state)
{
#define ESSENTIAL "@id(\"a\") @essential permit(principal, action == Action::\"send\", resource) "
	assert_string_equal(checked(*state, ESSENTIAL "when { principal in User::\"a\" };"), "");
	assert_string_equal(checked(*state, ESSENTIAL "when { context has session };"),
			    "profile-essential-reads");
	assert_string_equal(checked(*state, ESSENTIAL "unless { context.local.weekday == 7 };"),
			    "profile-essential-reads");
	assert_string_equal(checked(*state, ESSENTIAL "when { principal in [Team::\"t\"] };"),
			    "profile-essential-reads");
#undef ESSENTIAL
}

static void scripts_need_a_program_and_an_account(void **state)
{
	static const struct {
		const char *when, *code;
	} rows[] = {
		{ "principal.script == \"/x\"", "profile-script" },
		{ "principal in Program::\"/p\" && principal.script == \"/x\"", "profile-script" },
		{ "principal in User::\"u\" && principal.script == \"/x\"", "profile-script" },
		{ "principal in Program::\"/p\" && principal in Group::\"g\" && principal.script == \"/x\"",
		  "" },
		{ "principal.script == \"/x\" && principal in Program::\"/p\" && principal in Unit::\"u\"",
		  "" },
		{ "(principal in User::\"u\" || principal in Group::\"g\") && "
		  "principal in [Program::\"/p\", Program::\"/q\"] && principal.script like \"/x*\"",
		  "" },
		{ "(principal in User::\"u\" || principal in Team::\"t\") && principal in Program::\"/p\" && "
		  "principal.script == \"/x\"",
		  "profile-script" },
		{ "!(principal in User::\"u\") && principal in Program::\"/p\" && principal.script == \"/x\"",
		  "profile-script" },
		{ "if principal in Program::\"/p\" && principal in User::\"u\" then "
		  "principal.script == \"/x\" else false",
		  "" },
		{ "if principal in Program::\"/p\" && principal in User::\"u\" then false else "
		  "principal.script == \"/x\"",
		  "profile-script" },
		{ "principal has script", "" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (strcmp(permit_when(*state, rows[i].when), rows[i].code) != 0)
			fail_msg("%s", rows[i].when);
	}
	assert_string_equal(checked(*state,
				    "@id(\"a\") permit(principal in Unit::\"u\", action == "
				    "Action::\"send\", resource) when { principal in "
				    "Program::\"/p\" } unless { principal.script == \"/x\" };"),
			    "");
	assert_string_equal(checked(*state,
				    "@id(\"a\") forbid(principal in Unit::\"u\", action, resource) "
				    "unless { principal.script == \"/x\" };"),
			    "");
}

static void forbids_that_can_be_shed_are_warned_of(void **state)
{
	static const struct {
		const char *policy, *code;
	} rows[] = {
		{ "forbid(principal in User::\"u\", action, resource);", "forbid-sheddable" },
		{ "forbid(principal is Process in Program::\"/p\", action, resource);",
		  "forbid-sheddable" },
		{ "forbid(principal in Unit::\"u\", action, resource);", "" },
		{ "forbid(principal in Team::\"t\", action, resource);", "" },
		{ "forbid(principal, action, resource) when { principal.exe like \"/x*\" };",
		  "forbid-sheddable" },
		{ "forbid(principal, action, resource) when { principal.exe != \"/x\" };", "" },
		{ "forbid(principal, action, resource) unless { principal in Program::\"/p\" };",
		  "" },
		{ "forbid(principal, action, resource) unless { !(principal in Program::\"/p\") };",
		  "forbid-sheddable" },
		{ "forbid(principal, action, resource) when { context.session.mfa };", "" },
		{ "forbid(principal, action, resource) when { principal.uid == 1000 };",
		  "forbid-sheddable" },
		{ "forbid(principal, action, resource) when { principal.container != \"\" };", "" },
		{ "forbid(principal, action, resource) when { principal.preexisting };", "" },
		{ "forbid(principal, action, resource) when { principal in Program::\"p\" };",
		  "program-path" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;

		buf_printf(&text, "@id(\"a\") %s", rows[i].policy);
		if (strcmp(checked(*state, text.data), rows[i].code) != 0)
			fail_msg("%s: %s", text.data, checked(*state, text.data));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scopes),
		cmocka_unit_test(annotations),
		cmocka_unit_test(essential_permits_read_no_fact),
		cmocka_unit_test(scripts_need_a_program_and_an_account),
		cmocka_unit_test(forbids_that_can_be_shed_are_warned_of),
	};

	return cmocka_run_group_tests(tests, checked_setup, checked_teardown);
}
