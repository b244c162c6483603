/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A cgroup, a pin directory and copies of the running program, all of one test's own: named after it,
 * cleared before and after. Only what is put into the cgroup is governed.
 */
#pragma once

#include "loader/loader.h"

struct scratch {
	char dir[128]; /* files of the test */
	char pin[128]; /* a bpffs of its own */
	char cgroup[256];
	struct loader_config cfg;
	struct loader *loader; /* NULL until scratch_load() */
};

/* Fails the test when it cannot. `name` is short and of letters. */
void scratch_open(struct scratch *s, const char *name);
void scratch_close(struct scratch *s);

void scratch_load(struct scratch *s);
void scratch_unload(struct scratch *s); /* what is pinned stays */

/* Puts policies in force, on a host whose users and groups have only numbers. The image's id. */
uint32_t scratch_apply(struct scratch *s, const char *policies, const char *entities,
		       const struct binding *binding);

/* Whether a hook is attached: not every kernel has all. */
bool scratch_has(struct scratch *s, const char *hook);

/* Copies this program to dir/NAME; the path in `ret` (PATH_MAX bytes at least 256). */
void scratch_program(struct scratch *s, const char *name, char *ret);

/* Puts the caller, a child of the test, into the cgroup or into `below` it (NULL); ends it when that fails. */
void scratch_enter(const struct scratch *s, const char *below);

/* Starts an actor of `program` in the cgroup or in `below` it (NULL). `words` is NULL-terminated. */
pid_t scratch_start(struct scratch *s, const char *below, const char *program,
		    const char *const *words);
/* Its exit status: 0 or an errno. */
int scratch_wait(pid_t pid);
/* Ends one that waits for what is not to come; fails the test when it has ended by itself. */
void scratch_stop(pid_t pid);

/* Both; "program word word …" split at blanks. */
int scratch_run(struct scratch *s, const char *below, const char *program, const char *words);
pid_t scratch_spawn(struct scratch *s, const char *below, const char *program, const char *words);

/* Files of the test by name: makes one; waits until one is there. */
void scratch_touch(struct scratch *s, const char *name);
void scratch_await(struct scratch *s, const char *name);

/* Drains the events; the last one that was a denial, and their number. */
size_t scratch_denials(struct scratch *s, struct postern_event *ret_last);
/* The same of the first that come, for which it waits up to ten seconds; fails the test when none does. */
size_t scratch_await_denial(struct scratch *s, struct postern_event *ret_last);
