/* SPDX-License-Identifier: BSD-2-Clause */
/* See cut.h. */
#include "daemon/cut.h"

#include <stdio.h>
#include <string.h>

/* What is latched of the program that acted; false when that process runs another one by now. */
static bool program_of_party(struct controller *c, const struct postern_party *who,
			     struct postern_process *ret)
{
	return loader_process(c->loader, &who->process, ret, NULL, NULL) == 0 &&
	       ret->exec_boottime == who->exec_boottime;
}

struct naming {
	struct controller *c;
	char policy[POSTERN_POLICY_ID_MAX + 1];
	char program[POSTERN_PATH_SHORT];
};

static const char *policy_word(uint32_t image_id, uint32_t policy, void *arg)
{
	struct naming *n = arg;

	loader_policy_name(n->c->loader, image_id, policy, n->policy, sizeof(n->policy));
	return n->policy;
}

static const char *program_word(const struct postern_party *who, void *arg)
{
	struct naming *n = arg;
	struct postern_process p;

	if (!program_of_party(n->c, who, &p))
		return "";
	(void)snprintf(n->program, sizeof(n->program), "%.*s", (int)sizeof(p.exe) - 1, p.exe);
	return n->program;
}

void cut_text(struct controller *c, const struct revoke_cut *cut, struct buf *out)
{
	struct naming n = { .c = c };
	const struct revoke_words words = { revoke_own_netns(), policy_word, program_word,
					    reason_name, &n };

	revoke_cut_text(cut, &words, out);
}
