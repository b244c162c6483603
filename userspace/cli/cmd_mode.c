/* SPDX-License-Identifier: BSD-2-Clause */
/* postern mode, detach: break glass. Neither needs the network, and detach needs no controller. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <postern/limits.h>

#include "cli/command.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "cli/span.h"
#include "loader/loader.h"

static int say_mode(json_t *reply, bool observing)
{
	_cleanup_json_ json_t *r = reply;
	const char *until = json_string_value(json_object_get(r, "until"));
	bool changed = json_is_true(json_object_get(r, "changed"));

	if (output_form() == OUTPUT_JSON)
		output_json(TAKE_PTR(r));
	else if (observing)
		(void)printf(
			"nothing is denied until %s, but reported; to end it: postern mode enforce\n",
			until ? until : "?");
	else
		(void)puts(changed ? "enforcing again" : "nothing was suspended");
	return EXIT_YES;
}

/* It becomes part of lines of logs, and must not begin another. */
static bool is_one_line(const char *reason)
{
	for (const char *p = reason; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f) {
			complain("write it in one line", "the reason has control characters");
			return false;
		}
	return true;
}

static int observe(const struct invocation *inv)
{
	const char *span = flag_value(inv, "for"), *reason = flag_value(inv, "reason");
	json_t *reply = NULL;
	int64_t ms;
	int r;

	if (!span || !reason || !*reason) {
		complain("postern mode observe --for 30m --reason TEXT",
			 "say for how long and why: whoever comes next wants to know");
		return EXIT_USAGE;
	}
	if (!is_one_line(reason) || span_parse(span, "--for", &ms) < 0)
		return EXIT_USAGE;
	r = connection_call(WIRE_INTERFACE ".SetMode",
			    json_pack("{s:s, s:I, s:s}", "mode", "observe", "forMs", (json_int_t)ms,
				      "reason", reason),
			    &reply);
	return r == EXIT_YES ? say_mode(reply, true) : r;
}

static int run_mode(const struct invocation *inv)
{
	const char *mode = inv->arguments[0];
	json_t *reply = NULL;
	int r;

	if (strcmp(mode, "observe") == 0)
		return observe(inv);
	if (strcmp(mode, "enforce") != 0) {
		complain("postern mode --help", "a mode is observe or enforce, not \"%s\"", mode);
		return EXIT_USAGE;
	}
	r = connection_call(WIRE_INTERFACE ".SetMode", json_pack("{s:s}", "mode", "enforce"),
			    &reply);
	return r == EXIT_YES ? say_mode(reply, false) : r;
}

/* Nobody answers: links and pins are taken away from here. */
static int detach_alone(const struct invocation *inv)
{
	const char *pin = flag_value(inv, "pin");
	const struct loader_config cfg = { .pin = pin ? pin : "/sys/fs/bpf/postern" };
	int r = loader_detach(&cfg);

	if (r < 0) {
		complain(r == -ENOTEMPTY ? "stop posternd first" : "run it as root",
			 "cannot remove links and maps in %s: %s", cfg.pin, strerror(-r));
		return EXIT_CONTROLLER;
	}
	(void)puts("detached: nothing is enforced until posternd starts");
	return EXIT_YES;
}

static int run_detach(const struct invocation *inv)
{
	_cleanup_json_ json_t *reply = NULL;
	const char *reason = flag_value(inv, "reason");
	int r;

	if (!reason || !*reason) {
		complain("postern detach --reason TEXT",
			 "say why: whoever comes next wants to know");
		return EXIT_USAGE;
	}
	if (!is_one_line(reason))
		return EXIT_USAGE;
	if (!connection_answers())
		return detach_alone(inv);
	r = connection_call(WIRE_INTERFACE ".Detach", json_pack("{s:s}", "reason", reason), &reply);
	if (r != EXIT_YES)
		return r;
	(void)puts(
		"detached: nothing is enforced until the next push, start of the host, or: postern mode enforce");
	return EXIT_YES;
}

static const struct flag mode_flags[] = {
	{ "for", 0, "TIME", "until when it ends by itself, as 30m or 1h30m" },
	{ "reason", 0, "TEXT", "for whoever looks at the status" },
	{ 0 },
};

const struct command command_mode = {
	.name = "mode",
	.arguments = "observe|enforce",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "break glass: deny nothing for a while, only report; or end that",
	.examples =
		"  postern mode observe --for 30m --reason \"INC-77\"\n  postern mode enforce\n",
	.flags = mode_flags,
	.run = run_mode,
};

static const struct flag detach_flags[] = {
	{ "reason", 0, "TEXT", "for whoever looks at the status" },
	{ "pin", 0, "DIR", "where posternd pins, when it is not running" },
	{ 0 },
};

const struct command command_detach = {
	.name = "detach",
	.arguments = "",
	.summary = "break glass: enforce nothing; also without a controller",
	.examples = "  postern detach --reason \"INC-77\"\n",
	.flags = detach_flags,
	.run = run_detach,
};
