/* SPDX-License-Identifier: BSD-2-Clause */
/* postern trace: denials and would-denials, as they happen. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/connection.h"
#include "cli/eventline.h"
#include "cli/output.h"

struct tracing {
	long long left; /* events until the end; negative: no end */
	long long seen;
};

static int say(const json_t *reply, void *arg)
{
	const json_t *event = json_object_get(reply, "event");
	long long lost = (long long)json_integer_value(json_object_get(reply, "lost"));
	struct tracing *t = arg;

	if (lost)
		(void)fprintf(stderr, "postern: %lld events were lost before this line\n", lost);
	if (!json_is_object(event))
		return 0;
	t->seen++;
	if (output_form() == OUTPUT_JSON)
		output_json(json_incref((json_t *)event));
	else
		eventline(event);
	return t->left > 0 && --t->left == 0 ? 1 : 0;
}

/* A whole number of an option, or -1 when it is absent; -EINVAL after complaining. */
static int number(const struct invocation *inv, const char *flag, long long *ret)
{
	const char *text = flag_value(inv, flag);
	char *end;

	*ret = -1;
	if (!text)
		return 0;
	errno = 0;
	*ret = strtoll(text, &end, 10);
	if (!errno && *text && !*end && *ret >= 0)
		return 0;
	complain(NULL, "trace: --%s takes a whole number, not \"%s\"", flag, text);
	return -EINVAL;
}

static json_t *verdicts(const struct invocation *inv)
{
	const char *const *given;
	size_t i, n = flag_values(inv, "verdict", &given);
	json_t *list = json_array();

	for (i = 0; i < n; i++)
		(void)json_array_append_new(list, json_string(given[i]));
	return list;
}

static int run(const struct invocation *inv)
{
	_cleanup_wire_client_ struct wire_client *client = NULL;
	_cleanup_free_ char *error = NULL;
	struct tracing t = { 0 };
	long long last;
	int r;

	if (number(inv, "last", &last) < 0 || number(inv, "count", &t.left) < 0)
		return EXIT_USAGE;
	if (connection_open(&client) < 0)
		return EXIT_CONTROLLER;
	if (output_form() != OUTPUT_JSON)
		eventline_heading();
	(void)fflush(stdout);
	r = wire_call_more(
		client, WIRE_INTERFACE ".Trace",
		json_pack("{s:I, s:b, s:o}", "last",
			  (json_int_t)(last < 0 ? (flag_on(inv, "no-follow") ? 1000 : 10) : last),
			  "follow", !flag_on(inv, "no-follow"), "verdicts", verdicts(inv)),
		say, &t, &error);
	if (r < 0)
		return connection_failed(r, error, NULL);
	return t.seen || !flag_on(inv, "no-follow") ? EXIT_YES : EXIT_NO;
}

static const struct flag flags[] = {
	{ "last", 'n', "N", "start with the last N that are kept (default 10)" },
	{ "count", 'c', "N", "end after N events" },
	{ "no-follow", 0, NULL, "print what is kept and end; exit status 1 when nothing is" },
	{ "verdict", 0, "WORD", "only deny or would-deny; may be repeated" },
	{ 0 },
};

const struct command command_trace = {
	.name = "trace",
	.arguments = "",
	.summary = "follow denials: who, where to, by which policy",
	.examples =
		"  postern trace\n  postern trace -n 100 --no-follow\n  postern -o json trace | jq .\n",
	.flags = flags,
	.run = run,
};
