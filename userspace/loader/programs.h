/* SPDX-License-Identifier: BSD-2-Clause */
/* Every program of the object: what it is for and where it goes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum program_kind {
	PROGRAM_FOLLOWS, /* tracepoint: who the processes are */
	PROGRAM_DECIDES, /* cgroup hook */
	PROGRAM_RUNS, /* run by the loader itself, attached nowhere */
};

struct program {
	const char *name; /* of the function and of the link's pin */
	const char *attach; /* section */
	enum program_kind kind;
};

enum { PROGRAMS = 10 };

/* In the order in which they are attached: nothing decides before everything is followed. */
extern const struct program programs[PROGRAMS];
