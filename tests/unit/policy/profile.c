/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The profile: where each refusal of a condition begins and ends. How the messages read is in tests/golden/policy/check.
 */
#include "policy/policy.h"

#include <string.h>

#include <postern/limits.h>

#include "checked.h"

static void conditions_in_the_profile(void **state)
{
	static const char *const rows[] = {
		"true",
		"resource.port == -1",
		"443 <= resource.port && !(resource.localPort != 1)",
		"principal has exe && resource has port && context has device.tpm2",
		"principal has nope || context.session has mfa",
		"principal is Process in User::\"a\"",
		"principal in [User::\"a\", User::\"b\"]",
		"action in Action::\"egress\" || action in [Action::\"connect\"]",
		"resource in Zone::\"z\" && resource in Service::\"s\" && principal in Team::\"t\"",
		"resource.ip == ip(\"10.0.0.1\") || resource.ip != ip(\"10.0.0.1/32\")",
		"resource.ip == ip(\"::1/128\") || [ip(\"::1\")].contains(resource.ip)",
		"resource.ip.isInRange(ip(\"10.0.0.0/8\")) || resource.ip.isInRange(ip(\"::/0\"))",
		"resource.ip.isInRange(ip(\"::fffe:0:0/95\")) || resource.ip.isLoopback()",
		("principal.exe like \"/opt/*\" && principal.script != \"\" && "
		 "principal in Program::\"/bin/sh\" && principal in User::\"a\""),
		"principal.parent like \"*x\" && principal.exe like \"no star\"",
		"context.session.mfaAge < duration(\"8759h59m59s999ms\")",
		"context.device.uptime < duration(\"9000h\") && context.device.updatesAge > duration(\"-1d\")",
		"context.now < datetime(\"2030-01-01\") && context.now.toTime() < duration(\"5h\")",
		"context.device.custom.containsAny([\"a\", \"b\"]) || context.device.custom.isEmpty()",
		"if context.session.mfa then context.device.tpm2 else resource.port == 443",
		"[80, 443].contains(resource.port) && [\"a\"].contains(principal.exe)",
		"1 == 2 || User::\"a\" == User::\"b\" || ip(\"::1\").isLoopback()",
		"principal.exe == \"/usr/bin/m\u00fcller\" || principal in Group::\"\u0159\u00e9\"",
		"true || false && principal.uid == 0",
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (*permit_when(*state, rows[i]))
			fail_msg("%s: %s", rows[i], permit_when(*state, rows[i]));
	}
}

static const struct {
	const char *when, *code;
} outside[] = {
	{ "resource.port + 1 == 2", "profile-arithmetic" },
	{ "resource.port - 1 == 2", "profile-arithmetic" },
	{ "resource.port * 2 == 2", "profile-arithmetic" },
	{ "-resource.port == 2", "profile-arithmetic" },
	{ "true || 1 + 1 == 2", "profile-arithmetic" }, /* unreached, and still */
	{ "Zone::\"z\".prefixes.contains(\"a\")", "profile-entity-literal" },
	{ "Zone::\"z\" has prefixes", "profile-entity-literal" },
	{ "Zone::\"z\" in Zone::\"z\"", "profile-entity-literal" },
	{ "Zone::\"z\" is Zone", "profile-entity-literal" },
	{ "!(principal == Process::\"1\")", "profile-ids" },
	{ "!(principal == User::\"a\")", "profile-ids" },
	{ "resource != Endpoint::\"1\"", "profile-ids" },
	{ "action == Action::\"connect\"", "profile-ids" },
	{ "Action::\"connect\" == action", "profile-ids" },
	{ "principal in Process::\"1\"", "profile-ids" },
	{ "resource in [Endpoint::\"1\"]", "profile-ids" },
	{ "[Process::\"1\"].contains(principal)", "profile-ids" },
	{ "context.now.offset(duration(\"1h\")) > datetime(\"2030-01-01\")",
	  "profile-time-method" },
	{ "context.now.toDate() > datetime(\"2030-01-01\")", "profile-time-method" },
	{ "context.now.durationSince(context.now) > duration(\"1h\")", "profile-time-method" },
	{ "context.device.uptime.toDays() > 1", "profile-time-method" },
	{ "context.device.uptime.toHours() > 1", "profile-time-method" },
	{ "context.device.uptime.toMinutes() > 1", "profile-time-method" },
	{ "context.device.uptime.toSeconds() > 1", "profile-time-method" },
	{ "context.device.uptime.toMilliseconds() > 1", "profile-time-method" },
	{ "decimal(\"1.0\").lessThan(decimal(\"2.0\"))", "profile-decimal" },
	{ "decimal(\"1.0\") == decimal(\"1.0\")", "profile-decimal" },
	{ "!principal.hasTag(\"a\")", "profile-tags" },
	{ "{ a: 1 }.a == 1", "profile-record" },
	{ "{ a: 1 } has a", "profile-record" },
	{ "context.session == context.session", "profile-record-equality" },
	{ "context.device.custom == [\"a\"]", "profile-set-equality" },
	{ "[[1]].contains([1])", "profile-set-equality" },
	{ "context.session.mfa == true", "profile-bool-equality" },
	{ "(resource.port == 1) != (resource.port == 2)", "profile-bool-equality" },
	{ "[true].contains(context.session.mfa)", "profile-bool-equality" },
	{ "resource.port == resource.localPort", "profile-two-attributes" },
	{ "resource.port < principal.uid", "profile-two-attributes" },
	{ "principal.exe == principal.script", "profile-two-attributes" },
	{ "resource.ip == resource.localIp", "profile-two-attributes" },
	{ "context.device.custom.contains(principal.exe)", "profile-two-attributes" },
	{ "context.session.mfaAge == duration(\"1h\")", "profile-time-equality" },
	{ "context.now != datetime(\"2030-01-01\")", "profile-time-equality" },
	{ "[duration(\"1h\")].contains(context.device.uptime)", "profile-time-equality" },
	{ "(if context.session.mfa then 1 else 2) == 1", "profile-if" },
	{ "resource.ip.isInRange(ip(\"10.0.0.1/8\"))", "profile-ip" },
	{ "resource.ip.isInRange(ip(\"2001:db8::1/64\"))", "profile-ip" },
	{ "resource.ip == ip(\"::ffff:102:304\")", "profile-ip" },
	{ "resource.ip.isInRange(ip(\"::ffff:0:0/96\"))", "profile-ip" },
	{ "resource.ip == ip(\"10.0.0.0/31\")", "profile-ip-prefix" },
	{ "ip(\"2001:db8::/32\") != resource.ip", "profile-ip-prefix" },
	{ "[ip(\"10.0.0.0/8\")].contains(resource.ip)", "profile-ip-prefix" },
	{ "ip(\"10.0.0.0/8\").isInRange(resource.ip)", "profile-range" },
	{ "resource.protocol like \"t*\"", "profile-like-on" },
	{ "principal.sha256 like \"t*\"", "profile-like-on" },
	{ "principal.container like \"t*\"", "profile-like-on" },
	{ "principal.exe like \"*a*\"", "profile-like-stars" },
	{ "principal.exe like \"**\"", "profile-like-stars" },
	{ "context.session.mfaAge < duration(\"8760h\")", "profile-mfa-age" },
	{ "duration(\"365d\") > context.session.mfaAge", "profile-mfa-age" },
	{ "resource.name == \"\"", "profile-resource-name" },
	{ "[principal.exe].contains(\"a\")", "profile-set-element" },
	{ "principal in principal", "profile-in" },
	{ "principal in [principal]", "profile-in" },
	{ "resource in Zone::\"y\"", "profile-undefined" },
	{ "resource in [Service::\"s\", Service::\"r\"]", "profile-undefined" },
	{ "principal in Team::\"u\"", "profile-undefined" },
	{ "principal in Identity::\"t\"", "profile-undefined" },
	{ "true || resource in Zone::\"y\"", "profile-undefined" },
	{ "true || principal.nope == 1", "profile-unreachable" },
	{ "true || ip(\"x\").isIpv4()", "profile-unreachable" },
	{ "principal in User::\"a\\u{202e}b\"", "profile-characters" },
	{ "principal in User::\"\u0430dmin\"", "profile-characters" },
	{ "principal in User::\"a\\n\"", "profile-characters" },
	{ "principal.exe == \"\u0430dmin\"", "profile-characters" },
	{ "principal.exe == \"a\u00d7\"", "profile-characters" },
	{ "principal.exe like \"\u200b*\"", "profile-characters" },
	{ "principal has \"\u0430\" || principal.uid == 0", "profile-characters" },
};

static void conditions_outside_the_profile(void **state)
{
	for (size_t i = 0; i < COUNT(outside); i++) {
		const char *code = permit_when(*state, outside[i].when);

		if (strcmp(code, outside[i].code) != 0)
			fail_msg("%s: %s", outside[i].when, code);
	}
}

/* `n` operators: n - 1 of `||` and one of `==`. */
static const char *with_operators(const struct entity_set *entities, unsigned int n)
{
	_cleanup_buf_ struct buf when = BUF_INIT;

	for (unsigned int i = 1; i < n; i++)
		buf_puts(&when, "context.session.mfa || ");
	buf_puts(&when, "resource.port == 1");
	return permit_when(entities, when.data);
}

static const char *with_literal(const struct entity_set *entities, size_t n)
{
	_cleanup_buf_ struct buf when = BUF_INIT;

	buf_puts(&when, "principal.exe like \"*");
	for (size_t i = 0; i < n; i++)
		buf_putc(&when, 'a');
	buf_puts(&when, "\"");
	return permit_when(entities, when.data);
}

static const char *with_nesting(const struct entity_set *entities, size_t n)
{
	_cleanup_buf_ struct buf when = BUF_INIT;

	for (size_t i = 0; i < n; i++)
		buf_putc(&when, '(');
	buf_puts(&when, "context.session.mfa");
	for (size_t i = 0; i < n; i++)
		buf_putc(&when, ')');
	return permit_when(entities, when.data);
}

static const char *with_id(const struct entity_set *entities, size_t n)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	buf_puts(&text, "@id(\"");
	for (size_t i = 0; i < n; i++)
		buf_putc(&text, 'a');
	buf_puts(&text, "\") forbid(principal, action, resource);");
	return checked(entities, text.data);
}

static void limits_hold_at_their_edges(void **state)
{
	assert_string_equal(with_operators(*state, POSTERN_OPERATORS_MAX), "");
	assert_string_equal(with_operators(*state, POSTERN_OPERATORS_MAX + 1), "profile-operators");
	assert_string_equal(with_literal(*state, POSTERN_LIKE_LITERAL_MAX), "");
	assert_string_equal(with_literal(*state, POSTERN_LIKE_LITERAL_MAX + 1),
			    "profile-like-long");
	assert_string_equal(with_nesting(*state, POSTERN_NESTING_MAX - 1), "");
	assert_string_equal(with_nesting(*state, POSTERN_NESTING_MAX + 1), "syntax-nesting");
	assert_string_equal(with_id(*state, POSTERN_POLICY_ID_MAX), "");
	assert_string_equal(with_id(*state, POSTERN_POLICY_ID_MAX + 1), "profile-id");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions_in_the_profile),
		cmocka_unit_test(conditions_outside_the_profile),
		cmocka_unit_test(limits_hold_at_their_edges),
	};

	return cmocka_run_group_tests(tests, checked_setup, checked_teardown);
}
