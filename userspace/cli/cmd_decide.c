/* SPDX-License-Identifier: BSD-2-Clause */
/* postern decide: many requests through one engine, one answer a line: the differential test's tool. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/engine.h"
#include "cli/output.h"
#include "cli/phases.h"
#include "cli/requests.h"

/* An answer is three words that need no escaping but the policy's id. */
static int answer(struct engine *e, const struct request *req)
{
	struct text policy;
	const char *reason;
	enum verdict verdict;
	int r;

	r = engine_decide(e, req, &verdict, &policy, &reason);
	if (r < 0)
		return r;
	output_json(json_pack("{s:s, s:s%, s:s}", "verdict", verdict_name(verdict), "policy",
			      policy.s, policy.len, "reason", reason));
	return 0;
}

static int run(const struct invocation *inv)
{
	_cleanup_opened_ struct opened o = OPENED_INIT;
	_cleanup_requests_ struct requests reqs = { 0 };
	_cleanup_engine_ struct engine *e = NULL;
	const char *file = flag_value(inv, "requests"), *name = flag_value(inv, "engine");
	size_t i;
	int r;

	if (!file) {
		complain("postern decide DIR --requests FILE.jsonl", "decide: no --requests");
		return EXIT_USAGE;
	}
	r = opened_load_phases(inv->arguments[0], flag_value(inv, "phases"), &o);
	if (r == EXIT_YES)
		r = requests_read(file, &reqs);
	if (r == EXIT_YES)
		r = engine_open(name ? name : "reference", &o, reqs.items, reqs.n, &e);
	if (r != EXIT_YES)
		return r;
	for (i = 0; i < reqs.n; i++) {
		r = answer(e, &reqs.items[i]);
		if (r < 0) {
			complain("postern check says whether the bundle is sound",
				 "request %zu cannot be decided: %s", i + 1, strerror(-r));
			return EXIT_POLICY;
		}
	}
	return EXIT_YES;
}

static const struct flag flags[] = {
	{ "requests", 'r', "FILE", "one request a line, as JSON; - is standard input" },
	{ "engine", 'e', "NAME", "reference (default), image, or kernel (root)" },
	PHASES_FLAG,
	{ 0 },
};

const struct command command_decide = {
	.name = "decide",
	.arguments = "DIR|BUNDLE",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "decide requests from a file, one JSON answer a line",
	.examples = "  postern decide shop/ --requests reqs.jsonl --engine kernel\n",
	.flags = flags,
	.run = run,
};
