/* SPDX-License-Identifier: BSD-2-Clause */
/* One line a session. */
#include "cli/sessionline.h"

#include "cli/output.h"

enum { LINES = 4 };

const char *session_time(long long ms)
{
	static char text[LINES][24];
	static unsigned next;
	char *to = text[next++ % LINES];
	long long s = ms / 1000;

	if (s >= 3600)
		(void)snprintf(to, sizeof(text[0]), "%lldh%02lldm", s / 3600, s / 60 % 60);
	else if (s >= 60)
		(void)snprintf(to, sizeof(text[0]), "%lldm%02llds", s / 60, s % 60);
	else
		(void)snprintf(to, sizeof(text[0]), "%llds", s);
	return to;
}

static const char *word(const json_t *s, const char *key)
{
	const char *w = json_string_value(json_object_get(s, key));

	return w && *w ? w : "-";
}

static long long number(const json_t *s, const char *key)
{
	return (long long)json_integer_value(json_object_get(s, key));
}

void sessionline_heading(void)
{
	(void)printf("%s%-8s %-16s %-16s %-9s %-8s %-8s %-11s%s\n", tone_on(TONE_FAINT), "SESSION",
		     "USER", "IDENTITY", "PROOF", "AGE", "LEFT", "INTERACTIVE", tone_off());
}

void sessionline(const json_t *s)
{
	bool proven = json_is_true(json_object_get(s, "proven"));
	bool verified = json_is_true(json_object_get(s, "verified"));
	bool touched = json_is_true(json_object_get(s, "touched"));
	const char *proof = verified ? "verified" : touched ? "touch" : "key";

	(void)printf("%-8lld %-16s %-16s %s%-9s%s %-8s %-8s %-11s\n", number(s, "session"),
		     word(s, "user"), word(s, "identity"), tone_on(proven ? TONE_GOOD : TONE_FAINT),
		     proven ? proof : "none", tone_off(),
		     proven ? session_time(number(s, "ageMs")) : "-",
		     proven ? session_time(number(s, "leftMs")) : "-",
		     json_is_true(json_object_get(s, "interactive")) ? "yes" : "no");
}
