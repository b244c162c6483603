/* SPDX-License-Identifier: BSD-2-Clause */
/* From a compiled bundle to its image in force, and what is remembered of that for the next start. */
#pragma once

#include "daemon/controller.h"

/*
 * Loads the image of `dep` and puts it in force: until `deadline` (boot ns), when the kernel programs go
 * back to the image that rollout.json's trial names, or to stay (0). On refusal what was in force still is.
 */
struct refusal swap_in(struct controller *c, struct deployment *dep, uint64_t deadline,
		       struct diags *d);

/* Writes down that the kernel has the image of `dep`; a failure is only logged. */
void swap_remember(struct controller *c, const struct deployment *dep);

/* Compiles the bundle in force again, with what its names stand for now, and swaps the image. */
struct refusal swap_again(struct controller *c, struct diags *d);
/* The same without waiting for it. What becomes of it is logged, and is the controller's problem. */
void swap_again_later(struct controller *c);

/* Whether the kernel decides by that bundle right now. */
bool swap_has(const struct controller *c, const char *digest);

/* Which container a deployment came in. */
struct store_entry swap_entry(const struct deployment *dep);
