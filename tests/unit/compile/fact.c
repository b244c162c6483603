/* SPDX-License-Identifier: BSD-2-Clause */
/* From conditions to the table of facts: which there are, which are one, and where each begins and ends. */
#include "cm.h"

#include "compiled.h"

#include <errno.h>
#include <string.h>

#define SCOPE "permit(principal, action == Action::\"connect\", resource)"

static const struct postern_annex *annex_of(const struct compiled *c)
{
	return (const struct postern_annex *)&c->image->lines[POSTERN_ANNEX_LINE];
}

static const struct postern_fact *fact(const struct compiled *c, uint32_t i)
{
	assert_true(i < annex_of(c)->facts);
	return (const struct postern_fact *)&c->image->lines[annex_of(c)->facts_line] + i;
}

static void make(struct compiled *c, const char *condition)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	buf_printf(&text, "@id(\"a\") " SCOPE " when { %s };", condition);
	compiled_make(c, text.data, NULL, NULL);
	if (c->err)
		fail_msg("%s: %d", condition, c->err);
}

/* How many facts a condition needs. */
static size_t count(const char *condition)
{
	_cleanup_compiled_ struct compiled c;

	make(&c, condition);
	return annex_of(&c)->facts;
}

static void what_says_the_same_is_one_fact(void **state)
{
	static const char *const one[] = {
		"context.session.mfa && !context.session.mfa || principal.uid == 0",
		"context.session.mfaAge <= duration(\"1s\") || principal.uid == 0 && "
		"context.session.mfaAge > duration(\"1000ms\")",
		"duration(\"1s\") >= context.session.mfaAge || "
		"context.session.mfaAge < duration(\"1s1ms\") && principal.uid == 0",
		"context.now < datetime(\"2026-01-01\") || principal.uid == 0 && "
		"context.now >= datetime(\"2026-01-01T01:00:00+0100\")",
		"context.local.weekday > 5 || [6, 7].contains(context.local.weekday) && principal.uid == 0",
		"context.local.weekday == 1 || 1 != context.local.weekday && principal.uid == 0",
		"resource.localPort < 1024 || resource.localPort >= 1024 && principal.uid == 0",
		"resource.localPort == 80 || [80].contains(resource.localPort) && principal.uid == 0",
		"resource.localIp.isIpv4() || resource.localIp.isIpv6() && principal.uid == 0",
		"resource.localIp == ip(\"10.0.0.1\") || "
		"resource.localIp.isInRange(ip(\"10.0.0.1/32\")) && principal.uid == 0",
		"context.local.time < datetime(\"1969-12-31T08:00:00Z\").toTime() || "
		"context.local.time < duration(\"8h\") && principal.uid == 0",
		"context.device.aslr && context.device.tpm2 || !context.device.lockdown",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(one) / sizeof(one[0]); i++)
		if (count(one[i]) != 1)
			fail_msg("%s: %zu facts", one[i], count(one[i]));
}

static void what_differs_is_not(void **state)
{
	static const char *const two[] = {
		"context.session.mfa && context.session.verified",
		"context.session.mfa && context.device.aslr",
		"context.now.toTime() < duration(\"8h\") && context.local.time < duration(\"8h\")",
		"context.session.mfaAge < duration(\"8h\") && context.local.time < duration(\"8h\")",
		"context.now < datetime(\"2026-01-01\") && context.now < datetime(\"2026-01-02\")",
		("resource.localIp.isInRange(ip(\"10.0.0.0/8\")) && "
		 "resource.localIp.isInRange(ip(\"10.0.0.0/9\"))"),
		"resource.localIp.isInRange(ip(\"::/1\")) && resource.localIp.isInRange(ip(\"0.0.0.0/1\"))",
		"resource.localIp.isLoopback()",
		"resource.localIp.isMulticast()",
		"[80, 81, 443].contains(resource.localPort)",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(two) / sizeof(two[0]); i++)
		if (count(two[i]) != 2)
			fail_msg("%s: %zu facts", two[i], count(two[i]));
}

/* What holds always or never is no fact. */
static void constants_are_no_facts(void **state)
{
	static const char *const none[] = {
		"context.local.weekday < 8",
		"context.local.weekday != 9",
		"context.local.time < duration(\"1d\")",
		"context.now.toTime() >= duration(\"0ms\")",
		"context.session.mfaAge >= duration(\"-9223372036854775808ms\")",
		"resource.localPort <= 65535",
		"resource.localPort != 65536",
		"context has session && context.device has aslr",
		"principal.uid == 0 || context.local.time < duration(\"-1ms\")",
		"principal.uid == 0 || resource.localPort > 65535",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (count(none[i]) != 0)
			fail_msg("%s: %zu facts", none[i], count(none[i]));
}

static void ranges_have_the_right_edges(void **state)
{
	static const struct {
		const char *condition;
		uint32_t kind;
		int64_t low, high;
	} cases[] = {
		{ "context.session.mfaAge < duration(\"8h\")", POSTERN_FACT_AGE, INT64_MIN,
		  28799999 },
		{ "context.session.mfaAge <= duration(\"8h\")", POSTERN_FACT_AGE, INT64_MIN,
		  28800000 },
		/* the opposite is kept */
		{ "context.session.mfaAge > duration(\"8h\")", POSTERN_FACT_AGE, INT64_MIN,
		  28800000 },
		{ "context.session.mfaAge >= duration(\"8h\")", POSTERN_FACT_AGE, INT64_MIN,
		  28799999 },
		{ "context.now >= datetime(\"1969-12-31T23:59:59.999Z\")", POSTERN_FACT_NOW,
		  INT64_MIN, -2 },
		{ "context.now.toTime() < duration(\"6h\")", POSTERN_FACT_UTC_TIME, 0, 21599999 },
		{ "context.local.time >= duration(\"6h\")", POSTERN_FACT_LOCAL_TIME, 0, 21599999 },
		{ "1024 > resource.localPort", POSTERN_FACT_LOCAL_PORT, 0, 1023 },
		{ "resource.localPort > 1024", POSTERN_FACT_LOCAL_PORT, 0, 1024 },
		{ "resource.localPort != 22", POSTERN_FACT_LOCAL_PORT, 22, 22 },
		{ "[23, 22, 24].contains(resource.localPort)", POSTERN_FACT_LOCAL_PORT, 22, 24 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_compiled_ struct compiled c;

		make(&c, cases[i].condition);
		assert_int_equal(annex_of(&c)->facts, 1);
		if (fact(&c, 0)->kind != cases[i].kind || fact(&c, 0)->low != cases[i].low ||
		    fact(&c, 0)->high != cases[i].high)
			fail_msg("%s: kind %u, %lld to %lld", cases[i].condition, fact(&c, 0)->kind,
				 (long long)fact(&c, 0)->low, (long long)fact(&c, 0)->high);
	}
}

/* Worst is a session without proof and a device that nobody vouches for, not `false`. */
static void a_devices_worst_value_may_be_true(void **state)
{
	static const struct {
		const char *condition;
		uint32_t worst;
	} cases[] = {
		{ "context.device.aslr", 0 },
		{ "!context.device.aslr", 1 },
		{ "context.device.updatesAge > duration(\"14d\")", 1 },
		{ "context.device.updatesAge <= duration(\"14d\")", 0 },
		{ "context.device.custom.isEmpty()", 1 },
		{ "context.device.custom.contains(\"vpn\")", 0 },
		{ "if context.device.aslr then context.device.tpm2 else context.device.custom.isEmpty()",
		  1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_compiled_ struct compiled c;

		make(&c, cases[i].condition);
		assert_int_equal(annex_of(&c)->facts, 1);
		assert_int_equal(fact(&c, 0)->kind, POSTERN_FACT_DEVICE);
		if (fact(&c, 0)->mask != cases[i].worst)
			fail_msg("%s: worst %u", cases[i].condition, fact(&c, 0)->mask);
	}
}

static void the_controller_tells_the_devices_facts(void **state)
{
	const struct text custom[] = { { "vpn", 3 } };
	struct context device = { .aslr = true, .updates_age_ms = 1, .uptime_ms = 1 };
	_cleanup_compiled_ struct compiled c;
	uint64_t bits = 0;

	(void)state;
	make(&c, "context.session.mfa && (context.device.aslr || principal.uid == 0) && "
		 "(context.device.custom.contains(\"vpn\") || principal.uid == 1)");
	assert_int_equal(c.image->facts.n, 3);
	assert_null(c.image->facts.device[0]);
	assert_int_equal(image_device_facts(&c.image->facts, &device, &bits), 0);
	assert_int_equal(bits, 2);
	device.custom = (struct text *)custom;
	device.n_custom = 1;
	assert_int_equal(image_device_facts(&c.image->facts, &device, &bits), 0);
	assert_int_equal(bits, 6);
}

/* A cell asks for what its own alternatives ask for, and for nothing where no fact matters. */
static void cells_name_their_facts(void **state)
{
	_cleanup_compiled_ struct compiled c;
	struct postern_memory image;
	struct postern_destination d = { .v4 = 1, .low = 0x0a000001, .port = 443 };
	struct postern_lines cell;

	(void)state;
	compiled_make(
		&c,
		"@id(\"a\") " SCOPE
		" when { resource.port == 443 && context.session.mfa && context.device.aslr };"
		"@id(\"b\") " SCOPE " when { resource.port == 80 };"
		"@id(\"c\") " SCOPE " unless { resource.port != 22 || context.session.verified };",
		NULL, NULL);
	assert_int_equal(c.err, 0);
	image = (struct postern_memory){ c.image->lines, c.image->n };
	assert_int_equal(postern_cell(&image, &d, &cell), 0);
	assert_int_equal(cell.facts, 3);
	d.port = 80;
	assert_int_equal(postern_cell(&image, &d, &cell), 0);
	assert_int_equal(cell.facts, 0);
	d.port = 22;
	assert_int_equal(postern_cell(&image, &d, &cell), 0);
	assert_int_equal(cell.facts, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_says_the_same_is_one_fact),
		cmocka_unit_test(what_differs_is_not),
		cmocka_unit_test(constants_are_no_facts),
		cmocka_unit_test(ranges_have_the_right_edges),
		cmocka_unit_test(a_devices_worst_value_may_be_true),
		cmocka_unit_test(the_controller_tells_the_devices_facts),
		cmocka_unit_test(cells_name_their_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
