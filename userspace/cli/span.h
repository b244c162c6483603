/* SPDX-License-Identifier: BSD-2-Clause */
/* Spans of time on the command line, as policies write them: 30s, 2m, 1h30m. */
#pragma once

#include <stdint.h>

/* From 1 s to POSTERN_TRIAL_MAX, in milliseconds. 0, or -EINVAL after saying what is wrong with the option. */
int span_parse(const char *text, const char *option, int64_t *ret_ms);
