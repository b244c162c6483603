/* SPDX-License-Identifier: BSD-2-Clause */
/* A bundle that a command was given, as a directory or as a container, with its policies parsed and checked. */
#pragma once

#include "bundle/bundle.h"
#include "policy/policy.h"

struct opened {
	struct bundle *bundle; /* owned */
	struct ruleset rules; /* owned */
};

#define OPENED_INIT ((struct opened){ .rules = RULESET_INIT })

/*
 * Reads a bundle directory, or a container without asking who signed it (that is `verify`'s and the controller's
 * question), complains of everything that is wrong and answers an exit_status; EXIT_YES fills *ret. Warnings alone are
 * said only with `warnings`: they belong to the author's commands.
 */
int opened_load(const char *path, bool warnings, struct opened *ret);
/* The same without warnings, under other phases: those that `phases` (NULL: none) names, as --phases has them. */
int opened_load_phases(const char *path, const char *phases, struct opened *ret);
void opened_free(struct opened *o);
#define _cleanup_opened_ _cleanup_(opened_free)

/* The bundle alone, without looking at its policies. An exit_status. */
int opened_bundle(const char *path, struct diags *d, struct bundle **ret);

/* A whole file of at most a container's size, complaining when it cannot be read. An exit_status. */
int opened_file(const char *path, char **ret, size_t *ret_len);

/*
 * Reads a file and takes it apart as a container of that type, or of any with BUNDLE_TYPES. Complains and answers an
 * exit_status; *ret_bytes is owned by the caller, and *ret points into it.
 */
int opened_container(const char *path, enum bundle_type type, char **ret_bytes, size_t *ret_len,
		     struct container *ret);
