/* SPDX-License-Identifier: BSD-2-Clause */
/* postern push: hands a signed bundle to the controller; done means in force. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/sealed.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/opened.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/span.h"
#include "cli/trial.h"

/* What a dry run found to be cut. */
static void say_cuts(const json_t *cuts)
{
	const json_t *line;
	size_t i;

	if (json_array_size(cuts) == 0) {
		(void)puts("no live connection would be cut");
		return;
	}
	(void)puts("live connections that would be cut:");
	json_array_foreach((json_t *)cuts, i, line)
		(void)printf("  %s\n", json_string_value(line));
}

static void say(const json_t *reply, bool dry)
{
	const char *warnings = json_string_value(json_object_get(reply, "warnings"));
	bool already = json_is_true(json_object_get(reply, "already"));

	if (warnings && *warnings)
		(void)fputs(warnings, stderr);
	(void)printf("%s %s version %lld%s\n",
		     dry       ? "would be in force:"
		     : already ? "already in force:"
			       : "in force:",
		     json_string_value(json_object_get(reply, "name")),
		     (long long)json_integer_value(json_object_get(reply, "version")),
		     dry ? ", nothing was changed" : "");
	if (dry && !already)
		say_cuts(json_object_get(reply, "cuts"));
}

/* What comes next for a bundle on trial. */
static int say_trial(const struct invocation *inv, const json_t *reply)
{
	const json_t *left = json_object_get(reply, "confirmLeftMs");
	const char *digest = json_string_value(json_object_get(reply, "digest"));

	if (!json_is_integer(left))
		return EXIT_YES;
	(void)printf(
		"NOT confirmed: it is gone back from in %lld s; from a new login: postern confirm\n",
		(long long)json_integer_value(left) / 1000);
	(void)fflush(stdout);
	if (flag_on(inv, "no-wait") || !digest)
		return EXIT_YES;
	return trial_wait(digest, json_integer_value(left));
}

/* The options as parameters. NULL after saying what is wrong with them. */
static json_t *wish(const struct invocation *inv)
{
	const char *within = flag_value(inv, "confirm-within");
	int64_t ms = 0;

	if (within && span_parse(within, "--confirm-within", &ms) < 0)
		return NULL;
	return json_pack("{s:i, s:b, s:b, s:o}", "bundleFileDescriptor", 0, "dryRun",
			 (int)flag_on(inv, "dry-run"), "forceLockout",
			 (int)flag_on(inv, "force-lockout"), "confirmWithinMs",
			 within ? json_integer(ms) : json_null());
}

/* The file as it is now, in memory that the controller may trust not to change. An exit_status. */
static int seal(const char *path, int *ret)
{
	_cleanup_free_ char *bytes = NULL;
	size_t len;
	int r = opened_file(path, &bytes, &len);

	if (r != EXIT_YES)
		return r;
	r = sealed_new("postern-bundle", bytes, len);
	if (r < 0) {
		complain(NULL, "cannot hand over %s: %s", path, strerror(-r));
		return EXIT_CONTROLLER;
	}
	*ret = r;
	return EXIT_YES;
}

static int run(const struct invocation *inv)
{
	_cleanup_json_ json_t *reply = NULL;
	_cleanup_close_ int fd = -1;
	json_t *parameters;
	int r;

	r = seal(inv->arguments[0], &fd);
	if (r != EXIT_YES)
		return r;
	parameters = wish(inv);
	if (!parameters)
		return EXIT_USAGE;
	progress_begin(flag_on(inv, "dry-run") ? "the host checks and compiles"
					       : "the host puts it in force");
	r = connection_call_fd(WIRE_INTERFACE ".Push", parameters, fd, &reply);
	progress_end();
	if (r != EXIT_YES)
		return r;
	if (output_form() == OUTPUT_JSON) {
		output_json(TAKE_PTR(reply));
		return EXIT_YES;
	}
	say(reply, flag_on(inv, "dry-run"));
	return say_trial(inv, reply);
}

static const struct flag flags[] = {
	{ "dry-run", 'n', NULL,
	  "verify, check, test and compile on the host, say what would be cut; change nothing" },
	{ "confirm-within", 0, "TIME",
	  "go back to the bundle before unless it is confirmed in that time (2m); wait for it" },
	{ "no-wait", 0, NULL, "do not wait for the confirmation" },
	{ "force-lockout", 0, NULL, "also if it cuts off those who manage the host" },
	{ 0 },
};

const struct command command_push = {
	.name = "push",
	.arguments = "BUNDLE",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "put a signed bundle in force on this host",
	.examples = "  postern push shop.postern\n  postern push shop.postern --dry-run\n"
		    "  postern push shop.postern --confirm-within 2m\n",
	.flags = flags,
	.run = run,
};
