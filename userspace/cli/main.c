/* SPDX-License-Identifier: BSD-2-Clause */
/* postern: finds the command and hands the rest of the line to it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/output.h"

#ifndef POSTERN_VERSION
#define POSTERN_VERSION "0.1.0"
#endif

const struct command *const commands[] = {
	&command_check,		 &command_test,
	&command_explain,	 &command_decide,
	&command_bundle_build,	 &command_bundle_show,
	&command_bundle_payload, &command_sign,
	&command_verify,	 &command_trust_new,
	&command_trust_init,	 &command_trust_show,
	&command_trust_rotate,	 &command_trust_export,
	&command_push,		 &command_confirm,
	&command_rollback,	 &command_bundles,
	&command_status,	 &command_mode,
	&command_detach,	 &command_posture,
	&command_trace,		 &command_why,
	&command_login,		 &command_logout,
	&command_whoami,	 &command_sessions,
	&command_lock,		 &command_revoke_build,
	&command_pam_session,	 &command_doctor,
	&command_completion,	 NULL,
};

/* Words of a command's name that start the line; 0 when it is another command. */
static int words_matched(const struct command *c, int argc, char **argv)
{
	const char *name = c->name;
	int n = 0;

	while (n < argc) {
		size_t len = strcspn(name, " ");

		if (strlen(argv[n]) != len || strncmp(argv[n], name, len) != 0)
			return 0;
		n++;
		if (!name[len])
			return n;
		name += len + 1;
	}
	return 0;
}

static int unknown_command(int argc, char **argv)
{
	const char *names[64], *near;
	char typed[128], hint[160];
	size_t i, n = 0;

	for (i = 0; commands[i]; i++)
		names[n++] = commands[i]->name;
	/* two words first: "bundle biuld" is nearer to one of them than "bundle" is to anything */
	(void)snprintf(typed, sizeof(typed), "%s %s", argv[0], argc > 1 ? argv[1] : "");
	near = argc > 1 ? suggest(typed, names, n) : NULL;
	if (!near) {
		typed[strlen(argv[0]) < sizeof(typed) ? strlen(argv[0]) : sizeof(typed) - 1] = '\0';
		near = suggest(typed, names, n);
	}
	(void)snprintf(hint, sizeof(hint), "postern %s", near ? near : "--help");
	complain(hint, "unknown command: %s", typed);
	return EXIT_USAGE;
}

static int run_command(int argc, char **argv)
{
	struct invocation inv;
	size_t i;
	int n, r;

	for (i = 0; commands[i]; i++) {
		n = words_matched(commands[i], argc, argv);
		if (n == 0)
			continue;
		r = invocation_parse(commands[i], argc - n, argv + n, &inv);
		if (r != 0)
			return r < 0 ? EXIT_USAGE : EXIT_YES;
		return commands[i]->run(&inv);
	}
	return unknown_command(argc, argv);
}

struct globals {
	enum output_form form;
	enum output_colour colour;
};

static int word_of(const char *value, const char *const *words, size_t n, const char *option)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (strcmp(value, words[i]) == 0)
			return (int)i;
	}
	complain("postern --help", "%s does not take \"%s\"", option, value);
	return -EINVAL;
}

/* A global option before the command. Words used, or -EINVAL. */
static int take_global(struct globals *g, char **argv, int left)
{
	static const char *const forms[] = { "text", "wide", "json" };
	static const char *const colours[] = { "auto", "always", "never" };
	int i;

	if (left < 2) {
		complain("postern --help", "%s needs a value, or is no option", argv[0]);
		return -EINVAL;
	}
	if (strcmp(argv[0], "-o") == 0) {
		i = word_of(argv[1], forms, 3, "-o");
		g->form = i < 0 ? g->form : (enum output_form)i;
	} else if (strcmp(argv[0], "--color") == 0) {
		i = word_of(argv[1], colours, 3, "--color");
		g->colour = i < 0 ? g->colour : (enum output_colour)i;
	} else if (strcmp(argv[0], "--socket") == 0) {
		connection_use(argv[1]);
		i = 0;
	} else {
		complain("postern --help", "unknown option %s", argv[0]);
		i = -EINVAL;
	}
	return i < 0 ? i : 2;
}

/* Global options may stand before the command; -o also after it, where fingers put it. */
static int lift_output(struct globals *g, int argc, char **argv)
{
	int i, kept = 0, r;

	for (i = 0; i < argc; i++) {
		bool global =
			strcmp(argv[i], "--color") == 0 || strcmp(argv[i], "--socket") == 0 ||
			(strcmp(argv[i], "-o") == 0 && i + 1 < argc &&
			 (strcmp(argv[i + 1], "text") == 0 || strcmp(argv[i + 1], "wide") == 0 ||
			  strcmp(argv[i + 1], "json") == 0));

		if (!global) {
			argv[kept++] = argv[i];
			continue;
		}
		r = take_global(g, argv + i, argc - i);
		if (r < 0)
			return r;
		i++;
	}
	return kept;
}

int main(int argc, char **argv)
{
	struct globals g = { OUTPUT_TEXT, COLOUR_AUTO };
	int n;

	output_init(g.form, g.colour);
	n = lift_output(&g, argc - 1, argv + 1);
	if (n < 0)
		return EXIT_USAGE;
	output_init(g.form, g.colour);
	if (n == 0 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		usage_all();
		return n == 0 ? EXIT_USAGE : EXIT_YES;
	}
	if (strcmp(argv[1], "--version") == 0) {
		(void)puts("postern " POSTERN_VERSION);
		return EXIT_YES;
	}
	if (argv[1][0] == '-') {
		(void)take_global(&g, argv + 1, n);
		return EXIT_USAGE;
	}
	return run_command(n, argv + 1);
}
