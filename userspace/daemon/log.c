/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines to stderr, which is the journal under systemd. */
#include "daemon/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

static enum { TO_PEOPLE, TO_JOURNAL, TO_SYSLOG } destination;

static const struct {
	const char *word;
	int priority; /* of syslog(3) */
} levels[] = {
	[LOG_LEVEL_CRITICAL] = { "critical: ", LOG_CRIT },
	[LOG_LEVEL_ERROR] = { "error: ", LOG_ERR },
	[LOG_LEVEL_WARNING] = { "warning: ", LOG_WARNING },
	[LOG_LEVEL_INFO] = { "", LOG_INFO },
};

void log_start(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	/* "device:inode" of the journal's pipe; stderr may have been redirected since. */
	/* NOLINTNEXTLINE(cert-err34-c): a number that does not fit is no pipe of ours */
	if (stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	    fstat(STDERR_FILENO, &st) == 0 && st.st_dev == dev && st.st_ino == ino)
		destination = TO_JOURNAL;
}

void log_to_syslog(void)
{
	openlog("posternd", LOG_PID, LOG_DAEMON);
	destination = TO_SYSLOG;
}

bool log_is_journal(void)
{
	return destination == TO_JOURNAL;
}

int log_priority(enum log_level level)
{
	return levels[level].priority;
}

void log_line(enum log_level level, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (destination == TO_SYSLOG)
		syslog(levels[level].priority, "%s", text);
	else if (destination == TO_JOURNAL)
		(void)fprintf(stderr, "<%d>%s\n", levels[level].priority, text);
	else
		(void)fprintf(stderr, "posternd: %s%s\n", levels[level].word, text);
}

void log_diags(const struct diags *d)
{
	static const enum log_level of[] = {
		[DIAG_NOTE] = LOG_LEVEL_INFO,
		[DIAG_WARNING] = LOG_LEVEL_WARNING,
		[DIAG_ERROR] = LOG_LEVEL_ERROR,
	};

	for (size_t i = 0; i < d->n; i++) {
		const struct diag *m = &d->items[i];

		log_line(of[m->level], "%s%s%s%s%s", m->file ? m->file : "", m->file ? ": " : "",
			 m->text, m->hint ? "; try: " : "", m->hint ? m->hint : "");
	}
}
