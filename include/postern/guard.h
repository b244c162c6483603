/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Whom the guard obeys and what it guards; the loader fills the map `own` before it is armed. */
#pragma once

#include <postern/process.h>

/* Written once, by the program that arms it, from what the kernel knows of who ran that. */
struct postern_guard {
	struct postern_file_key exe; /* of the controller: whoever runs it is obeyed */
	struct postern_process_key controller; /* not to be killed or traced */
	__u32 armed;
	__u32 pad;
};

enum postern_own_kind {
	POSTERN_OWN_MAP = 1,
	POSTERN_OWN_PROGRAM = 2,
	POSTERN_OWN_DIRECTORY = 3, /* of pins */
};

#define POSTERN_OWN_MAX 256

/* Key of the map `own`; the value says nothing. */
struct postern_own {
	__u32 kind; /* enum postern_own_kind */
	__u32 dev; /* a directory's file system, as the kernel numbers it; else 0 */
	__u64 id; /* or inode number */
};
