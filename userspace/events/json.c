/* SPDX-License-Identifier: BSD-2-Clause */
/* A kept decision as the Event of the control interface. */
#include "events/events.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <postern/context.h>

#include "events/record.h"
#include "loader/loader.h"

static const char *const hooks[] = {
	[POSTERN_H_SOCK_CREATE] = "sock_create",
	[POSTERN_H_CONNECT4] = "connect4",
	[POSTERN_H_CONNECT6] = "connect6",
	[POSTERN_H_SENDMSG4] = "sendmsg4",
	[POSTERN_H_SENDMSG6] = "sendmsg6",
	[POSTERN_H_BIND4] = "bind4",
	[POSTERN_H_BIND6] = "bind6",
	[POSTERN_H_POST_BIND4] = "post_bind4",
	[POSTERN_H_POST_BIND6] = "post_bind6",
	[POSTERN_H_INGRESS] = "ingress",
	[POSTERN_H_EGRESS] = "egress",
	[POSTERN_H_SETSOCKOPT] = "setsockopt",
	[POSTERN_H_DEVICE] = "device",
	[POSTERN_H_UNIX_CONNECT] = "connect_unix",
	[POSTERN_H_UNIX_SENDMSG] = "sendmsg_unix",
	[POSTERN_H_LSM] = "lsm",
	[POSTERN_H_SWEEP] = "sweep",
};

_Static_assert(sizeof(hooks) / sizeof(hooks[0]) == POSTERN_HOOKS, "a name for each hook");

static const struct {
	uint32_t flag;
	const char *name;
} flags[] = {
	{ POSTERN_P_PREEXISTING, "preexisting" }, { POSTERN_P_FOREIGN, "foreign-mount" },
	{ POSTERN_P_DELETED, "deleted" },	  { POSTERN_P_MEMFD, "memfd" },
	{ POSTERN_P_KERNEL, "kernel" },		  { POSTERN_P_NO_PATH, "no-path" },
	{ POSTERN_P_LONG_PATH, "path-too-long" }, { POSTERN_P_NO_PARENT, "no-parent" },
};

/* Kinds of sockets that have no protocol of ours, by the kernel's number. */
static const struct {
	uint32_t number;
	const char *name;
} kinds[] = {
	{ IPPROTO_UDPLITE, "udplite" },
	{ IPPROTO_SCTP, "sctp" },
	{ IPPROTO_DCCP, "dccp" },
	{ 115, "l2tp" },
	{ 262, "mptcp" },
};

/* The word for the kind of a socket that somebody wanted to create: those of resource.name. */
static const char *kind_of(const struct postern_event *e)
{
	if (e->type == SOCK_RAW)
		return "raw";
	if (e->type == SOCK_DGRAM &&
	    (e->ip_protocol == IPPROTO_ICMP || e->ip_protocol == IPPROTO_ICMPV6))
		return "ping";
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (e->ip_protocol == kinds[i].number)
			return kinds[i].name;
	return "other";
}

static const char *protocol_of(const struct postern_event *e)
{
	const char *name = e->action == POSTERN_CREATE ? kind_of(e) : protocol_name(e->protocol);

	return name ? name : "unknown";
}

static const char *action_of(const struct postern_event *e)
{
	return e->action < POSTERN_ACTIONS ? action_name((enum action)e->action) : "unknown";
}

static const char *hook_of(const struct postern_event *e)
{
	return e->hook < POSTERN_HOOKS ? hooks[e->hook] : "unknown";
}

/* A path of which the record has at most the end; `len` is of the whole. */
static json_t *path_text(const char *end, size_t len)
{
	char text[POSTERN_PATH_SHORT + 4];
	size_t n = strnlen(end, POSTERN_PATH_SHORT);

	(void)snprintf(text, sizeof(text), "%s%.*s", len > n ? "…" : "", (int)n, end);
	return event_text(text, strlen(text));
}

static json_t *field_text(const char *bytes, size_t size)
{
	return event_text(bytes, strnlen(bytes, size));
}

static json_t *time_text(int64_t ms)
{
	char text[32], seconds[24];
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	if (ms < 0 || !gmtime_r(&t, &tm) || !strftime(seconds, sizeof(seconds), "%FT%T", &tm))
		return json_string("");
	(void)snprintf(text, sizeof(text), "%s.%03dZ", seconds, (int)(ms % 1000));
	return json_string(text);
}

/* One of the two ends, as the record has it. */
static json_t *address_text(const struct postern_event *e, const uint8_t addr[16])
{
	char text[INET6_ADDRSTRLEN] = "";

	if (e->v4)
		(void)inet_ntop(AF_INET, addr + 12, text, sizeof(text));
	else
		(void)inet_ntop(AF_INET6, addr, text, sizeof(text));
	return json_string(text);
}

static json_t *flag_list(uint32_t set)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < sizeof(flags) / sizeof(flags[0]); i++)
		if (set & flags[i].flag)
			(void)json_array_append_new(list, json_string(flags[i].name));
	return list;
}

/* Verdict, who decided, and about what. */
static json_t *decision_json(const struct event *e)
{
	const struct postern_event *r = &e->raw;

	return json_pack("{s:s, s:o, s:s, s:s, s:o, s:s, s:s, s:o, s:i, s:s}", "id", e->id, "time",
			 time_text(e->time_ms), "verdict",
			 verdict_name(verdict_from_abi(r->verdict)), "reason",
			 reason_name(r->reason), "policy", event_text(e->policy, strlen(e->policy)),
			 "action", action_of(r), "protocol", protocol_of(r), "address",
			 address_text(r, r->addr), "port", (int)r->port, "hook", hook_of(r));
}

static json_t *process_json(const struct event *e)
{
	const struct postern_event *r = &e->raw;

	return json_pack("{s:I, s:I, s:o, s:o, s:o, s:I, s:o, s:I, s:o, s:I, s:o}", "pid",
			 (json_int_t)r->process.tgid, "tid", (json_int_t)r->tid, "comm",
			 field_text(r->comm, sizeof(r->comm)), "executable",
			 path_text(r->exe, r->exe_len), "parent",
			 path_text(r->parent, r->parent_len), "uid", (json_int_t)r->uid, "user",
			 field_text(e->user, sizeof(e->user)), "gid", (json_int_t)r->gid, "unit",
			 field_text(r->unit, sizeof(r->unit)), "cgroup", (json_int_t)r->cgroup_id,
			 "flags", flag_list(r->flags));
}

/* "" while nobody has verified the content. */
static json_t *digest_text(const uint8_t sha256[32])
{
	static const uint8_t none[32];
	char text[2 * sizeof(none) + 1] = "";

	for (size_t i = 0; memcmp(sha256, none, sizeof(none)) != 0 && i < sizeof(none); i++)
		(void)snprintf(text + 2 * i, 3, "%02x", sha256[i]);
	return json_string(text);
}

static json_t *integer_or_null(bool known, uint64_t n)
{
	return known ? json_integer((json_int_t)n) : json_null();
}

/* Whose socket it is, this end of it, and the person behind it. */
static json_t *party_json(const struct event *e)
{
	const struct postern_event *r = &e->raw;

	return json_pack(
		"{s:s, s:b, s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "party",
		r->party == POSTERN_USER ? "user" : "opener", "passed", r->passed != 0,
		"localAddress", address_text(r, r->local), "localPort", (int)r->local_port,
		"session", integer_or_null(r->session != POSTERN_NO_SESSION, r->session),
		"mfaAgeMs",
		integer_or_null(r->mfa_age_ms < (uint64_t)POSTERN_AGE_WORST, r->mfa_age_ms),
		"identity", field_text(r->identity, sizeof(r->identity)), "script",
		field_text(r->script, sizeof(r->script)), "container",
		field_text(r->container, sizeof(r->container)), "sha256", digest_text(r->sha256));
}

static json_t *text_or_null(const char *text)
{
	return text ? event_text(text, strlen(text)) : json_null();
}

static json_t *origin_json(const struct event *e)
{
	return json_pack("{s:o, s:o, s:o, s:I, s:I, s:I, s:I}", "advice", text_or_null(e->advice),
			 "remedy", text_or_null(e->remedy), "bundle",
			 event_text(e->bundle, strlen(e->bundle)), "bundleVersion",
			 (json_int_t)e->bundle_version, "sequence", (json_int_t)e->raw.sequence,
			 "cpu", (json_int_t)e->raw.cpu, "repeats", (json_int_t)(e->raw.folded + 1));
}

json_t *event_json(const struct event *e)
{
	_cleanup_json_ json_t *whole = decision_json(e);
	_cleanup_json_ json_t *process = process_json(e);
	_cleanup_json_ json_t *party = party_json(e);
	_cleanup_json_ json_t *origin = origin_json(e);

	if (!whole || !process || !party || !origin || json_object_update(whole, process) < 0 ||
	    json_object_update(whole, party) < 0 || json_object_update(whole, origin) < 0)
		return NULL;
	return TAKE_PTR(whole);
}
