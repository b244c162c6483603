/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of users, groups and programs that policies use: what a host is asked about. */
#pragma once

#include "policy/policy.h"

enum name_kind { NAME_USER, NAME_GROUP, NAME_PROGRAM, NAME_KINDS };

struct names {
	const char **
		items[NAME_KINDS]; /* owned arrays; the texts are the policies'; sorted, each once */
	size_t n[NAME_KINDS];
};

#define NAMES_INIT ((struct names){ 0 })

/*
 * Collects from every scope and condition. A name with a NUL in it is nobody's and is left out: no
 * account and no path can have one. 0 or -ENOMEM.
 */
int names_collect(const struct policy_set *set, struct names *ret);

/*
 * A digest of the files that the host's answer depends on: the account files, and each program's link
 * and file. While it stays the same, so does the answer. 0 or -ENOMEM.
 */
int names_look(const struct names *n, char ret[65]);

void names_free(struct names *n);
#define _cleanup_names_ _cleanup_(names_free)
