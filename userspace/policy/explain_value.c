/* SPDX-License-Identifier: BSD-2-Clause */
/* Values for people: what a request had where a policy wanted something else. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <time.h>

#include "policy/explain_check.h"
#include "policy/print.h"

void duration_print(int64_t ms, struct buf *out)
{
	static const struct {
		int64_t ms;
		const char *unit;
	} units[] = { { 86400000, "d" }, { 3600000, "h" }, { 60000, "m" }, { 1000, "s" } };
	size_t parts = 0;

	if (ms == POSTERN_DURATION_WORST) {
		buf_puts(out, "never");
		return;
	}
	for (size_t i = 0; i < 4 && parts < 2; i++) {
		if (ms < units[i].ms)
			continue;
		buf_printf(out, parts && i > 1 ? "%02" PRId64 "%s" : "%" PRId64 "%s",
			   ms / units[i].ms, units[i].unit);
		ms %= units[i].ms;
		parts++;
	}
	if (parts == 0)
		buf_printf(out, "%" PRId64 "ms", ms);
}

static void datetime_print(int64_t ms, struct buf *out)
{
	time_t seconds = ms / 1000;
	char text[40] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	buf_puts(out, text);
}

static void ip_print(const struct prefix *ip, struct buf *out)
{
	char text[INET6_ADDRSTRLEN] = "";

	(void)inet_ntop(ip->v4 ? AF_INET : AF_INET6, ip->v4 ? ip->addr + 12 : ip->addr, text,
			sizeof(text));
	buf_puts(out, text);
	if (ip->bits != (ip->v4 ? 32 : 128))
		buf_printf(out, "/%u", ip->bits);
}

static void members_print(const struct value *v, struct buf *out)
{
	buf_putc(out, '[');
	for (size_t i = 0; i < v->members.n; i++) {
		buf_puts(out, i ? ", " : "");
		value_print(&v->members.items[i], out);
	}
	buf_putc(out, ']');
}

void value_print(const struct value *v, struct buf *out)
{
	switch (v->kind) {
	case VALUE_BOOL:
		buf_puts(out, v->boolean ? "true" : "false");
		break;
	case VALUE_LONG:
	case VALUE_DECIMAL:
		buf_printf(out, "%" PRId64, v->number);
		break;
	case VALUE_STRING:
		print_string(v->string, out);
		break;
	case VALUE_ENTITY:
		print_uid(&v->uid, out);
		break;
	case VALUE_IP:
		ip_print(&v->ip, out);
		break;
	case VALUE_DATETIME:
		datetime_print(v->number, out);
		break;
	case VALUE_DURATION:
		duration_print(v->number, out);
		break;
	case VALUE_SET:
	case VALUE_RECORD:
		members_print(v, out);
		break;
	}
}
