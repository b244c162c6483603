/* SPDX-License-Identifier: BSD-2-Clause */
/* Decisions as JSON: every member of the description is there, and odd records still make one. */
#include "events/events.h"

#include <netinet/in.h>
#include <postern/socket.h>
#include <string.h>
#include <sys/socket.h>

#include "cm.h"

static struct event sample(void)
{
	static char policy[] = "dba-to-ledger", bundle[] = "shop";
	struct event e = { .number = 5,
			   .id = "abc5",
			   .time_ms = 1767225600123,
			   .policy = policy,
			   .bundle = bundle,
			   .bundle_version = 42,
			   .user = "www-data" };

	e.raw = (struct postern_event){
		.cpu = 3,
		.sequence = 9,
		.verdict = POSTERN_DENY,
		.reason = POSTERN_R_FORBID,
		.action = POSTERN_CONNECT,
		.protocol = POSTERN_TCP,
		.hook = POSTERN_H_CONNECT4,
		.v4 = 1,
		.port = 5432,
		.addr = { [10] = 0xff, [11] = 0xff, 10, 20, 0, 5 },
		.uid = 33,
		.gid = 34,
		.tid = 101,
		.process = { .tgid = 100 },
		.cgroup_id = 77,
		.exe_len = 13,
		.comm = "curl",
		.unit = "nginx.service",
		.exe = "/usr/bin/curl",
	};
	return e;
}

static const char *text(const json_t *j, const char *key)
{
	const char *s = json_string_value(json_object_get(j, key));

	assert_non_null(s);
	return s;
}

static json_int_t number(const json_t *j, const char *key)
{
	assert_true(json_is_integer(json_object_get(j, key)));
	return json_integer_value(json_object_get(j, key));
}

/* Who it was about, this end, and the person: also when nobody knows. */
static void a_party_is_told_whole(void **state)
{
	struct event e = sample();
	_cleanup_json_ json_t *j = NULL, *unknown = NULL;

	(void)state;
	e.raw.party = POSTERN_USER;
	e.raw.passed = 1;
	e.raw.session = 7;
	e.raw.mfa_age_ms = 60000;
	e.raw.local_port = 443;
	memcpy(e.raw.local, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\x01", 16);
	memcpy(e.raw.identity, "ana@example.com", 15);
	memcpy(e.raw.script, "/srv/a.py", 9);
	memcpy(e.raw.container, "0123", 4);
	e.raw.sha256[31] = 0xa5;
	j = event_json(&e);
	assert_string_equal(text(j, "party"), "user");
	assert_true(json_is_true(json_object_get(j, "passed")));
	assert_int_equal(number(j, "session"), 7);
	assert_int_equal(number(j, "mfaAgeMs"), 60000);
	assert_string_equal(text(j, "localAddress"), "10.0.0.1");
	assert_int_equal(number(j, "localPort"), 443);
	assert_string_equal(text(j, "identity"), "ana@example.com");
	assert_string_equal(text(j, "script"), "/srv/a.py");
	assert_string_equal(text(j, "container"), "0123");
	assert_int_equal(strlen(text(j, "sha256")), 64);
	assert_string_equal(text(j, "sha256") + 60, "00a5");
	e = sample();
	e.raw.session = 0xffffffff;
	e.raw.mfa_age_ms = 0x7fffffffffffffff;
	unknown = event_json(&e);
	assert_string_equal(text(unknown, "party"), "opener");
	assert_true(json_is_false(json_object_get(unknown, "passed")));
	assert_true(json_is_null(json_object_get(unknown, "session")));
	assert_true(json_is_null(json_object_get(unknown, "mfaAgeMs")));
	assert_string_equal(text(unknown, "sha256"), "");
}

static void a_decision_is_told_whole(void **state)
{
	struct event e = sample();
	_cleanup_json_ json_t *j = event_json(&e);

	(void)state;
	assert_non_null(j);
	assert_string_equal(text(j, "id"), "abc5");
	assert_string_equal(text(j, "time"), "2026-01-01T00:00:00.123Z");
	assert_string_equal(text(j, "verdict"), "deny");
	assert_string_equal(text(j, "reason"), "forbid");
	assert_string_equal(text(j, "policy"), "dba-to-ledger");
	assert_string_equal(text(j, "action"), "connect");
	assert_string_equal(text(j, "protocol"), "tcp");
	assert_string_equal(text(j, "address"), "10.20.0.5");
	assert_int_equal(number(j, "port"), 5432);
	assert_string_equal(text(j, "hook"), "connect4");
	assert_int_equal(number(j, "pid"), 100);
	assert_int_equal(number(j, "tid"), 101);
	assert_string_equal(text(j, "comm"), "curl");
	assert_string_equal(text(j, "executable"), "/usr/bin/curl");
	assert_string_equal(text(j, "parent"), "");
	assert_int_equal(number(j, "uid"), 33);
	assert_string_equal(text(j, "user"), "www-data");
	assert_int_equal(number(j, "gid"), 34);
	assert_string_equal(text(j, "unit"), "nginx.service");
	assert_int_equal(number(j, "cgroup"), 77);
	assert_int_equal(json_array_size(json_object_get(j, "flags")), 0);
	assert_true(json_is_null(json_object_get(j, "advice")));
	assert_true(json_is_null(json_object_get(j, "remedy")));
	assert_string_equal(text(j, "bundle"), "shop");
	assert_int_equal(number(j, "bundleVersion"), 42);
	assert_int_equal(number(j, "sequence"), 9);
	assert_int_equal(number(j, "cpu"), 3);
	assert_int_equal(number(j, "repeats"), 1);
	assert_int_equal(json_object_size(j), 38);
}

static void flags_advice_and_ipv6(void **state)
{
	struct event e = sample();
	_cleanup_json_ json_t *j = NULL;
	char advice[] = "ask the dba", remedy[] = "proof is 9h old\x1b[2J";

	(void)state;
	e.advice = advice;
	e.remedy = remedy;
	e.raw.v4 = 0;
	memset(e.raw.addr, 0, sizeof(e.raw.addr));
	e.raw.addr[15] = 1;
	e.raw.flags = POSTERN_P_PREEXISTING | POSTERN_P_MEMFD | POSTERN_P_LONG_EXE;
	j = event_json(&e);
	assert_string_equal(text(j, "address"), "::1");
	assert_string_equal(text(j, "advice"), "ask the dba");
	assert_string_equal(text(j, "remedy"), "proof is 9h old\\x1b[2J");
	assert_int_equal(json_array_size(json_object_get(j, "flags")), 2);
}

static void a_cut_path_says_so(void **state)
{
	struct event e = sample();
	_cleanup_json_ json_t *j = NULL;

	(void)state;
	memset(e.raw.exe, 'x', sizeof(e.raw.exe));
	e.raw.exe_len = 300;
	j = event_json(&e);
	assert_int_equal(strlen(text(j, "executable")), strlen("…") + sizeof(e.raw.exe));
	assert_memory_equal(text(j, "executable"), "…xxx", strlen("…xxx"));
}

static void the_kind_of_a_socket_is_named(void **state)
{
	static const struct {
		uint32_t type, protocol;
		const char *name;
	} cases[] = {
		{ SOCK_RAW, IPPROTO_ICMP, "raw" },
		{ SOCK_RAW, IPPROTO_UDPLITE, "raw" },
		{ SOCK_DGRAM, IPPROTO_ICMP, "ping" },
		{ SOCK_DGRAM, IPPROTO_ICMPV6, "ping" },
		{ SOCK_DGRAM, IPPROTO_UDPLITE, "udplite" },
		{ SOCK_STREAM, IPPROTO_SCTP, "sctp" },
		{ SOCK_STREAM, 262, "mptcp" },
		{ SOCK_STREAM, 9999, "other" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct event e = sample();
		_cleanup_json_ json_t *j = NULL;

		e.raw.action = POSTERN_CREATE;
		e.raw.protocol = POSTERN_NO_PROTOCOL;
		e.raw.type = cases[i].type;
		e.raw.ip_protocol = cases[i].protocol;
		j = event_json(&e);
		assert_string_equal(text(j, "protocol"), cases[i].name);
	}
}

/*
 * Bytes of a name may be anything, and numbers of a later kernel side unknown: never a missing
 * event.
 */
static void odd_records_still_make_an_event(void **state)
{
	struct event e = sample();
	_cleanup_json_ json_t *j = NULL;

	(void)state;
	memset(e.raw.comm, 0xff, sizeof(e.raw.comm));
	memset(e.raw.unit, 0x1b, sizeof(e.raw.unit));
	e.raw.verdict = 200;
	e.raw.reason = 200;
	e.raw.action = 200;
	e.raw.protocol = 200;
	e.raw.hook = 200;
	e.time_ms = -5;
	j = event_json(&e);
	assert_non_null(j);
	assert_string_equal(text(j, "verdict"), "deny");
	assert_string_equal(text(j, "reason"), "unknown");
	assert_string_equal(text(j, "action"), "unknown");
	assert_string_equal(text(j, "protocol"), "unknown");
	assert_string_equal(text(j, "hook"), "unknown");
	assert_string_equal(text(j, "time"), "");
	assert_memory_equal(text(j, "comm"), "\\xff\\xff", 8);
	assert_memory_equal(text(j, "unit"), "\\x1b", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_decision_is_told_whole),
		cmocka_unit_test(a_party_is_told_whole),
		cmocka_unit_test(flags_advice_and_ipv6),
		cmocka_unit_test(a_cut_path_says_so),
		cmocka_unit_test(the_kind_of_a_socket_is_named),
		cmocka_unit_test(odd_records_still_make_an_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
