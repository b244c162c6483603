/* SPDX-License-Identifier: BSD-2-Clause */
/* From recorded facts back to a context in which they are as they were: over random sets, and the attributes by hand. */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "compiled.h"
#include "generate.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct context worst(void)
{
	return (struct context){ .mfa_age_ms = POSTERN_DURATION_WORST,
				 .updates_age_ms = POSTERN_DURATION_WORST,
				 .uptime_ms = POSTERN_DURATION_WORST };
}

static struct compiled compile(const char *condition)
{
	_cleanup_buf_ struct buf policy = BUF_INIT;
	struct compiled c;

	buf_printf(
		&policy,
		"@id(\"p\") permit(principal, action == Action::\"connect\", resource) when { %s };",
		condition);
	compiled_make(&c, policy.data, NULL, NULL);
	assert_int_equal(c.err, 0);
	return c;
}

static bool device_is(const struct compiled *c, const struct context *context, uint64_t want)
{
	uint64_t bits;

	assert_int_equal(image_device_facts(&c->image->facts, context, &bits), 0);
	return bits == want;
}

/* Every mask of the facts of one condition comes back as it was, as long as some device has it. */
static void device_facts_come_back(void **state)
{
	static const char *const rows[] = {
		"context.device.secureBoot && principal.uid == 1 && context.device.aslr",
		"principal.uid == 1 || context.device.lockdown",
		"principal.uid == 1 && context.device.updatesAge < duration(\"14d\")",
		"principal.uid == 1 && context.device.uptime >= duration(\"1h\")",
		"principal.uid == 1 && context.device.custom.contains(\"edr\")",
		"principal.uid == 1 && context.device.custom.containsAll([\"edr\", \"av\"])",
		"principal.uid == 1 && duration(\"3d\") > context.device.uptime",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		_cleanup_compiled_ struct compiled c = compile(rows[i]);

		for (uint64_t held = 0; held < 1ull << c.image->facts.n; held++) {
			struct context context = worst();

			assert_int_equal(image_recall(&c.image->facts, UINT64_MAX, held, c.arena,
						      &context),
					 0);
			if (!device_is(&c, &context, held))
				fail_msg("%s: %llu does not come back", rows[i],
					 (unsigned long long)held);
		}
		assert_true(c.image->facts.n >= 1);
	}
}

static void the_session_comes_back(void **state)
{
	_cleanup_compiled_ struct compiled c = compile(
		"context.session.verified && principal.uid == 1 && context.session.interactive");

	(void)state;
	for (uint64_t held = 0; held < 4; held++) {
		struct context context = worst();
		uint64_t bits = 0;

		assert_int_equal(image_recall(&c.image->facts, 3, held, c.arena, &context), 0);
		for (size_t k = 0; k < c.image->facts.n; k++) {
			bool verified = c.image->facts.fact[k].kind == POSTERN_FACT_VERIFIED;

			bits |= (uint64_t)(verified ? context.verified : context.interactive) << k;
		}
		assert_int_equal(bits, held);
	}
}

static void what_was_not_asked_stays(void **state)
{
	_cleanup_compiled_ struct compiled c = compile("principal.uid == 1 && context.device.tpm2");
	struct context context = worst();

	(void)state;
	assert_int_equal(image_recall(&c.image->facts, 0, UINT64_MAX, c.arena, &context), 0);
	assert_false(context.tpm2);
	context.tpm2 = true;
	assert_int_equal(image_recall(&c.image->facts, 0, 0, c.arena, &context), 0);
	assert_true(context.tpm2);
}

enum { SETS = 40, REQUESTS = 60 };

static struct request request_of(struct compiled *c, uint64_t seed, uint64_t number)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_json_ json_t *json = NULL;
	struct request req;
	struct source src;

	generate_request(seed, number, &text);
	src = (struct source){ "request", text.data, text.len };
	assert_int_equal(json_parse(&src, &d, &json), 0);
	assert_int_equal(request_parse(json, &src, 0, c->arena, &d, &req), 0);
	return req;
}

/* What generated policies ask of the device, in whatever combination, for generated devices. */
static void facts_of_random_sets_come_back(void **state)
{
	size_t some = 0, back = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= SETS; seed++) {
		_cleanup_buf_ struct buf policies = BUF_INIT, entities = BUF_INIT;
		_cleanup_compiled_ struct compiled c;

		generate_policies(seed, &policies);
		generate_entities(seed, &entities);
		compiled_make(&c, policies.data, entities.data, NULL);
		assert_int_equal(c.err, 0);
		for (uint64_t i = 0; i < REQUESTS; i++) {
			struct request req = request_of(&c, seed, i);
			struct context context = worst();
			uint64_t held;

			assert_int_equal(image_device_facts(&c.image->facts, &req.context, &held),
					 0);
			assert_int_equal(image_recall(&c.image->facts, UINT64_MAX, held, c.arena,
						      &context),
					 0);
			some += held != 0;
			back += device_is(&c, &context, held);
		}
	}
	assert_true(some > SETS * REQUESTS / 10);
	/* Conditions that share attributes under && and || may leave it open which of them it was. */
	assert_true(back > SETS * REQUESTS * 97 / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(device_facts_come_back),
		cmocka_unit_test(the_session_comes_back),
		cmocka_unit_test(what_was_not_asked_stays),
		cmocka_unit_test(facts_of_random_sets_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
