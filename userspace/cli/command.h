/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command table: one row a command, each command in its own file. Usage, --help, completion and the manual are
 * made from the rows, so they cannot say different things.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* What a command line answers with (postern(1), EXIT STATUS). */
enum exit_status {
	EXIT_YES = 0, /* yes, done, allowed */
	EXIT_NO = 1, /* no: would be denied, differs, test failed, nothing matched, degraded */
	EXIT_USAGE = 2,
	EXIT_POLICY = 3, /* policy or bundle does not parse, type-check, compile or fit */
	EXIT_TRUST = 4, /* signature, threshold, rollback, expiry, audience */
	EXIT_CONTROLLER = 5, /* controller unreachable, or permission denied */
	EXIT_ROLLED_BACK = 6, /* applied, not confirmed in time, rolled back */
	EXIT_REFUSED = 7, /* refused for safety */
};

/* An option of a command. */
struct flag {
	const char *name; /* long name, without dashes */
	char letter; /* 0: none */
	const char *value; /* word for its value in usage; NULL: a switch */
	const char *help;
};

#define FLAGS_MAX 16
#define ARGUMENTS_MAX 64

/* A command line taken apart against a row of the table. */
struct invocation {
	const struct command *command;
	const char *values[FLAGS_MAX]; /* by flag: last value given, "" for a switch; NULL: absent */
	const char *repeated[FLAGS_MAX][ARGUMENTS_MAX]; /* every value of a flag, in order */
	size_t n_repeated[FLAGS_MAX];
	const char *arguments[ARGUMENTS_MAX];
	size_t n_arguments;
};

struct command {
	const char *name; /* "check", "bundle build" */
	const char *arguments; /* usage words: "DIR" */
	size_t min_arguments, max_arguments;
	const char *summary; /* one line */
	const char *examples; /* lines, shown first by --help */
	const struct flag *flags; /* ends with a row without a name; NULL: none */
	int (*run)(const struct invocation *inv); /* an exit_status */
};

/* Every command, in the order of --help; ends with a row without a name. */
extern const struct command *const commands[];

extern const struct command command_check, command_test, command_explain, command_decide;
extern const struct command command_bundle_build, command_bundle_show, command_bundle_payload;
extern const struct command command_sign, command_verify, command_trust_new, command_trust_init;
extern const struct command command_trust_show, command_trust_rotate, command_trust_export;
extern const struct command command_push, command_status, command_trace, command_why;
extern const struct command command_login, command_logout, command_whoami, command_sessions;
extern const struct command command_lock, command_pam_session, command_revoke_build;
extern const struct command command_confirm, command_rollback, command_bundles;
extern const struct command command_mode, command_detach;
extern const struct command command_posture, command_doctor, command_completion;

/* Value of a flag, or NULL; whether a switch is on. The name must be one of the command's. */
const char *flag_value(const struct invocation *inv, const char *name);
bool flag_on(const struct invocation *inv, const char *name);
/* Every value of a flag that may be given more than once; their number. */
size_t flag_values(const struct invocation *inv, const char *name, const char *const **ret);

/*
 * Takes the words after a command's name apart. 0, or -EINVAL after saying what is wrong. --help is answered here with
 * a positive 1.
 */
int invocation_parse(const struct command *c, int argc, char **argv, struct invocation *ret);

/* Usage of one command, or the list of all, on standard output. */
void usage_command(const struct command *c);
void usage_all(void);
