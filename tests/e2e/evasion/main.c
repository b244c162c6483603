// SPDX-License-Identifier: BSD-2-Clause
/*
 * The attempts of the evasion story, and what runs them. Copies under other names are other programs.
 *
 *   evasion list                               the names
 *   evasion links FILE DIR                     a link to FILE in DIR under each of them
 *   evasion drive DIR CGROUP ROUND [NAME...]   see drive.h
 *   NAME attempt NAME                          one attempt, as drive starts it
 *   ANY [SCRIPT] WORD NAME NUMBER              see allowed.h
 */
#include "attempt.h"
#include "allowed.h"
#include "drive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct attempt *const groups[] = {
	attempts_stream, attempts_datagram, attempts_mptcp,   attempts_kind, attempts_address,
	attempts_route,	 attempts_source,   attempts_inbound, attempts_link, attempts_unix,
	attempts_passed, attempts_ring,	    attempts_thread,  attempts_exec, attempts_file,
	attempts_cgroup, attempts_enforcer,
};

const struct attempt *attempt_at(size_t n)
{
	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
		for (const struct attempt *a = groups[g]; a->name; a++)
			if (n-- == 0)
				return a;
	return NULL;
}

const struct attempt *attempt_named(const char *name)
{
	const struct attempt *a;

	for (size_t n = 0; (a = attempt_at(n)); n++)
		if (strcmp(a->name, name) == 0)
			return a;
	return NULL;
}

static int list(void)
{
	const struct attempt *a;

	for (size_t n = 0; (a = attempt_at(n)); n++)
		(void)puts(a->name);
	return 0;
}

static int links(const char *file, const char *dir)
{
	const struct attempt *a;
	char path[512];

	for (size_t n = 0; (a = attempt_at(n)); n++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, a->name);
		if (link(file, path)) {
			perror(path);
			return 1;
		}
	}
	return 0;
}

static int run(const char *name)
{
	const struct attempt *a = attempt_named(name);
	struct scene s;

	scene_read(&s, name);
	return a ? a->inside(&s) : EINVAL;
}

int main(int argc, char **argv)
{
	int r = -1;

	if (argc == 2 && strcmp(argv[1], "list") == 0)
		return list();
	if (argc == 4 && strcmp(argv[1], "links") == 0)
		return links(argv[2], argv[3]);
	if (argc >= 5 && strcmp(argv[1], "drive") == 0)
		return drive(argv + 2);
	if (argc == 3 && strcmp(argv[1], "attempt") == 0)
		return run(argv[2]);
	if (argc >= 4)
		r = allowed_do(argv[argc - 3], argv[argc - 2], argv[argc - 1]);
	if (r >= 0)
		return r;
	(void)fputs(
		"usage: evasion list | links FILE DIR | drive DIR CGROUP ROUND [NAME...] | attempt NAME | WORD NAME NUMBER\n",
		stderr);
	return EINVAL;
}
