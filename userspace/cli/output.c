/* SPDX-License-Identifier: BSD-2-Clause */
/* One place that knows whether there is a terminal, and which of the two streams is for what. */
#include "cli/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
	enum output_form form;
	bool colour_out, colour_err;
} state;

static bool wants_colour(enum output_colour colour, int fd)
{
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");

	if (colour != COLOUR_AUTO)
		return colour == COLOUR_ALWAYS;
	if (no && *no)
		return false;
	return isatty(fd) && term && strcmp(term, "dumb") != 0;
}

void output_init(enum output_form form, enum output_colour colour)
{
	state.form = form;
	state.colour_out = form != OUTPUT_JSON && wants_colour(colour, STDOUT_FILENO);
	state.colour_err = wants_colour(colour, STDERR_FILENO);
}

enum output_form output_form(void)
{
	return state.form;
}

const char *tone_on(enum tone t)
{
	static const char *const codes[] = {
		[TONE_PLAIN] = "",	   [TONE_GOOD] = "\033[32m", [TONE_BAD] = "\033[1;31m",
		[TONE_DOUBT] = "\033[33m", [TONE_FAINT] = "\033[2m",
	};

	return state.colour_out ? codes[t] : "";
}

const char *tone_off(void)
{
	return state.colour_out ? "\033[0m" : "";
}

void output_json(json_t *object)
{
	_cleanup_json_ json_t *taken = object;
	_cleanup_free_ char *text = json_text(taken);

	if (text)
		(void)puts(text);
	(void)fflush(stdout);
}

void complain(const char *hint, const char *fmt, ...)
{
	va_list ap;

	(void)fputs("postern: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	if (hint)
		(void)fprintf(stderr, "  try: %s\n", hint);
}

void complain_diags(const struct diags *d)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	diags_render(d, &text, state.colour_err);
	if (text.data)
		(void)fputs(text.data, stderr);
}
