/* SPDX-License-Identifier: BSD-2-Clause */
/* Containers that this host has accepted, made ready again. */
#pragma once

#include "daemon/controller.h"

/*
 * Reads a kept container, which must be the very one of `e`, and compiles it; nothing is put in force.
 * `anew`: verifies it under the root of today; else it counts that this host had verified it.
 */
struct refusal kept_open(struct controller *c, const struct store_entry *e, bool anew,
			 struct diags *d, struct deployment **ret);

/*
 * Takes the image that the kernel has as that of `dep` (stolen then), if compiling it would give that
 * image again. Whether it did.
 */
bool kept_adopt(struct controller *c, struct deployment **dep);
