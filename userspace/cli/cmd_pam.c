/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * postern pam-session: what pam_exec(8) runs when a login session begins and ends. Whatever goes wrong, it
 * answers 0, and it never takes longer than two seconds: nobody is locked out by it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/connection.h"

enum { PATIENCE_S = 2 };

static void give_up(int signo)
{
	(void)signo;
	_exit(EXIT_YES);
}

static int run(const struct invocation *inv)
{
	const char *type = getenv("PAM_TYPE");
	_cleanup_json_ json_t *reply = NULL;
	bool closes = type && strcmp(type, "close_session") == 0;

	(void)inv;
	if (!closes && (!type || strcmp(type, "open_session") != 0)) {
		(void)fprintf(stderr, "postern pam-session: only for session lines of PAM; see "
				      "postern(1)\n");
		return EXIT_YES;
	}
	(void)signal(SIGALRM, give_up);
	(void)alarm(PATIENCE_S);
	(void)connection_call(WIRE_INTERFACE ".RegisterSession",
			      json_pack("{s:b}", "closes", (int)closes), &reply);
	return EXIT_YES;
}

const struct command command_pam_session = {
	.name = "pam-session",
	.arguments = "",
	.summary = "for PAM: register the login session that begins, forget the one that ends",
	.examples = "  session optional pam_exec.so quiet /usr/bin/postern pam-session\n",
	.run = run,
};
