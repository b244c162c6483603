/* SPDX-License-Identifier: BSD-2-Clause */
/* What is looked at again and again while nobody asks. */
#pragma once

#include "daemon/controller.h"

/* Once a second: hooks, the end of the bundle, the watchdog; every few seconds the names. */
void watch(struct controller *c);

/*
 * Asks the host again what the names in the policies stand for when the account files or a named
 * program changed, or when `always`; if the answer differs the image is swapped. A package upgrade
 * must not cut anybody off.
 */
void watch_names(struct controller *c, bool always);
