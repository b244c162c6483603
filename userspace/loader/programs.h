/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every program of the object: what it is for and where it goes. Some hooks are not on every kernel: what
 * only they see is a limit there, which `status` and `doctor` say.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum program_kind {
	PROGRAM_FOLLOWS, /* tracepoint: who the processes are */
	PROGRAM_DECIDES, /* cgroup hook */
	PROGRAM_GUARDS, /* LSM hook of the whole host, held by us alone: in no pin */
	PROGRAM_RUNS, /* run by the loader itself, attached nowhere */
};

struct program {
	const char *name; /* of the function and of the link's pin */
	const char *attach; /* section */
	enum program_kind kind;
	bool (*offered)(void); /* whether this kernel has the hook; NULL: required */
	int hook; /* attach type, where libbpf does not know it by the section; 0 */
};

/* In probe.c and probe_lsm.c; each asks by loading a program of two instructions. */
bool probe_unix_connect(void);
bool probe_unix_sendmsg(void);
bool probe_lsm(void);
bool probe_guard(void);

enum { PROGRAMS = 37 };

/* In the order in which they are attached: nothing decides before everything is followed. */
extern const struct program programs[PROGRAMS];
