/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A decision as an entry of the systemd journal, in its native protocol: "KEY=value" lines
 * (systemd.io/JOURNAL_NATIVE_PROTOCOL). The texts of an event have no line breaks, so that no field can
 * begin another. OBJECT_PID and OBJECT_SYSTEMD_UNIT make it an entry of the denied service too:
 * journalctl -u shows it (systemd.journal-fields(7)).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "base/buf.h"
#include "events/events.h"

/* Of the message catalog, tools/install/systemd/postern.catalog. */
#define MESSAGE_DENY "5a751732d7a74c189cbea5031ea26758"
#define MESSAGE_WOULD_DENY "b4b230211b2542c8b403f5589e27dc4f"

static void put_member(struct buf *out, const char *key, const json_t *event, const char *member)
{
	const json_t *value = json_object_get(event, member);

	if (json_is_integer(value))
		buf_printf(out, "%s=%lld\n", key, (long long)json_integer_value(value));
	else if (json_is_string(value) && *json_string_value(value))
		buf_printf(out, "%s=%s\n", key, json_string_value(value));
}

static const char *word(const json_t *event, const char *member)
{
	const char *s = json_string_value(json_object_get(event, member));

	return s ? s : "";
}

static void put_message(struct buf *out, const json_t *event, const struct event *e)
{
	const char *address = word(event, "address"), *policy = word(event, "policy");
	bool v6 = strchr(address, ':');

	buf_printf(out, "MESSAGE=%s %s %s[%lld] user %s: ", word(event, "verdict"),
		   word(event, "action"), word(event, "comm"), (long long)e->raw.process.tgid,
		   word(event, "user"));
	if (e->raw.action == POSTERN_CREATE)
		buf_printf(out, "a %s socket", word(event, "protocol"));
	else
		buf_printf(out, "%s %s%s%s:%u", word(event, "protocol"), v6 ? "[" : "", address,
			   v6 ? "]" : "", e->raw.port);
	buf_printf(out, " by %s (postern why %s)\n", *policy ? policy : word(event, "reason"),
		   e->id);
}

static const struct {
	const char *key, *member;
} fields[] = {
	{ "OBJECT_PID", "pid" },
	{ "OBJECT_SYSTEMD_UNIT", "unit" },
	{ "POSTERN_EVENT", "id" },
	{ "POSTERN_VERDICT", "verdict" },
	{ "POSTERN_REASON", "reason" },
	{ "POSTERN_POLICY", "policy" },
	{ "POSTERN_ADVICE", "advice" },
	{ "POSTERN_REMEDY", "remedy" },
	{ "POSTERN_ACTION", "action" },
	{ "POSTERN_PROTOCOL", "protocol" },
	{ "POSTERN_ADDRESS", "address" },
	{ "POSTERN_PORT", "port" },
	{ "POSTERN_EXECUTABLE", "executable" },
	{ "POSTERN_UID", "uid" },
	{ "POSTERN_USER", "user" },
	{ "POSTERN_BUNDLE", "bundle" },
	{ "POSTERN_BUNDLE_VERSION", "bundleVersion" },
};

int event_journal(const struct event *e, struct buf *out)
{
	bool denied = e->raw.verdict == POSTERN_DENY;
	_cleanup_json_ json_t *event = event_json(e);

	if (!event)
		return -ENOMEM;
	put_message(out, event, e);
	buf_printf(out, "MESSAGE_ID=%s\nPRIORITY=%d\nSYSLOG_IDENTIFIER=posternd\n",
		   denied ? MESSAGE_DENY : MESSAGE_WOULD_DENY, denied ? LOG_WARNING : LOG_NOTICE);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		put_member(out, fields[i].key, event, fields[i].member);
	return buf_error(out);
}
