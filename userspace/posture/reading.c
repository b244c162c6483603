/* SPDX-License-Identifier: BSD-2-Clause */
/* What a collector says of its source. It is shown on terminals, so it holds nothing but printable text. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "posture/collect.h"

const char *posture_answer_name(enum posture_answer a)
{
	static const char *const names[] = {
		[POSTURE_UNKNOWN] = "unknown",
		[POSTURE_BAD] = "bad",
		[POSTURE_GOOD] = "good",
	};

	return names[a];
}

void reading_say(struct posture_reading *r, enum posture_answer a, const char *fmt, ...)
{
	va_list ap;
	char *c;

	va_start(ap, fmt);
	(void)vsnprintf(r->found, sizeof(r->found), fmt, ap);
	va_end(ap);
	for (c = r->found; *c; c++)
		if ((unsigned char)*c < 0x20 || (unsigned char)*c >= 0x7f)
			*c = '?';
	r->answer = a;
}

void reading_unknown(struct posture_reading *r, const char *path, int err)
{
	const char *why = err == -EBADMSG  ? "not what this file says on Linux"
			  : err == -EFBIG  ? "larger than it can honestly be"
			  : err == -E2BIG  ? "more entries than it can honestly have"
			  : err == -EINVAL ? "no regular file"
					   : strerror(-err);

	reading_say(r, POSTURE_UNKNOWN, "%s: %s", path, why);
}
