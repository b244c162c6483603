/* SPDX-License-Identifier: BSD-2-Clause */
/* A key that only an agent has, on this machine or forwarded to it: ssh-keygen wants a file to name it by. */
#pragma once

#include <stddef.h>

/*
 * Asks the agent for its keys, takes the first of a type that can prove somebody, tokens before others,
 * and puts its public half where a child can read it: the path goes into `ret`. The descriptor behind it,
 * owned by the caller and open in children; -ENOENT when there is no agent or no such key; -errno.
 */
int agentkey_open(char *ret, size_t size);
