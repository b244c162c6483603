/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scripts that complete a command line in bash and zsh, printed from the command table. Both know the
 * longest command that the line starts with; its words and options are in one case of a switch.
 */
#include "cli/completion.h"

#include <stdio.h>
#include <string.h>

#include "cli/command.h"

static const char *const globals = "-o --color --socket --help --version";

/* Words that can follow `before` in a command's name ("bundle" is followed by "build"). */
static bool next_word(const char *name, const char *before, char ret[32])
{
	size_t skip = strlen(before);

	if (skip && (strncmp(name, before, skip) != 0 || name[skip] != ' '))
		return false;
	name += skip ? skip + 1 : 0;
	(void)snprintf(ret, 32, "%.*s", (int)strcspn(name, " "), name);
	return true;
}

static bool seen_before(size_t i, const char *before, const char *word)
{
	char other[32];

	for (size_t k = 0; k < i; k++)
		if (next_word(commands[k]->name, before, other) && strcmp(other, word) == 0)
			return true;
	return false;
}

static void print_next_words(const char *before)
{
	char word[32];

	for (size_t i = 0; commands[i]; i++)
		if (next_word(commands[i]->name, before, word) && !seen_before(i, before, word))
			(void)printf(" %s", word);
}

static void print_flags(const struct command *c)
{
	(void)printf(" --help");
	for (size_t i = 0; c->flags && c->flags[i].name; i++)
		(void)printf(" --%s", c->flags[i].name);
}

/* First words of names of two words: a case each, before the commands themselves. */
static void print_groups(void)
{
	char word[32];

	for (size_t i = 0; commands[i]; i++) {
		if (!strchr(commands[i]->name, ' '))
			continue;
		(void)next_word(commands[i]->name, "", word);
		if (seen_before(i, "", word))
			continue;
		(void)printf("\t'%s') words='", word);
		print_next_words(word);
		(void)printf("' ;;\n");
	}
}

static void print_cases(void)
{
	(void)printf("\t'') words='%s", globals);
	print_next_words("");
	(void)printf("' ;;\n");
	print_groups();
	for (size_t i = 0; commands[i]; i++) {
		(void)printf("\t'%s') words='", commands[i]->name);
		print_flags(commands[i]);
		(void)printf("' ;;\n");
	}
}

/* The command is what stands before the word under the cursor, without options and their values. */
static void print_command_of_line(void)
{
	(void)printf("\tlocal command='' word skip=''\n"
		     "\tfor word in \"$@\"; do\n"
		     "\t\tif [ -n \"$skip\" ]; then skip=''; continue; fi\n"
		     "\t\tcase $word in\n"
		     "\t\t-o | --color | --socket) skip=1; continue ;;\n"
		     "\t\t-*) continue ;;\n"
		     "\t\tesac\n"
		     "\t\tcase \" $command\" in *' '*' '*) break ;; esac\n"
		     "\t\tcommand=\"${command:+$command }$word\"\n"
		     "\tdone\n");
}

static void print_choice(void)
{
	(void)printf("_postern_words() {\n");
	print_command_of_line();
	(void)printf("\tlocal words=''\n"
		     "\tcase $command in\n");
	print_cases();
	(void)printf("\t*) command=${command%%%% *}\n"
		     "\t\tcase $command in\n");
	for (size_t i = 0; commands[i]; i++) {
		if (strchr(commands[i]->name, ' '))
			continue;
		(void)printf("\t\t'%s') words='", commands[i]->name);
		print_flags(commands[i]);
		(void)printf("' ;;\n");
	}
	(void)printf("\t\tesac ;;\n"
		     "\tesac\n"
		     "\tprintf '%%s\\n' \"$words\"\n"
		     "}\n\n");
}

void completion_bash(void)
{
	print_choice();
	(void)printf(
		"_postern() {\n"
		"\tlocal here=${COMP_WORDS[COMP_CWORD]}\n"
		"\tCOMPREPLY=()\n"
		"\tcase ${COMP_WORDS[COMP_CWORD-1]} in\n"
		"\t-o) COMPREPLY=($(compgen -W 'text wide json' -- \"$here\")); return ;;\n"
		"\t--color) COMPREPLY=($(compgen -W 'auto always never' -- \"$here\")); return ;;\n"
		"\t--socket) return ;;\n"
		"\tesac\n"
		"\tlocal words=$(_postern_words \"${COMP_WORDS[@]:1:COMP_CWORD-1}\")\n"
		"\tCOMPREPLY=($(compgen -W \"$words\" -- \"$here\"))\n"
		"}\n\n"
		"complete -o default -F _postern postern\n");
}

void completion_zsh(void)
{
	(void)printf("#compdef postern\n\n");
	print_choice();
	(void)printf("case ${words[CURRENT-1]} in\n"
		     "-o) compadd -- text wide json; return ;;\n"
		     "--color) compadd -- auto always never; return ;;\n"
		     "--socket) _files; return ;;\n"
		     "esac\n"
		     "compadd -- ${=$(_postern_words \"${(@)words[2,CURRENT-1]}\")}\n"
		     "_files\n");
}
