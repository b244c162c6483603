/* SPDX-License-Identifier: BSD-2-Clause */
/* See span.h. */
#include "cli/span.h"

#include <errno.h>
#include <string.h>

#include <postern/limits.h>

#include "cli/output.h"
#include "policy/policy.h"

int span_parse(const char *text, const char *option, int64_t *ret_ms)
{
	int64_t ms;
	int r = duration_parse((struct text){ text, strlen(text) }, &ms);

	if (r < 0 || ms < 1000 || ms > POSTERN_TRIAL_MAX * INT64_C(1000)) {
		complain("a time from 1s to 24h, as 90s, 2m or 1h30m", "%s is no time for %s", text,
			 option);
		return -EINVAL;
	}
	*ret_ms = ms;
	return 0;
}
