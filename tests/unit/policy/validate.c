/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strict validation. What each row expects is what Cedar 4.13's own validator answers for the policy and this schema,
 * but for `unknown`: it is a place-holder of partial evaluation, which that validator passes and no request can decide.
 */
#include "policy/validate.h"

#include <errno.h>
#include <string.h>

#include "cm.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The first message's code, "impossible" for a warning, "" for a policy without either. */
static const char *validated(const char *text)
{
	_cleanup_policy_set_ struct policy_set *set = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct source src = { .name = "t", .text = text, .len = strlen(text) };
	int r;

	assert_int_equal(policy_set_new(&set), 0);
	if (policy_parse(set, &src, &d) < 0)
		return "syntax";
	r = policy_validate(set, &d);
	assert_int_equal(r, d.errors ? -EBADMSG : 0);
	return d.n > 0 ? d.items[0].code : "";
}

/* The same for a condition of a policy about everything. */
static const char *condition(const char *when)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	buf_printf(&text, "permit(principal, action, resource) when { %s };", when);
	return validated(text.data);
}

static void conditions_are_typed(void **state)
{
	static const char *const accepted[] = {
		"principal.exe == \"/usr/bin/x\"",
		"principal.uid == 0 || principal.uid >= -1",
		"principal in User::\"a\"",
		"principal in [User::\"a\", User::\"b\"]",
		"resource is Endpoint && resource.port == 443",
		"if resource is SocketKind then true else resource.port < 1024",
		"resource is Endpoint && resource.ip.isInRange(ip(\"10.0.0.1/8\"))",
		"action in [Action::\"egress\", Action::\"create\"]",
		"context.session.mfa && context.session.mfaAge < duration(\"8h\")",
		"context.now < datetime(\"2026-01-01\").offset(duration(\"1h\"))",
		"context.now.toTime() < duration(\"5h\")",
		"context.device.custom.contains(\"x\") || context.device.custom.isEmpty()",
		"[1, 2].containsAll([1]) && [[1], [2]].contains([3])",
		"[true, principal.preexisting].contains(false)",
		"{ a: 1, b: true } == { b: false, a: 2 }",
		"{ a: 1 }.a == 1",
		"decimal(\"1.0\").lessThan(decimal(\"2.0\"))",
		"principal.exe like \"*x*\"",
		"principal has exe && context has session.mfa",
		"resource has port",
		"User::\"a\" == User::\"b\" || principal.uid == 1",
		"!(1 == \"a\")",
		"!(principal == User::\"a\")",
		"Zone::\"z\".prefixes.contains(\"10.0.0.0/8\")",
		"principal in principal && resource in resource && action in action",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(accepted); i++) {
		if (*condition(accepted[i]))
			fail_msg("%s: %s", accepted[i], condition(accepted[i]));
	}
}

static void wrong_types_are_refused(void **state)
{
	static const struct {
		const char *when, *code;
	} rows[] = {
		{ "1", "type-unexpected" },
		{ "context.session", "type-unexpected" },
		{ "principal.uid == \"0\"", "type-mismatch" },
		{ "principal.uid != principal.exe", "type-mismatch" },
		{ "context.now == context.session.mfaAge", "type-mismatch" },
		{ "context.now < context.session.mfaAge", "type-mismatch" },
		{ "principal.exe < \"a\"", "type-unexpected" },
		{ "decimal(\"1.0\") < decimal(\"2.0\")", "type-unexpected" },
		{ "principal.uid + \"a\" == 1", "type-unexpected" },
		{ "-principal.exe == 1", "type-unexpected" },
		{ "!principal.uid", "type-unexpected" },
		{ "principal.exe && true", "type-unexpected" },
		{ "if 1 then true else false", "type-unexpected" },
		{ "(if principal.preexisting then 1 else \"a\") == 1", "type-mismatch" },
		{ "principal.uid like \"0\"", "type-unexpected" },
		{ "principal.exe in User::\"a\"", "type-unexpected" },
		{ "principal in \"a\"", "type-unexpected" },
		{ "principal in [1]", "type-unexpected" },
		{ "principal in [User::\"a\", Group::\"b\"]", "type-mismatch" },
		{ "[1, true].contains(1)", "type-mismatch" },
		{ "[1].contains(\"a\")", "type-mismatch" },
		{ "[1].containsAll([\"a\"])", "type-mismatch" },
		{ "[1].containsAny(1)", "type-unexpected" },
		{ "principal.exe.contains(\"a\")", "type-unexpected" },
		{ "principal.exe.isEmpty()", "type-unexpected" },
		{ "[] == [1]", "type-empty-set" },
		{ "{ a: 1 } == { b: 1 }", "type-mismatch" },
		{ "{ a: 1 } == { a: 1, b: 2 }", "type-mismatch" },
		{ "-(443) == \"a\"", "type-mismatch" },
		{ "principal.nope == 1", "type-attribute" },
		{ "principal.uid.a == 1", "type-unexpected" },
		{ "context.session.nope", "type-attribute" },
		{ "action.name == 1", "type-attribute" },
		{ "resource.port == 443", "type-attribute" }, /* of a SocketKind */
		{ "principal has exe.x", "type-unexpected" },
		{ "principal.uid has x", "type-unexpected" },
		{ "1 is User", "type-unexpected" },
		{ "principal.getTag(\"a\") == 1", "type-tag" },
		{ "principal.exe.hasTag(\"a\")", "type-unexpected" },
		{ "principal.hasTag(1)", "type-unexpected" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(condition(rows[i].when), rows[i].code);
}

static void names_are_errors_wherever_they_stand(void **state)
{
	static const struct {
		const char *when, *code;
	} rows[] = {
		{ "true || principal in Nope::\"a\"", "unknown-type" },
		{ "true || principal is Nope", "unknown-type" },
		{ "true || action == Action::\"write\"", "unknown-action" },
		{ "true || action == X::Action::\"connect\"", "unknown-action" },
		{ "true || resource == SocketKind::\"tcp\"", "unknown-id" },
		{ "true || unknown(\"x\")", "unknown-function" },
		{ "true || foo(1)", "syntax" },
		{ "true || \"a\".contains(1, 2)", "syntax" },
		{ "true || isIpv4(ip(\"::1\"))", "syntax" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(condition(rows[i].when), rows[i].code);
}

static void what_is_never_reached_is_not_typed(void **state)
{
	static const char *const accepted[] = {
		"true || principal.nope",
		"!(false && principal.nope)",
		"if true then true else principal.nope",
		"if false then principal.nope else true",
		"principal is Process || 1",
		"principal has nope || true || principal.nope",
		"(if principal.preexisting then true else true) || principal.nope == 1",
		"true || ip(\"x\").isIpv4() || ip()",
		"!(principal in Zone::\"z\" && principal.nope)",
		"!(context has nope && context.nope)",
		"context has session || principal.nope",
		"principal has exe || !(principal.hasTag(\"a\") && principal.getTag(\"a\"))",
	};
	static const char *const refused[] = {
		"(if principal.preexisting then true else false) || principal.nope == 1",
		"false || principal.nope == 1",
		"principal has exe || principal.nope == 1",
		"principal.preexisting && principal.nope == 1",
		"if principal.preexisting then principal.nope else true",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(accepted); i++)
		assert_string_equal(condition(accepted[i]), "");
	for (size_t i = 0; i < COUNT(refused); i++)
		assert_string_equal(condition(refused[i]), "type-attribute");
}

/* An entity may be missing, so `has` is certain only the second time it is asked. */
static void has_is_remembered(void **state)
{
	(void)state;
	assert_string_equal(condition("principal has exe && !(principal has exe)"), "impossible");
	assert_string_equal(condition("principal has exe && (principal has exe || principal.nope)"),
			    "");
	assert_string_equal(condition("principal has exe && (principal has uid || principal.nope)"),
			    "type-attribute");
	assert_string_equal(condition("principal has exe || (principal has exe || principal.nope)"),
			    "type-attribute");
	assert_string_equal(
		condition("!(principal has exe) && (principal has exe || principal.nope)"),
		"type-attribute");
	assert_string_equal(condition("(if principal has exe then principal has uid else false) && "
				      "!(principal has uid)"),
			    "");
	assert_string_equal(condition("context has session && !(context has session)"),
			    "impossible");
}

static void impossible_policies_are_told(void **state)
{
	static const char *const rows[] = {
		"permit(principal == User::\"a\", action, resource);",
		"permit(principal in Zone::\"a\", action, resource);",
		"permit(principal is User, action, resource);",
		"permit(principal, action == Action::\"egress\", resource);",
		"permit(principal, action in Action::\"egress\", resource is SocketKind);",
		"permit(principal, action == Action::\"create\", resource in Zone::\"z\");",
		"permit(principal, action, resource) when { false };",
		"permit(principal, action, resource) unless { principal is Process };",
		"permit(principal, action, resource) when { 1 == \"a\" };",
		"permit(principal, action, resource) when { principal == User::\"a\" };",
		("permit(principal, action == Action::\"connect\", resource) when "
		 "{ action in Action::\"ingress\" };"),
		"permit(principal is User, action in [], resource);",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(validated(rows[i]), "impossible");
	assert_string_equal(validated("permit(principal, action in [], resource);"),
			    "type-empty-set");
	assert_string_equal(validated("permit(principal, action in [Action::\"egress\", "
				      "Action::\"create\"], resource is SocketKind);"),
			    "");
	assert_string_equal(
		validated("permit(principal is Process in Team::\"t\", action, resource is "
			  "Endpoint in Zone::\"z\");"),
		"");
	assert_string_equal(
		validated("permit(principal in ?principal, action, resource == ?resource);"), "");
}

struct literal {
	const char *text;
	bool valid;
};

static void check_literals(const char *function, const struct literal *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_buf_ struct buf when = BUF_INIT;
		const char *code;

		buf_printf(&when, "%s(\"%s\") == %s(\"%s\")", function, rows[i].text, function,
			   rows[i].text);
		code = condition(when.data);
		if (strcmp(code, rows[i].valid ? "" : "type-literal") != 0)
			fail_msg("%s: %s", when.data, code);
	}
}

static void constructors_read_what_the_engine_reads(void **state)
{
	static const struct literal ips[] = {
		{ "1.2.3.4", true },
		{ "1.2.3.4/8", true },
		{ "::1", true },
		{ "::1/128", true },
		{ "::ffff:102:304", true },
		{ "ABCD::ef", true },
		{ "::/0", true },
		{ "1.2.3.4/08", false },
		{ "1.2.3.4/33", false },
		{ "01.2.3.4", false },
		{ "::1/129", false },
		{ "::1.2.3.4", false },
		{ "fe80::1%eth0", false },
		{ "1.2.3", false },
		{ "1.2.3.4/", false },
		{ "/8", false },
		{ "1::/00", false },
		{ "[::1]", false },
		{ " 1.2.3.4", false },
		{ "1.2.3.4/+8", false },
		{ "00001::", false },
		{ "255.255.255.256", false },
		{ "1.2.3.4/8/8", false },
		{ "", false },
	};
	static const struct literal decimals[] = {
		{ "1.0", true },
		{ "-1.0", true },
		{ "01.0", true },
		{ "1.2345", true },
		{ "922337203685477.5807", true },
		{ "-922337203685477.5808", true },
		{ "922337203685477.5808", false },
		{ "-922337203685477.5809", false },
		{ "99999999999999999999.0", false },
		{ "1", false },
		{ "1.", false },
		{ ".5", false },
		{ "+1.0", false },
		{ "1.23456", false },
		{ "1.0 ", false },
		{ "-", false },
		{ "", false },
	};
	static const struct literal others[] = { { "1h", true }, { "1h1h", false }, { "", false } };

	(void)state;
	check_literals("ip", ips, COUNT(ips));
	check_literals("decimal", decimals, COUNT(decimals));
	check_literals("duration", others, COUNT(others));
	assert_string_equal(condition("context.now < datetime(\"2026-02-29\")"), "type-literal");
	assert_string_equal(condition("ip(principal.exe).isIpv4()"), "type-literal-argument");
	assert_string_equal(condition("ip(1).isIpv4()"), "type-unexpected");
	assert_string_equal(condition("ip().isIpv4()"), "type-arity");
	assert_string_equal(condition("ip(\"::1\").isIpv4(1)"), "type-arity");
	assert_string_equal(condition("ip(\"::1\").isInRange(\"::1\")"), "type-unexpected");
}

/* One place is one message, though five environments find it wrong. */
static void a_place_is_reported_once(void **state)
{
	static const char text[] =
		"permit(principal, action, resource) when { principal.nope && 1 };";
	_cleanup_policy_set_ struct policy_set *set = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct source src = { .name = "t", .text = text, .len = sizeof(text) - 1 };

	(void)state;
	assert_int_equal(policy_set_new(&set), 0);
	assert_int_equal(policy_parse(set, &src, &d), 0);
	assert_int_equal(policy_validate(set, &d), -EBADMSG);
	assert_int_equal(d.errors, 2);
	assert_string_equal(d.items[0].code, "type-attribute");
	assert_string_equal(d.items[1].code, "type-unexpected");
	assert_int_equal(policy_validate(set, &d), -EBADMSG); /* the same again */
	assert_int_equal(d.errors, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions_are_typed),
		cmocka_unit_test(wrong_types_are_refused),
		cmocka_unit_test(names_are_errors_wherever_they_stand),
		cmocka_unit_test(what_is_never_reached_is_not_typed),
		cmocka_unit_test(has_is_remembered),
		cmocka_unit_test(impossible_policies_are_told),
		cmocka_unit_test(constructors_read_what_the_engine_reads),
		cmocka_unit_test(a_place_is_reported_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
