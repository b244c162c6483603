/* SPDX-License-Identifier: BSD-2-Clause */
/* A login session as people read it. */
#pragma once

#include <stdio.h>

#include "base/json.h"

/* "9h02m", "45m", "12s"; static until the next call but three. */
const char *session_time(long long ms);

/* Heading and line of a table; `s` is a Session of the interface. */
void sessionline_heading(void);
void sessionline(const json_t *s);
