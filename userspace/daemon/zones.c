/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's time zone as a few steps: asked of the C library a week at a time for the years ahead, and
 * where the answer differs, the second is found between. It reads /etc/localtime again when that has
 * changed (tzset(3)).
 */
#include <time.h>

#include "daemon/conditions.h"

enum { WEEK_S = 7 * 86400, WEEKS = 20 * 52 };

/* Seconds that local time is ahead of UTC. */
static int64_t shift_at(time_t t)
{
	struct tm tm;

	return localtime_r(&t, &tm) ? tm.tm_gmtoff : 0;
}

/* The first second of (from, to] with another shift than `from` has; there is one. */
static time_t step_between(time_t from, time_t to)
{
	int64_t before = shift_at(from);

	while (to - from > 1) {
		time_t middle = from + (to - from) / 2;

		if (shift_at(middle) == before)
			from = middle;
		else
			to = middle;
	}
	return to;
}

uint32_t conditions_zones(int64_t now_ms, struct postern_zone ret[POSTERN_ZONES])
{
	/* a week back, in case the clock is set back while nobody is there to say so */
	time_t t = (time_t)(now_ms / 1000) - WEEK_S, step;
	uint32_t n = 1;

	tzset();
	ret[0] = (struct postern_zone){ INT64_MIN, shift_at(t) * 1000 };
	for (int week = 0; week < WEEKS && n < POSTERN_ZONES; week++, t += WEEK_S) {
		if (shift_at(t) == shift_at(t + WEEK_S))
			continue;
		step = step_between(t, t + WEEK_S);
		ret[n++] = (struct postern_zone){ (int64_t)step * 1000, shift_at(step) * 1000 };
	}
	return n;
}
