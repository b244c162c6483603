/* SPDX-License-Identifier: BSD-2-Clause */
/* postern logout, whoami, sessions, lock: proofs that exist, and how they end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "cli/sessionline.h"

static int run_logout(const struct invocation *inv)
{
	_cleanup_json_ json_t *reply = NULL;
	bool ended;
	int r = connection_call(WIRE_INTERFACE ".Logout", NULL, &reply);

	(void)inv;
	if (r != EXIT_YES)
		return r;
	ended = json_is_true(json_object_get(reply, "ended"));
	if (output_form() == OUTPUT_JSON)
		output_json(TAKE_PTR(reply));
	else
		(void)puts(ended ? "the proof in this session has ended"
				 : "there was no proof in this session");
	return ended ? EXIT_YES : EXIT_NO;
}

static int run_whoami(const struct invocation *inv)
{
	_cleanup_json_ json_t *reply = NULL;
	const json_t *session;
	bool proven;
	int r = connection_call(WIRE_INTERFACE ".WhoAmI", NULL, &reply);

	(void)inv;
	if (r != EXIT_YES)
		return r;
	session = json_object_get(reply, "session");
	proven = json_is_true(json_object_get(session, "proven"));
	if (output_form() == OUTPUT_JSON) {
		output_json(TAKE_PTR(reply));
	} else if (!json_is_true(json_object_get(reply, "inSession"))) {
		(void)puts("this process belongs to no login session; nothing can be proven in it");
	} else {
		sessionline_heading();
		sessionline(session);
		if (!proven)
			(void)fprintf(stderr, "next: postern login\n");
	}
	return proven ? EXIT_YES : EXIT_NO;
}

static int run_sessions(const struct invocation *inv)
{
	_cleanup_json_ json_t *reply = NULL;
	const json_t *list, *s;
	size_t i;
	int r = connection_call(WIRE_INTERFACE ".GetSessions", NULL, &reply);

	(void)inv;
	if (r != EXIT_YES)
		return r;
	list = json_object_get(reply, "sessions");
	if (output_form() == OUTPUT_TEXT || output_form() == OUTPUT_WIDE)
		sessionline_heading();
	json_array_foreach(list, i, s) {
		if (output_form() == OUTPUT_JSON)
			output_json(json_incref((json_t *)s));
		else
			sessionline(s);
	}
	return EXIT_YES;
}

static int run_lock(const struct invocation *inv)
{
	const char *identity = flag_value(inv, "identity"), *session = flag_value(inv, "session");
	_cleanup_json_ json_t *reply = NULL, *parameters = json_object();
	char *end = NULL;
	long long ended, id = session ? strtoll(session, &end, 10) : 0;
	int r;

	if (session && (!*session || *end || id < 0)) {
		complain("postern sessions", "lock: \"%s\" is no number of a session", session);
		return EXIT_USAGE;
	}
	if (!parameters)
		return EXIT_CONTROLLER;
	if (identity)
		(void)json_object_set_new(parameters, "identity", json_string(identity));
	if (session)
		(void)json_object_set_new(parameters, "session", json_integer(id));
	if (flag_on(inv, "all"))
		(void)json_object_set_new(parameters, "all", json_true());
	r = connection_call(WIRE_INTERFACE ".Lock", TAKE_PTR(parameters), &reply);
	if (r != EXIT_YES)
		return r;
	ended = (long long)json_integer_value(json_object_get(reply, "ended"));
	if (output_form() == OUTPUT_JSON)
		output_json(TAKE_PTR(reply));
	else
		(void)printf("%lld proof%s ended\n", ended, ended == 1 ? "" : "s");
	return ended ? EXIT_YES : EXIT_NO;
}

const struct command command_logout = {
	.name = "logout",
	.arguments = "",
	.summary = "end the proof in this login session",
	.examples = "  postern logout\n",
	.run = run_logout,
};

const struct command command_whoami = {
	.name = "whoami",
	.arguments = "",
	.summary = "who is proven in this login session, and for how long",
	.examples = "  postern whoami || postern login\n",
	.run = run_whoami,
};

const struct command command_sessions = {
	.name = "sessions",
	.arguments = "",
	.summary = "login sessions and their proofs: all of them, or your own account's",
	.examples = "  postern sessions\n",
	.run = run_sessions,
};

static const struct flag lock_flags[] = {
	{ "identity", 'i', "NAME", "every proof of that identity (administrators)" },
	{ "session", 's', "NUMBER", "the proof in that session (administrators)" },
	{ "all", 'a', NULL, "every proof on this host (administrators)" },
	{ 0 },
};

const struct command command_lock = {
	.name = "lock",
	.arguments = "",
	.summary = "end proofs now: this session's, or whose you name",
	.examples = "  postern lock\n  postern lock --identity alice\n",
	.flags = lock_flags,
	.run = run_lock,
};
