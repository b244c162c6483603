/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the controller says: one line each to stderr. For the journal the line starts with its
 * priority (sd-daemon(3)), for people with a word. Only daemon/ logs; what is below answers.
 */
#pragma once

#include <stdbool.h>

#include "base/diag.h"

enum log_level { LOG_LEVEL_CRITICAL, LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO };

/* Whether stderr is the journal: looks at JOURNAL_STREAM once. Before it, lines are for people. */
void log_start(void);

/* From now on lines go to syslog(3): a daemon of its own has no stderr. */
void log_to_syslog(void);

void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_critical(...) log_line(LOG_LEVEL_CRITICAL, __VA_ARGS__)
#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)

/* Whether lines go to the journal. */
bool log_is_journal(void);
/* The priority of syslog(3). */
int log_priority(enum log_level level);

/* Each message of `d` with its hint. */
void log_diags(const struct diags *d);
