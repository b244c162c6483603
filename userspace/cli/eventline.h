/* SPDX-License-Identifier: BSD-2-Clause */
/* One decision as a line for people. */
#pragma once

#include "base/json.h"

/* The heading of the columns, on standard output. */
void eventline_heading(void);

/* One line; `event` is an Event of the control interface. */
void eventline(const json_t *event);
