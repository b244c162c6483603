/* SPDX-License-Identifier: BSD-2-Clause */
/* Columns of trace: when, verdict, which process of whom, where to, by which policy, its id for `why`, what would help. */
#include "cli/eventline.h"

#include <stdio.h>
#include <string.h>

#include "cli/output.h"

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

void eventline_heading(void)
{
	(void)printf(
		"%s%-8s  %-10s  %-22s  %-9s  %-16s  %-30s  %s%-22s  %-8s  %s%s\n",
		tone_on(TONE_FAINT), "TIME", "VERDICT", "PROCESS", "USER", "UNIT", "DESTINATION",
		output_form() == OUTPUT_WIDE ? "LOCAL                   SESSION  PARTY   " : "",
		"POLICY", "ID", "REASON", tone_off());
}

/* The other end is where it comes from; of listening, this end. */
static bool comes_in(const char *action)
{
	return strcmp(action, "listen") == 0 || strcmp(action, "accept") == 0;
}

static void destination(const json_t *e, char *to, size_t n)
{
	const char *address = text_of(e, "address"), *action = text_of(e, "action");
	long long port = (long long)json_integer_value(json_object_get(e, "port"));
	bool v6 = strchr(address, ':') != NULL;

	if (strcmp(action, "create") == 0)
		(void)snprintf(to, n, "create %s", text_of(e, "protocol"));
	else
		(void)snprintf(to, n, "%s%s%s %s%s%s:%lld", comes_in(action) ? action : "",
			       comes_in(action) ? " " : "", text_of(e, "protocol"), v6 ? "[" : "",
			       address, v6 ? "]" : "", port);
}

/* This end, the login session, and which of the two whose socket it is: columns of the wide form. */
static void whose(const json_t *e, char *to, size_t n)
{
	const char *local = text_of(e, "localAddress");
	const json_t *session = json_object_get(e, "session");
	bool v6 = strchr(local, ':') != NULL;
	char number[24] = "-", end[64];

	if (json_is_integer(session))
		(void)snprintf(number, sizeof(number), "%lld",
			       (long long)json_integer_value(session));
	(void)snprintf(end, sizeof(end), "%s%s%s:%lld", v6 ? "[" : "", local, v6 ? "]" : "",
		       (long long)json_integer_value(json_object_get(e, "localPort")));
	(void)snprintf(to, n, "%-22s  %-7s  %-6s  ", end, number, text_of(e, "party"));
}

static enum tone tone_of(const char *verdict)
{
	if (strcmp(verdict, "deny") == 0)
		return TONE_BAD;
	return strcmp(verdict, "allow") == 0 ? TONE_GOOD : TONE_DOUBT;
}

/* The policy that decided; where none did, the reason stands in its place. */
static const char *decided_by(const json_t *e)
{
	const char *policy = text_of(e, "policy");

	return *policy ? policy : text_of(e, "reason");
}

/* What would help, else what decided in words, else the fact that could not be had. */
static const char *reason_of(const json_t *e)
{
	const char *reason = text_of(e, "reason"), *remedy = text_of(e, "remedy");

	if (*remedy)
		return remedy;
	if (strcmp(reason, "forbid") == 0)
		return "a forbid applies";
	return strcmp(reason, "default-deny") == 0 ? "no permit applies" : reason;
}

/* 2026-11-23T16:04:11.123Z: the time of day is enough for a line that is followed live. */
static const char *clock_of(const json_t *e, char to[9])
{
	const char *t = strchr(text_of(e, "time"), 'T');

	(void)snprintf(to, 9, "%.8s", t ? t + 1 : "");
	return to;
}

void eventline(const json_t *event)
{
	const char *verdict = text_of(event, "verdict"), *exe = text_of(event, "executable");
	const char *base = strrchr(exe, '/');
	const char *advice = text_of(event, "advice");
	long long repeats = (long long)json_integer_value(json_object_get(event, "repeats"));
	char process[96], where[80], time[9], more[128] = "", times[24] = "";

	(void)snprintf(process, sizeof(process), "%s[%lld]",
		       output_form() == OUTPUT_WIDE || !base ? exe : base + 1,
		       (long long)json_integer_value(json_object_get(event, "pid")));
	destination(event, where, sizeof(where));
	if (output_form() == OUTPUT_WIDE)
		whose(event, more, sizeof(more));
	if (repeats > 1)
		(void)snprintf(times, sizeof(times), "x%lld  ", repeats);
	(void)printf("%-8s  %s%-10s%s  %-22s  %-9s  %-16s  %-30s  %s%-22s  %-8s  %s%s%s%s\n",
		     clock_of(event, time), tone_on(tone_of(verdict)), verdict, tone_off(), process,
		     text_of(event, "user"), text_of(event, "unit"), where, more, decided_by(event),
		     text_of(event, "id"), times, reason_of(event), *advice ? "; " : "", advice);
	(void)fflush(stdout);
}
