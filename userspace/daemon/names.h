/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether what a host answers about the names of policies may have changed. */
#pragma once

#include "policy/policy.h"

/*
 * A digest of the files that the host's answer depends on: the account files, and each program's
 * link and file. While it stays the same, so does the answer. 0 or -ENOMEM.
 */
int policy_names_look(const struct policy_names *n, char ret[65]);
