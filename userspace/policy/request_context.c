/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The context of a request. Facts that are not given are worst: false, the longest duration, no
 * custom facts. A proof exists when its age is given. Local time follows from `now` in UTC.
 */
#include "policy/request.h"

enum { DAY_MS = 86400000 };

/* Remainder that is never negative, so that days before 1970 work. */
static int64_t modulo(int64_t a, int64_t n)
{
	return ((a % n) + n) % n;
}

/* Midnight-based time and weekday of `now` in UTC; 1970-01-01 was a Thursday. */
static void local_from_now(struct context *c)
{
	int64_t in_day = modulo(c->now_ms, DAY_MS);
	int64_t day = (c->now_ms - in_day) / DAY_MS;

	c->local_time_ms = in_day;
	c->local_weekday = modulo(day + 3, 7) + 1;
}

static void read_session(struct reader *r, const json_t *j, struct context *c)
{
	static const char *const keys[] = { "mfa", "mfaAge", "verified", "interactive" };

	r->what = "context.session";
	if (!j || !read_object(r, j, "session"))
		return;
	read_keys(r, j, keys, 4);
	c->mfa = read_duration(r, j, "mfaAge", &c->mfa_age_ms);
	(void)read_bool(r, j, "mfa", &c->mfa);
	(void)read_bool(r, j, "verified", &c->verified);
	(void)read_bool(r, j, "interactive", &c->interactive);
}

static void read_device(struct reader *r, const json_t *j, struct context *c)
{
	static const char *const keys[] = {
		"secureBoot",	      "lockdown",      "diskEncrypted", "tpm2",
		"untainted",	      "modulesSigned", "aslr",		"ptraceRestricted",
		"unprivilegedBpfOff", "updatesAge",    "uptime",	"custom",
	};
	bool *const facts[] = {
		&c->secure_boot, &c->lockdown,		&c->disk_encrypted,
		&c->tpm2,	 &c->untainted,		&c->modules_signed,
		&c->aslr,	 &c->ptrace_restricted, &c->unprivileged_bpf_off,
	};

	r->what = "context.device";
	if (!j || !read_object(r, j, "device"))
		return;
	read_keys(r, j, keys, sizeof(keys) / sizeof(keys[0]));
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		(void)read_bool(r, j, keys[i], facts[i]);
	(void)read_duration(r, j, "updatesAge", &c->updates_age_ms);
	(void)read_duration(r, j, "uptime", &c->uptime_ms);
	(void)read_texts(r, j, "custom", &c->custom, &c->n_custom);
}

static void read_now(struct reader *r, const json_t *j, struct context *c)
{
	struct text t;

	r->what = "context";
	if (!read_text(r, j, "now", &t))
		return;
	if (datetime_parse(t, &c->now_ms) < 0)
		reader_error(r, "request-datetime", t.s, "as in \"2026-01-31T12:00:00Z\"",
			     "context: \"now\" is not a datetime: \"%s\"", t.s);
}

static void read_local(struct reader *r, const json_t *j, struct context *c)
{
	static const char *const keys[] = { "time", "weekday" };

	r->what = "context.local";
	if (!j || !read_object(r, j, "local"))
		return;
	read_keys(r, j, keys, 2);
	if (read_duration(r, j, "time", &c->local_time_ms) &&
	    (c->local_time_ms < 0 || c->local_time_ms >= DAY_MS))
		reader_wrong_type(r, "time", "\"0ms\" to \"23h59m59s999ms\"");
	if (read_integer(r, j, "weekday", &c->local_weekday) &&
	    (c->local_weekday < 1 || c->local_weekday > 7))
		reader_wrong_type(r, "weekday", "1 (Monday) to 7 (Sunday)");
}

void request_read_context(struct reader *r, const json_t *j, int64_t now_ms, struct context *ret)
{
	static const char *const keys[] = { "session", "device", "now", "local" };
	struct context c = {
		.mfa_age_ms = POSTERN_DURATION_WORST,
		.updates_age_ms = POSTERN_DURATION_WORST,
		.uptime_ms = POSTERN_DURATION_WORST,
		.now_ms = now_ms,
	};

	r->what = "context";
	if (j && read_object(r, j, "context")) {
		read_keys(r, j, keys, 4);
		read_session(r, json_object_get(j, "session"), &c);
		read_device(r, json_object_get(j, "device"), &c);
		read_now(r, j, &c);
	}
	local_from_now(&c);
	if (json_is_object(j))
		read_local(r, json_object_get(j, "local"), &c);
	*ret = c;
}
