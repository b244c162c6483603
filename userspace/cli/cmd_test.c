/* SPDX-License-Identifier: BSD-2-Clause */
/* postern test: runs the tests that travel in a bundle, by the reference evaluator. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/opened.h"
#include "cli/output.h"
#include "cli/phases.h"

static void say_json(const struct policy_test *t, const struct test_outcome *o)
{
	output_json(json_pack("{s:s, s:b, s:s, s:s, s:s}", "name", t->name.s, "passed", o->passed,
			      "expect", verdict_name(t->expect), "verdict",
			      verdict_name(o->decision.verdict), "policy",
			      o->decision.policy ? o->decision.policy->id.s : ""));
}

static void say_text(const struct policy_test *t, const struct test_outcome *o)
{
	const struct policy *p = o->decision.policy;

	(void)printf("%s%s%s  %s\n", tone_on(o->passed ? TONE_GOOD : TONE_BAD),
		     o->passed ? "ok    " : "FAILED", tone_off(), t->name.s);
	if (o->passed)
		return;
	(void)printf("        expected %s%s%s, got %s by %s\n", verdict_name(t->expect),
		     t->has_by ? " by " : "", t->has_by ? t->by.s : "",
		     verdict_name(o->decision.verdict), p ? p->id.s : "default-deny");
}

static int run(const struct invocation *inv)
{
	_cleanup_opened_ struct opened o = OPENED_INIT;
	size_t i, failed = 0;
	int r;

	r = opened_load_phases(inv->arguments[0], flag_value(inv, "phases"), &o);
	if (r != EXIT_YES)
		return r;
	for (i = 0; i < o.rules.tests->n; i++) {
		const struct policy_test *t = &o.rules.tests->items[i];
		struct test_outcome out;

		r = ruleset_test(&o.rules, t, &out);
		if (r < 0) {
			complain(NULL, "%s: cannot be decided: %s", t->name.s, strerror(-r));
			return EXIT_POLICY;
		}
		failed += !out.passed;
		if (output_form() == OUTPUT_JSON)
			say_json(t, &out);
		else
			say_text(t, &out);
	}
	if (output_form() != OUTPUT_JSON)
		(void)printf("%zu passed, %zu failed\n", o.rules.tests->n - failed, failed);
	return failed ? EXIT_NO : EXIT_YES;
}

static const struct flag flags[] = { PHASES_FLAG, { 0 } };

const struct command command_test = {
	.name = "test",
	.arguments = "DIR|BUNDLE",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "run the tests that travel in a bundle, offline",
	.examples = "  postern test shop/             exit status 1 when one fails\n",
	.flags = flags,
	.run = run,
};
