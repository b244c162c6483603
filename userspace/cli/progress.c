/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread of its own, so that no call of the work is interrupted. */
#include "cli/progress.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;
static pthread_t teller;
static bool working, started;
static const char *doing;

/* Says how long it has been, each second, until it is over. */
static void *tell(void *arg)
{
	struct timespec until;
	bool said = false;

	(void)arg;
	(void)clock_gettime(CLOCK_REALTIME, &until);
	(void)pthread_mutex_lock(&lock);
	for (int seconds = 1; working; seconds++) {
		until.tv_sec++;
		while (working && pthread_cond_timedwait(&ended, &lock, &until) == 0)
			;
		if (!working)
			break;
		said = true;
		(void)fprintf(stderr, "\r%s ... %d s", doing, seconds);
		(void)fflush(stderr);
	}
	(void)pthread_mutex_unlock(&lock);
	if (said)
		(void)fputs("\r\033[K", stderr);
	return NULL;
}

/* One on which a line can be taken back. */
static bool at_terminal(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
}

void progress_begin(const char *what)
{
	if (started || !at_terminal())
		return;
	working = true;
	doing = what;
	started = pthread_create(&teller, NULL, tell, NULL) == 0;
}

void progress_end(void)
{
	if (!started)
		return;
	(void)pthread_mutex_lock(&lock);
	working = false;
	(void)pthread_cond_signal(&ended);
	(void)pthread_mutex_unlock(&lock);
	(void)pthread_join(teller, NULL);
	started = false;
}
