/* SPDX-License-Identifier: BSD-2-Clause */
/* postern push: hands a signed bundle to the controller; done means in force. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/opened.h"
#include "cli/output.h"
#include "cli/progress.h"

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

static int run(const struct invocation *inv)
{
	_cleanup_json_ json_t *reply = NULL;
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_free_ char *bytes = NULL;
	bool dry = flag_on(inv, "dry-run");
	size_t len;
	int r;

	r = opened_file(inv->arguments[0], &bytes, &len);
	if (r != EXIT_YES)
		return r;
	base64_encode(bytes, len, 0, &text);
	if (buf_error(&text)) {
		complain(NULL, "out of memory");
		return EXIT_CONTROLLER;
	}
	progress_begin(dry ? "the host checks and compiles" : "the host puts it in force");
	r = connection_call(WIRE_INTERFACE ".Push",
			    json_pack("{s:s, s:b}", "bundle", text.data ? text.data : "", "dryRun",
				      dry),
			    &reply);
	progress_end();
	if (r != EXIT_YES)
		return r;
	if (output_form() == OUTPUT_JSON)
		output_json(TAKE_PTR(reply));
	else
		say(reply, dry);
	return EXIT_YES;
}

static const struct flag flags[] = {
	{ "dry-run", 'n', NULL,
	  "verify, check, test and compile on the host, say what would be cut; change nothing" },
	{ 0 },
};

const struct command command_push = {
	.name = "push",
	.arguments = "BUNDLE",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "put a signed bundle in force on this host",
	.examples = "  postern push shop.postern\n  postern push shop.postern --dry-run\n",
	.flags = flags,
	.run = run,
};
