/* SPDX-License-Identifier: BSD-2-Clause */
/* postern explain: what a bundle would say of a request that nobody made yet, and why. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/opened.h"
#include "cli/output.h"
#include "cli/phases.h"
#include "policy/policy.h"
#include "posture/posture.h"

/* Options that are members of the request's principal under the same or another name. */
static const struct {
	const char *flag, *member;
} principal_members[] = {
	{ "program", "program" },   { "user", "user" },	    { "unit", "unit" },
	{ "identity", "identity" }, { "parent", "parent" }, { "script", "script" },
};

static json_t *principal_of(const struct invocation *inv)
{
	json_t *p = json_object(), *groups = json_array();
	const char *const *given;
	size_t i, n = flag_values(inv, "group", &given);

	for (i = 0; i < sizeof(principal_members) / sizeof(principal_members[0]); i++) {
		const char *value = flag_value(inv, principal_members[i].flag);

		if (value)
			(void)json_object_set_new(p, principal_members[i].member,
						  json_string(value));
	}
	for (i = 0; i < n; i++)
		(void)json_array_append_new(groups, json_string(given[i]));
	if (n)
		(void)json_object_set(p, "groups", groups);
	json_decref(groups);
	return p;
}

/* The request in the form of tests.json, from the options. A new reference, or NULL after complaining. */
static json_t *request_of(const struct invocation *inv)
{
	const char *action = flag_value(inv, "action"), *context = flag_value(inv, "context");
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *facts = NULL;
	json_t *request;

	if (context) {
		const struct source src = { "--context", context, strlen(context) };

		if (json_parse(&src, &d, &facts) < 0) {
			complain_diags(&d);
			return NULL;
		}
	}
	request = json_pack("{s:o, s:s, s:s}", "principal", principal_of(inv), "action",
			    action ? action : "connect", "resource", inv->arguments[1]);
	if (request && facts)
		(void)json_object_set(request, "context", facts);
	return request;
}

/* How to mend a device fact: the words of postern posture. */
static const char *hint_of(const char *attribute)
{
	for (int i = 0; i < POSTURE_FACTS; i++) {
		const struct posture_row *row = posture_row((enum posture_fact)i);

		if (row->attribute && strcmp(row->attribute, attribute) == 0)
			return row->hint;
	}
	return NULL;
}

static int say(const struct opened *o, const struct request *req)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct decision decision;
	int r;

	r = decide_reference(o->rules.views, req, &decision);
	if (r == 0)
		r = policy_explain(o->rules.views, req, 3, hint_of, &text);
	if (r < 0) {
		complain(NULL, "cannot explain: %s", strerror(-r));
		return EXIT_POLICY;
	}
	if (output_form() == OUTPUT_JSON)
		output_json(json_pack("{s:s, s:s, s:s, s:s}", "verdict",
				      verdict_name(decision.verdict), "policy",
				      decision.policy ? decision.policy->id.s : "", "reason",
				      decision.reason, "explanation", text.data ? text.data : ""));
	else
		(void)fputs(text.data ? text.data : "", stdout);
	return decision.verdict == VERDICT_ALLOW ? EXIT_YES : EXIT_NO;
}

static int run(const struct invocation *inv)
{
	_cleanup_opened_ struct opened o = OPENED_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_(arena_free) struct arena *arena = NULL;
	_cleanup_json_ json_t *json = NULL;
	struct request req;
	int r;

	r = opened_load_phases(inv->arguments[0], flag_value(inv, "phases"), &o);
	if (r != EXIT_YES)
		return r;
	json = request_of(inv);
	if (!json)
		return EXIT_USAGE;
	r = arena_new(&arena);
	if (r == 0)
		r = request_parse(json, NULL, clock_real_ms(), arena, &d, &req);
	complain_diags(&d);
	if (r < 0)
		return EXIT_USAGE;
	return say(&o, &req);
}

static const struct flag flags[] = {
	{ "program", 'p', "PATH", "executable of the process" },
	{ "user", 'u', "NAME", "user, or #uid" },
	{ "group", 'g', "NAME", "a group, or #gid; may be repeated" },
	{ "unit", 0, "NAME", "systemd unit" },
	{ "identity", 0, "ID", "person proven in the session" },
	{ "parent", 0, "PATH", "executable of the parent process" },
	{ "script", 0, "PATH", "script that an interpreter runs" },
	{ "action", 'a', "WORD", "connect (default), send, listen, accept, create" },
	{ "context", 0, "JSON", "facts, as in tests.json: {\"session\":{\"mfaAge\":\"2h\"}}" },
	PHASES_FLAG,
	{ 0 },
};

const struct command command_explain = {
	.name = "explain",
	.arguments = "DIR|BUNDLE DESTINATION",
	.min_arguments = 2,
	.max_arguments = 2,
	.summary = "what would a bundle say of this request, and why; offline",
	.examples =
		"  postern explain shop/ 'tcp 10.20.0.5:5432' --program /usr/bin/psql --user alice\n"
		"  exit status 0 allowed, 1 denied\n",
	.flags = flags,
	.run = run,
};
