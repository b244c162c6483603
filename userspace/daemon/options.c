/* SPDX-License-Identifier: BSD-2-Clause */
/* Options are exact words, so that a slip is told and not guessed. */
#include "daemon/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"

enum option {
	OPTION_CGROUP = CONFIG_CGROUP,
	OPTION_STATE = CONFIG_STATE,
	OPTION_RUNTIME = CONFIG_RUNTIME,
	OPTION_PIN = CONFIG_PIN,
	OPTION_CONFIG, /* the last one with a value */
	OPTION_FOREGROUND,
	OPTION_DETACH,
	OPTION_VERSION,
	OPTION_HELP,
	OPTIONS,
};

static const char *const words[] = {
	[OPTION_CGROUP] = "--cgroup",	[OPTION_STATE] = "--state",
	[OPTION_RUNTIME] = "--runtime", [OPTION_PIN] = "--pin",
	[OPTION_CONFIG] = "--config",	[OPTION_FOREGROUND] = "--foreground",
	[OPTION_DETACH] = "--detach",	[OPTION_VERSION] = "--version",
	[OPTION_HELP] = "--help",
};

_Static_assert(sizeof(words) / sizeof(words[0]) == OPTIONS, "a word for each option");

const char *options_usage(void)
{
	return "usage: posternd [OPTION]...\n"
	       "Enforces signed policy bundles on the processes of a cgroup.\n"
	       "\n"
	       "  --config FILE    settings (default " CONFIG_FILE ")\n"
	       "  --cgroup DIR     cgroup to govern (default: the root of the cgroup2 hierarchy)\n"
	       "  --state DIR      trust and accepted bundles (default /var/lib/postern)\n"
	       "  --runtime DIR    place of control.sock (default /run/postern)\n"
	       "  --pin DIR        where links and maps outlive posternd (default /sys/fs/bpf/postern)\n"
	       "  --foreground     stay: for systemd (Type=notify) and for looking at it\n"
	       "  --detach         stop enforcing: remove links and maps, then exit\n"
	       "  --version        say the version\n"
	       "  --help           say this\n"
	       "\n"
	       "SIGTERM ends posternd; what is enforced stays enforced. SIGHUP reads the settings and\n"
	       "the host's names again. Exit status: 0 ended, 1 cannot enforce here, 2 usage.\n";
}

void options_free(struct options *o)
{
	config_free(&o->config);
	*o = OPTIONS_INIT;
}

/*
 * The option that `arg` is, with what follows its "=" in *ret_value (NULL: nothing). -1 for none.
 */
static int find_option(const char *arg, const char **ret_value)
{
	size_t len = strcspn(arg, "=");

	for (int i = 0; i < OPTIONS; i++) {
		if (strlen(words[i]) == len && memcmp(words[i], arg, len) == 0) {
			*ret_value = arg[len] ? arg + len + 1 : NULL;
			return i;
		}
	}
	return -1;
}

static int refuse(const char *arg, struct diags *d)
{
	const char *near = suggest(arg, words, OPTIONS);
	char hint[64] = "posternd --help";

	if (near)
		(void)snprintf(hint, sizeof(hint), "did you mean %s?", near);
	diag_error(d, "usage", NOWHERE, hint, "there is no option \"%s\"", arg);
	return -EINVAL;
}

/* An option without a value. */
static void set_flag(struct options *o, int option)
{
	o->foreground |= option == OPTION_FOREGROUND;
	o->detach |= option == OPTION_DETACH;
	o->version |= option == OPTION_VERSION;
	o->help |= option == OPTION_HELP;
}

static int set_value(struct options *o, int option, const char *value, struct diags *d)
{
	char **text;

	if (option == OPTION_CONFIG) {
		o->config_file = value;
		return 0;
	}
	if (value[0] != '/') {
		diag_error(d, "usage", NOWHERE, "write an absolute path",
			   "%s must be an absolute path", words[option]);
		return -EINVAL;
	}
	text = &o->config.text[option];
	free(*text);
	*text = strdup(value);
	return *text ? 0 : -ENOMEM;
}

/* Takes one option, and the argument after it if that is its value. */
static int take(struct options *o, char ***at, char **end, struct diags *d)
{
	const char *word = **at, *value = NULL;
	int option = find_option(word, &value);

	(*at)++;
	if (option < 0)
		return refuse(word, d);
	if (option > OPTION_CONFIG) {
		if (value)
			diag_error(d, "usage", NOWHERE, words[option], "%s takes no value",
				   words[option]);
		set_flag(o, option);
		return value ? -EINVAL : 0;
	}
	if (!value && *at < end)
		value = *(*at)++;
	if (!value) {
		diag_error(d, "usage", NOWHERE, "posternd --help", "%s needs a value", word);
		return -EINVAL;
	}
	return set_value(o, option, value, d);
}

int options_read(int argc, char **argv, struct diags *d, struct options *ret)
{
	_cleanup_options_ struct options o = OPTIONS_INIT;
	char **at = argv + 1, **end = argv + argc;

	while (at < end) {
		int r = take(&o, &at, end, d);

		if (r < 0)
			return r;
	}
	*ret = o;
	o = OPTIONS_INIT;
	return 0;
}
