/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libbpf reports the cause of a failed load only as text through a callback. Its warnings are kept
 * for the length of one load, so that the diagnostic can name them; nothing is printed.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "loader/object.h"

static _Thread_local char speech[1024];
static _Thread_local size_t spoken;

static int speech_note(enum libbpf_print_level level, const char *fmt, va_list args)
	__attribute__((format(printf, 2, 0)));

/* The first warnings name the cause; what follows are its consequences. */
static int speech_note(enum libbpf_print_level level, const char *fmt, va_list args)
{
	int n;

	if (level != LIBBPF_WARN || spoken + 1 >= sizeof(speech))
		return 0;
	n = vsnprintf(speech + spoken, sizeof(speech) - spoken, fmt, args);
	if (n > 0)
		spoken = strlen(speech);
	return 0;
}

void speech_begin(void)
{
	spoken = 0;
	speech[0] = '\0';
	libbpf_set_print(speech_note);
}

/* What was said, without the last newline; "" for nothing. Valid until the next speech_begin(). */
const char *speech_end(void)
{
	libbpf_set_print(NULL);
	while (spoken && speech[spoken - 1] == '\n')
		speech[--spoken] = '\0';
	return speech;
}
