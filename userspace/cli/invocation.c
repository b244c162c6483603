/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes a command's words apart by its row of the table: exact names, no abbreviations. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "cli/command.h"
#include "cli/output.h"

static size_t flags_count(const struct command *c)
{
	size_t n = 0;

	while (c->flags && c->flags[n].name)
		n++;
	return n;
}

static int flag_index(const struct command *c, const char *name)
{
	size_t i, n = flags_count(c);

	for (i = 0; i < n; i++) {
		if (strcmp(c->flags[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

/* A name that is not in the row is a slip of ours, not of the user. */
static size_t flag_known(const struct invocation *inv, const char *name)
{
	int i = flag_index(inv->command, name);

	if (i < 0)
		abort();
	return (size_t)i;
}

const char *flag_value(const struct invocation *inv, const char *name)
{
	return inv->values[flag_known(inv, name)];
}

bool flag_on(const struct invocation *inv, const char *name)
{
	return flag_value(inv, name) != NULL;
}

size_t flag_values(const struct invocation *inv, const char *name, const char *const **ret)
{
	size_t i = flag_known(inv, name);

	*ret = inv->repeated[i];
	return inv->n_repeated[i];
}

static int unknown_option(const struct command *c, const char *typed)
{
	const char *names[FLAGS_MAX], *near;
	size_t i, n = flags_count(c);
	char hint[160];

	for (i = 0; i < n; i++)
		names[i] = c->flags[i].name;
	near = strncmp(typed, "--", 2) == 0 ? suggest(typed + 2, names, n) : NULL;
	if (near)
		(void)snprintf(hint, sizeof(hint), "--%s, or postern %s --help", near, c->name);
	else
		(void)snprintf(hint, sizeof(hint), "postern %s --help", c->name);
	complain(hint, "%s: unknown option %s", c->name, typed);
	return -EINVAL;
}

static int flag_of_word(const struct command *c, const char *word, size_t len)
{
	size_t i, n = flags_count(c);

	for (i = 0; i < n; i++) {
		const struct flag *f = &c->flags[i];

		if (word[1] != '-' ? (len == 2 && f->letter == word[1])
				   : (strlen(f->name) == len - 2 &&
				      strncmp(f->name, word + 2, len - 2) == 0))
			return (int)i;
	}
	return -1;
}

static int note_value(struct invocation *inv, size_t i, const char *value)
{
	if (inv->n_repeated[i] == ARGUMENTS_MAX) {
		complain("give fewer, or split the call", "--%s is given more than %d times",
			 inv->command->flags[i].name, ARGUMENTS_MAX);
		return -EINVAL;
	}
	inv->values[i] = value;
	inv->repeated[i][inv->n_repeated[i]++] = value;
	return 0;
}

/* One word that starts with a dash; may use up the next one. The number of words used, or -EINVAL. */
static int take_option(struct invocation *inv, char **words, int left)
{
	const char *word = words[0];
	const char *equals = word[1] == '-' ? strchr(word, '=') : NULL;
	size_t len = equals ? (size_t)(equals - word) : strlen(word);
	int i = flag_of_word(inv->command, word, len), r;
	const struct flag *f;

	if (i < 0)
		return unknown_option(inv->command, word);
	f = &inv->command->flags[i];
	if (!f->value && equals) {
		complain(NULL, "%s: --%s takes no value", inv->command->name, f->name);
		return -EINVAL;
	}
	if (!f->value || equals) {
		r = note_value(inv, (size_t)i, equals ? equals + 1 : "");
		return r < 0 ? r : 1;
	}
	if (left < 2) {
		complain(NULL, "%s: --%s needs a value: --%s %s", inv->command->name, f->name,
			 f->name, f->value);
		return -EINVAL;
	}
	r = note_value(inv, (size_t)i, words[1]);
	return r < 0 ? r : 2;
}

static int check_count(const struct invocation *inv)
{
	const struct command *c = inv->command;
	char hint[160];

	if (inv->n_arguments >= c->min_arguments && inv->n_arguments <= c->max_arguments)
		return 0;
	(void)snprintf(hint, sizeof(hint), "postern %s %s", c->name, c->arguments);
	complain(hint, "%s: %s", c->name,
		 inv->n_arguments < c->min_arguments ? "something is missing"
						     : "too many arguments");
	return -EINVAL;
}

int invocation_parse(const struct command *c, int argc, char **argv, struct invocation *ret)
{
	bool options = true;
	int i = 0, r;

	memset(ret, 0, sizeof(*ret));
	ret->command = c;
	while (i < argc) {
		const char *word = argv[i];

		if (options && strcmp(word, "--help") == 0) {
			usage_command(c);
			return 1;
		}
		if (options && strcmp(word, "--") == 0) {
			options = false;
			i++;
			continue;
		}
		if (options && word[0] == '-' && word[1]) {
			r = take_option(ret, argv + i, argc - i);
			if (r < 0)
				return r;
			i += r;
			continue;
		}
		if (ret->n_arguments == ARGUMENTS_MAX)
			return check_count(ret);
		ret->arguments[ret->n_arguments++] = word;
		i++;
	}
	return check_count(ret);
}
