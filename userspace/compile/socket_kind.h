/* SPDX-License-Identifier: BSD-2-Clause */
/* Kinds of sockets that `create` is about, numbered in the order of the schema's enumeration. */
#pragma once

#include "policy/policy.h"

/* 0 or -EINVAL. The number stands where other doors have their port. */
int socket_kind_number(struct text name, uint32_t *ret);
