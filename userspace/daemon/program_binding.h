/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs of a binding: symbolic links that stand for what they lead to, and files on private
 * mounts.
 */
#pragma once

#include "daemon/binding.h"
#include "identity/identity.h"

/* Fills b->binding.programs and .files, in its arena. 0 or -ENOMEM. */
int program_binding_fill(struct host_binding *b, const struct identity_programs *p);

/* Says which names lead nowhere, and which to a script. */
void program_binding_warn(const struct identity_programs *p, struct diags *d);
