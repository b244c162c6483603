/* SPDX-License-Identifier: BSD-2-Clause */
/* How long an answer may take. */
#include "worker/process.h"

/*
 * A bundle at every limit takes tens of seconds to load and to compile on a slow host; an
 * explanation is waited for, so it has less.
 */
unsigned worker_time_most(enum worker_question what)
{
	static const unsigned most_ms[ASK_KINDS] = {
		[ASK_OPEN] = 30000,   [ASK_LOAD] = 60000,  [ASK_COMPILE] = 60000,
		[ASK_EXPLAIN] = 5000, [ASK_REMEDY] = 2000, [ASK_DECIDE] = 2000,
	};

	return most_ms[what];
}
