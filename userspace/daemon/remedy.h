/* SPDX-License-Identifier: BSD-2-Clause */
/* What would take a denial away, worked out when its record arrives: the process is likely to be there still. */
#pragma once

#include "daemon/controller.h"

/*
 * Keeps it with the newest event, which `dep` decided. In a flood of denials only some get it: the rest are explained
 * when somebody asks why.
 */
void remedy_add(struct controller *c, struct deployment *dep);
