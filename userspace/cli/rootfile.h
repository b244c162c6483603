/* SPDX-License-Identifier: BSD-2-Clause */
/* The root document that a command judges by: a file, or what this host trusts. */
#pragma once

#include "bundle/bundle.h"
#include "cli/command.h"

#define STATE_DIR "/var/lib/postern"

/*
 * Loads --root FILE, or the state directory of --state. Complains and answers an exit_status; with EXIT_YES *ret is
 * filled and *ret_host_state says whether it is a host's state, with versions to compare.
 */
int rootfile_load(const struct invocation *inv, struct trust *ret, bool *ret_host_state);

/* The same of a file (NULL: none) and a state directory (NULL: the usual one), which exclude each other. */
int rootfile_read(const char *file, const char *state, struct trust *ret, bool *ret_host_state);

/* --host, or this machine's name. Static. */
const char *rootfile_host(const struct invocation *inv);
