/* SPDX-License-Identifier: BSD-2-Clause */
/* Help, made from the command table: examples first, then the words, then the options. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"

void usage_command(const struct command *c)
{
	size_t i;

	if (c->examples)
		(void)printf("%s\n", c->examples);
	(void)printf("usage: postern %s%s%s%s\n  %s\n", c->name, *c->arguments ? " " : "",
		     c->arguments, c->flags ? " [OPTIONS]" : "", c->summary);
	for (i = 0; c->flags && c->flags[i].name; i++) {
		const struct flag *f = &c->flags[i];
		char word[64], letter[8] = "    ";

		if (f->letter)
			(void)snprintf(letter, sizeof(letter), "-%c, ", f->letter);
		(void)snprintf(word, sizeof(word), "--%s%s%s", f->name, f->value ? " " : "",
			       f->value ? f->value : "");
		(void)printf("  %s%-22s %s\n", letter, word, f->help);
	}
}

void usage_all(void)
{
	size_t i;

	(void)puts("usage: postern [-o text|wide|json] [--color auto|always|never] "
		   "[--socket PATH] COMMAND\n");
	for (i = 0; commands[i]; i++)
		(void)printf("  %-16s%s %s\n", commands[i]->name,
			     strlen(commands[i]->name) > 16 ? " " : "", commands[i]->summary);
	(void)puts("\n  postern COMMAND --help   examples and options of one command\n"
		   "exit status: 0 yes, 1 no, 2 usage, 3 policy, 4 trust, 5 controller,\n"
		   "             6 rolled back, 7 refused for safety");
}
