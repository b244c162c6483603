/* SPDX-License-Identifier: BSD-2-Clause */
/* postern confirm, rollback, bundles: what becomes of a bundle on trial, and what can be gone back to. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/connection.h"
#include "cli/output.h"

static long long number_of(const json_t *o, const char *key)
{
	return (long long)json_integer_value(json_object_get(o, key));
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

/* One call whose answer is a bundle; says `what` of it. */
static int change(const char *method, json_t *parameters, const char *what)
{
	_cleanup_json_ json_t *reply = NULL;
	int r = connection_call(method, parameters, &reply);

	if (r != EXIT_YES)
		return r;
	(void)fputs(text_of(reply, "warnings"), stderr);
	if (output_form() == OUTPUT_JSON)
		output_json(TAKE_PTR(reply));
	else if (number_of(reply, "version"))
		(void)printf("%s: version %lld\n", what, number_of(reply, "version"));
	else
		(void)puts("nothing is enforced: there was no bundle before");
	return EXIT_YES;
}

static int run_confirm(const struct invocation *inv)
{
	(void)inv;
	return change(WIRE_INTERFACE ".Confirm", NULL, "confirmed");
}

static int run_rollback(const struct invocation *inv)
{
	int force = flag_on(inv, "force-lockout");
	char *end = NULL;
	long long version;

	if (inv->n_arguments == 0)
		return change(WIRE_INTERFACE ".Rollback", json_pack("{s:b}", "forceLockout", force),
			      "in force");
	errno = 0;
	version = strtoll(inv->arguments[0], &end, 10);
	if (errno || *end || version <= 0) {
		complain("postern bundles", "a version is a number, not \"%s\"", inv->arguments[0]);
		return EXIT_USAGE;
	}
	return change(WIRE_INTERFACE ".Rollback",
		      json_pack("{s:I, s:b}", "version", (json_int_t)version, "forceLockout",
				force),
		      "in force");
}

static void say_state(const json_t *b)
{
	const char *state = text_of(b, "state");

	if (strcmp(state, "pending") == 0)
		(void)printf("pending, %lld s left: postern confirm",
			     number_of(b, "confirmLeftMs") / 1000);
	else if (strcmp(state, "in-force") == 0)
		(void)fputs("in force", stdout);
	else if (strcmp(state, "rolled-back") == 0)
		(void)fputs("rolled back, never confirmed", stdout);
	else
		(void)fputs(state, stdout);
}

static void say_bundle(const json_t *b)
{
	bool wide = output_form() == OUTPUT_WIDE;

	(void)printf("%-10lld %-.*s  %-20s  ", number_of(b, "version"), wide ? 64 : 16,
		     text_of(b, "digest"), text_of(b, "pushed"));
	say_state(b);
	(void)putchar('\n');
}

static int run_bundles(const struct invocation *inv)
{
	_cleanup_json_ json_t *reply = NULL;
	const json_t *list, *b;
	size_t i;
	int r = connection_call(WIRE_INTERFACE ".GetBundles", NULL, &reply);

	(void)inv;
	if (r != EXIT_YES)
		return r;
	list = json_object_get(reply, "bundles");
	if (output_form() != OUTPUT_JSON && json_array_size(list))
		(void)printf("%-10s %-*s  %-20s  %s\n", "VERSION",
			     output_form() == OUTPUT_WIDE ? 64 : 16, "DIGEST", "PUSHED", "STATE");
	json_array_foreach(list, i, b) {
		if (output_form() == OUTPUT_JSON)
			output_json(json_incref((json_t *)b));
		else
			say_bundle(b);
	}
	if (output_form() != OUTPUT_JSON && json_array_size(list) == 0)
		(void)fprintf(stderr, "no bundle yet; next: postern push BUNDLE\n");
	return json_array_size(list) ? EXIT_YES : EXIT_NO;
}

const struct command command_confirm = {
	.name = "confirm",
	.arguments = "",
	.summary = "keep the bundle that was pushed with --confirm-within",
	.examples = "  postern confirm\n",
	.run = run_confirm,
};

static const struct flag rollback_flags[] = {
	{ "force-lockout", 0, NULL, "also if it cuts off those who manage the host" },
	{ 0 },
};

const struct command command_rollback = {
	.name = "rollback",
	.arguments = "[VERSION]",
	.max_arguments = 1,
	.summary = "go back to a bundle that was confirmed before",
	.examples = "  postern rollback\n  postern rollback 42\n",
	.flags = rollback_flags,
	.run = run_rollback,
};

const struct command command_bundles = {
	.name = "bundles",
	.arguments = "",
	.summary = "bundles that this host has seen, and what became of them",
	.examples = "  postern bundles\n",
	.run = run_bundles,
};
