/* SPDX-License-Identifier: BSD-2-Clause */
/* postern completion: prints a shell's completion script, made from the command table. */
#include <string.h>

#include "cli/command.h"
#include "cli/completion.h"
#include "cli/output.h"

static int run(const struct invocation *inv)
{
	const char *shell = inv->arguments[0];

	if (strcmp(shell, "bash") == 0) {
		completion_bash();
	} else if (strcmp(shell, "zsh") == 0) {
		completion_zsh();
	} else {
		complain("postern completion bash",
			 "no completion for \"%s\": bash and zsh have one", shell);
		return EXIT_USAGE;
	}
	return EXIT_YES;
}

const struct command command_completion = {
	.name = "completion",
	.arguments = "bash|zsh",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "print a script that completes command lines",
	.examples = "  eval \"$(postern completion bash)\"",
	.run = run,
};
