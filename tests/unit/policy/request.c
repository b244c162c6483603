/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests: what is said, what is worst when it is not, and what is refused. */
#include "policy/policy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <postern/abi.h>

#include "cm.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define NOW INT64_C(1700000000000) /* Tuesday 2023-11-14T22:13:20Z */
#define WHERE "\"action\":\"connect\",\"resource\":\"tcp 10.0.0.1:80\""

static int parse(struct arena *arena, const char *json, struct diags *d, struct request *ret)
{
	struct source src = { "line", json, strlen(json) };
	_cleanup_json_ json_t *j = NULL;

	assert_int_equal(json_parse(&src, d, &j), 0);
	return request_parse(j, &src, NOW, arena, d, ret);
}

static struct request parse_good(struct arena *arena, const char *json)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct request request = { 0 };

	if (parse(arena, json, &d, &request) < 0 || d.n)
		fail_msg("%s: %s", json, d.n ? d.items[0].text : "");
	return request;
}

static int make(void **state)
{
	struct arena *arena;

	if (arena_new(&arena) < 0)
		return -1;
	*state = arena;
	return 0;
}

static int release(void **state)
{
	struct arena *arena = *state;

	arena_free(&arena);
	return 0;
}

static void absent_facts_are_worst(void **state)
{
	struct request q = parse_good(*state, "{" WHERE "}");

	assert_int_equal(q.principal.uid, UINT32_MAX);
	assert_int_equal(q.principal.gid, UINT32_MAX);
	assert_int_equal(q.principal.n_users + q.principal.n_groups + q.principal.n_programs +
				 q.principal.n_slices,
			 0);
	assert_true(text_is(q.principal.exe, ""));
	assert_true(text_is(q.principal.unit, ""));
	assert_true(text_is(q.principal.identity, ""));
	assert_true(text_is(q.principal.sha256, ""));
	assert_false(q.principal.preexisting);
	assert_false(q.context.mfa || q.context.verified || q.context.interactive);
	assert_false(q.context.secure_boot || q.context.lockdown || q.context.unprivileged_bpf_off);
	assert_int_equal(q.context.mfa_age_ms, POSTERN_DURATION_WORST);
	assert_int_equal(q.context.updates_age_ms, POSTERN_DURATION_WORST);
	assert_int_equal(q.context.uptime_ms, POSTERN_DURATION_WORST);
	assert_int_equal(q.context.n_custom, 0);
	assert_int_equal(q.context.now_ms, NOW);
	assert_int_equal(q.context.local_time_ms, 80000000); /* 22:13:20 */
	assert_int_equal(q.context.local_weekday, 2);
}

static void names_become_parents(void **state)
{
	struct request q = parse_good(
		*state,
		"{\"principal\":{\"program\":\"/bin/a\",\"aliases\":[\"/bin/b\"],\"user\":\"alice\","
		"\"uid\":1000,\"groups\":[\"dev\",\"ops\"],\"gid\":100,\"unit\":\"u.service\","
		"\"slices\":[\"s.slice\"],\"identity\":\"i\",\"script\":\"/s\",\"sha256\":\"d\","
		"\"parent\":\"/p\",\"container\":\"c\",\"preexisting\":true}," WHERE "}");
	const struct principal *p = &q.principal;

	assert_int_equal(p->uid, 1000);
	assert_int_equal(p->gid, 100);
	assert_int_equal(p->n_users, 2);
	assert_true(text_is(p->users[0], "alice") && text_is(p->users[1], "#1000"));
	assert_int_equal(p->n_groups, 3);
	assert_true(text_is(p->groups[1], "ops") && text_is(p->groups[2], "#100"));
	assert_true(text_is(p->exe, "/bin/a"));
	assert_int_equal(p->n_programs, 2);
	assert_true(text_is(p->programs[0], "/bin/a") && text_is(p->programs[1], "/bin/b"));
	assert_true(text_is(p->unit, "u.service") && text_is(p->slices[0], "s.slice"));
	assert_true(text_is(p->identity, "i") && text_is(p->script, "/s"));
	assert_true(text_is(p->sha256, "d") && text_is(p->parent, "/p"));
	assert_true(text_is(p->container, "c") && p->preexisting);
}

static void uid_follows_from_some_names(void **state)
{
	static const struct {
		const char *principal;
		uint32_t uid;
		size_t users;
	} rows[] = {
		{ "\"user\":\"root\"", 0, 1 },
		{ "\"user\":\"#1000\"", 1000, 1 },
		{ "\"user\":\"#4294967295\"", UINT32_MAX, 1 },
		{ "\"user\":\"alice\"", UINT32_MAX, 1 },
		{ "\"user\":\"#\"", UINT32_MAX, 1 },
		{ "\"user\":\"#01\"", UINT32_MAX, 1 },
		{ "\"user\":\"#4294967296\"", UINT32_MAX, 1 },
		{ "\"user\":\"root\",\"uid\":7", 7, 2 },
		{ "\"uid\":0", 0, 1 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char json[256];
		struct request q;

		(void)snprintf(json, sizeof(json), "{\"principal\":{%s}," WHERE "}",
			       rows[i].principal);
		q = parse_good(*state, json);
		assert_int_equal(q.principal.uid, rows[i].uid);
		assert_int_equal(q.principal.n_users, rows[i].users);
		assert_int_equal(q.principal.gid, UINT32_MAX);
	}
}

static void addresses_are_those_that_hooks_judge(void **state)
{
	static const struct {
		const char *action, *resource, *addr, *local;
		unsigned int port, local_port;
		bool v4;
	} rows[] = {
		{ "connect", "tcp 10.20.0.5:5432", "10.20.0.5", "0.0.0.0", 5432, 0, true },
		{ "send", "udp [fd00::1]:53", "fd00::1", "::", 53, 0, false },
		{ "connect", "tcp [::ffff:10.0.0.1]:80", "10.0.0.1", "0.0.0.0", 80, 0, true },
		{ "accept", "tcp [::ffff:a00:1]:80", "10.0.0.1", "0.0.0.0", 80, 0, true },
		{ "connect", "tcp 0.0.0.0:80", "127.0.0.1", "0.0.0.0", 80, 0, true },
		{ "send", "udp [::]:80", "::1", "::", 80, 0, false },
		{ "connect", "tcp [::ffff:0.0.0.0]:80", "127.0.0.1", "0.0.0.0", 80, 0, true },
		{ "listen", "tcp 0.0.0.0:80", "0.0.0.0", "0.0.0.0", 80, 80, true },
		{ "listen", "tcp [fd00::1]:80", "fd00::1", "fd00::1", 80, 80, false },
		{ "accept", "tcp [::]:80", "::", "::", 80, 0, false },
		{ "accept", "icmp 10.0.0.1", "10.0.0.1", "0.0.0.0", 0, 0, true },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char json[256], addr[64], local[64];
		const struct endpoint *e;
		struct request q;

		(void)snprintf(json, sizeof(json), "{\"action\":\"%s\",\"resource\":\"%s\"}",
			       rows[i].action, rows[i].resource);
		q = parse_good(*state, json);
		e = &q.resource;
		assert_int_equal(e->v4, rows[i].v4);
		inet_ntop(e->v4 ? AF_INET : AF_INET6, e->addr + (e->v4 ? 12 : 0), addr, 64);
		inet_ntop(e->v4 ? AF_INET : AF_INET6, e->local_addr + (e->v4 ? 12 : 0), local, 64);
		assert_string_equal(addr, rows[i].addr);
		assert_string_equal(local, rows[i].local);
		assert_int_equal(e->port, rows[i].port);
		assert_int_equal(e->local_port, rows[i].local_port);
		assert_true(text_is(e->socket_kind, ""));
	}
}

static void an_object_says_both_ends(void **state)
{
	struct request q = parse_good(
		*state,
		"{\"action\":\"accept\",\"resource\":{\"protocol\":\"tcp\",\"ip\":\"10.9.0.1\","
		"\"port\":50000,\"localIp\":\"::ffff:10.0.0.1\",\"localPort\":22}}");

	assert_true(q.resource.v4);
	assert_int_equal(q.resource.protocol, POSTERN_TCP);
	assert_int_equal(q.resource.port, 50000);
	assert_int_equal(q.resource.local_port, 22);
	assert_int_equal(q.resource.local_addr[12], 10);
}

static void create_is_about_a_kind(void **state)
{
	struct request q = parse_good(*state, "{\"action\":\"create\",\"resource\":\"packet\"}");

	assert_int_equal(q.action, ACTION_CREATE);
	assert_true(text_is(q.resource.socket_kind, "packet"));
	assert_int_equal(q.resource.protocol, POSTERN_NO_PROTOCOL);
}

static void reads_the_context(void **state)
{
	struct request q = parse_good(
		*state,
		"{" WHERE ",\"context\":{\"session\":{\"mfaAge\":\"2h\",\"verified\":true},"
		"\"device\":{\"secureBoot\":true,\"aslr\":true,\"updatesAge\":\"3d\",\"custom\":"
		"[\"av\"]},\"now\":\"2024-02-29T12:00:00Z\",\"local\":{\"time\":\"13h\"}}}");

	assert_true(q.context.mfa && q.context.verified);
	assert_false(q.context.interactive);
	assert_int_equal(q.context.mfa_age_ms, 7200000);
	assert_true(q.context.secure_boot && q.context.aslr);
	assert_false(q.context.lockdown || q.context.tpm2 || q.context.modules_signed);
	assert_int_equal(q.context.updates_age_ms, 259200000);
	assert_int_equal(q.context.uptime_ms, POSTERN_DURATION_WORST);
	assert_int_equal(q.context.n_custom, 1);
	assert_int_equal(q.context.now_ms, INT64_C(1709208000000));
	assert_int_equal(q.context.local_time_ms, 46800000);
	assert_int_equal(q.context.local_weekday, 4); /* the day of now, a Thursday */
}

static void a_proof_exists_when_its_age_is_given(void **state)
{
	static const struct {
		const char *session;
		bool mfa;
	} rows[] = {
		{ "", false },
		{ "\"mfaAge\":\"1h\"", true },
		{ "\"mfa\":true", true },
		{ "\"mfa\":false,\"mfaAge\":\"1h\"", false },
		{ "\"verified\":true", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char json[256];

		(void)snprintf(json, sizeof(json), "{" WHERE ",\"context\":{\"session\":{%s}}}",
			       rows[i].session);
		assert_int_equal(parse_good(*state, json).context.mfa, rows[i].mfa);
	}
}

/* One error each: its code, and the text that the caret stands under. */
static const struct refusal {
	const char *json, *code, *at;
} refusals[] = {
	{ "[]", "request-value", "[" },
	{ "{\"resource\":\"tcp 10.0.0.1:80\"}", "request-missing", "{" },
	{ "{\"action\":\"connect\"}", "request-missing", "{" },
	{ "{" WHERE ",\"name\":\"x\"}", "request-unknown-key", "\"name\"" },
	{ "{\"principle\":{}," WHERE "}", "request-unknown-key", "\"principle\"" },
	{ "{\"principal\":[]," WHERE "}", "request-value", "\"principal\"" },
	{ "{\"principal\":null," WHERE "}", "request-value", "\"principal\"" },
	{ "{\"principal\":{\"exe\":\"/x\"}," WHERE "}", "request-unknown-key", "\"exe\"" },
	{ "{\"principal\":{\"uid\":\"0\"}," WHERE "}", "request-value", "\"uid\"" },
	{ "{\"principal\":{\"uid\":-1}," WHERE "}", "request-value", "\"uid\"" },
	{ "{\"principal\":{\"uid\":4294967296}," WHERE "}", "request-value", "\"uid\"" },
	{ "{\"principal\":{\"gid\":1.5}," WHERE "}", "request-value", "\"gid\"" },
	{ "{\"principal\":{\"user\":0}," WHERE "}", "request-value", "\"user\"" },
	{ "{\"principal\":{\"groups\":\"x\"}," WHERE "}", "request-value", "\"groups\"" },
	{ "{\"principal\":{\"aliases\":[1]}," WHERE "}", "request-value", "\"aliases\"" },
	{ "{\"principal\":{\"preexisting\":1}," WHERE "}", "request-value", "\"preexisting\"" },
	{ "{\"action\":\"egress\",\"resource\":\"tcp 10.0.0.1:80\"}", "request-action",
	  "\"egress\"" },
	{ "{\"action\":1,\"resource\":\"tcp 10.0.0.1:80\"}", "request-value", "\"action\"" },
	{ "{\"action\":\"connect\",\"resource\":1}", "request-value", "\"resource\"" },
	{ "{\"action\":\"connect\",\"resource\":\"raw\"}", "request-resource", "\"raw\"" },
	{ "{\"action\":\"connect\",\"resource\":\"tcp 10.0.0.1\"}", "request-resource",
	  "\"tcp 10.0.0.1\"" },
	{ "{\"action\":\"connect\",\"resource\":\"tcp ::1:80\"}", "request-resource",
	  "\"tcp ::1:80\"" },
	{ "{\"action\":\"connect\",\"resource\":\"tcp [10.0.0.1]:80\"}", "request-resource",
	  "\"tcp [10" },
	{ "{\"action\":\"connect\",\"resource\":\"tcp 10.0.0.0/8:80\"}", "request-resource",
	  "\"tcp 10.0.0.0/8:80\"" },
	{ "{\"action\":\"connect\",\"resource\":\"tcp 10.0.0.1:65536\"}", "request-resource",
	  "\"tcp" },
	{ "{\"action\":\"connect\",\"resource\":\"tcp example.com:80\"}", "request-resource",
	  "\"tcp" },
	{ "{\"action\":\"connect\",\"resource\":\"http 10.0.0.1:80\"}", "request-resource",
	  "\"http" },
	{ "{\"action\":\"connect\",\"resource\":\"icmp 10.0.0.1:80\"}", "request-resource",
	  "\"icmp" },
	{ "{\"action\":\"connect\",\"resource\":\"\"}", "request-resource", "\"\"" },
	{ "{\"action\":\"create\",\"resource\":\"tcp 10.0.0.1:80\"}", "request-resource", "\"tcp" },
	{ "{\"action\":\"create\",\"resource\":\"Raw\"}", "request-resource", "\"Raw\"" },
	{ "{\"action\":\"create\",\"resource\":{}}", "request-value", "\"resource\"" },
	{ "{\"action\":\"accept\",\"resource\":{\"protocol\":\"tcp\",\"ip\":\"10.0.0.1\"}}",
	  "request-missing", "\"resource\"" },
	{ "{\"action\":\"accept\",\"resource\":{\"protocol\":\"tcp\",\"ip\":\"10.0.0.1\","
	  "\"port\":1,\"localIp\":\"::1\"}}",
	  "request-value", "\"localIp\"" },
	{ "{\"action\":\"accept\",\"resource\":{\"protocol\":\"tcp\",\"ip\":\"10.0.0.1\","
	  "\"port\":65536}}",
	  "request-value", "\"port\"" },
	{ "{" WHERE ",\"context\":{\"mfa\":true}}", "request-unknown-key", "\"mfa\"" },
	{ "{" WHERE ",\"context\":{\"session\":{\"mfaAge\":\"8\"}}}", "request-value", "\"8\"" },
	{ "{" WHERE ",\"context\":{\"session\":{\"mfaAge\":8}}}", "request-value", "\"mfaAge\"" },
	{ "{" WHERE ",\"context\":{\"device\":{\"secureboot\":true}}}", "request-unknown-key",
	  "\"secureboot\"" },
	{ "{" WHERE ",\"context\":{\"device\":{\"tpm2\":\"yes\"}}}", "request-value", "\"tpm2\"" },
	{ "{" WHERE ",\"context\":{\"now\":\"yesterday\"}}", "request-datetime", "\"yesterday\"" },
	{ "{" WHERE ",\"context\":{\"local\":{\"weekday\":0}}}", "request-value", "\"weekday\"" },
	{ "{" WHERE ",\"context\":{\"local\":{\"weekday\":8}}}", "request-value", "\"weekday\"" },
	{ "{" WHERE ",\"context\":{\"local\":{\"time\":\"1d\"}}}", "request-value", "\"time\"" },
	{ "{" WHERE ",\"context\":{\"local\":{\"time\":\"-1ms\"}}}", "request-value", "\"time\"" },
	{ "{" WHERE ",\"context\":{\"local\":{\"hour\":\"7h\"}}}", "request-unknown-key",
	  "\"hour\"" },
};

static void refuses_with_code_and_place(void **state)
{
	for (size_t i = 0; i < COUNT(refusals); i++) {
		_cleanup_diags_ struct diags d = DIAGS_INIT;
		struct request q = { .action = ACTION_LISTEN };
		int r = parse(*state, refusals[i].json, &d, &q);

		if (r != -EBADMSG || d.errors != 1 ||
		    strcmp(d.items[0].code, refusals[i].code) != 0)
			fail_msg("%s: %d, %zu errors, %s %s", refusals[i].json, r, d.errors,
				 d.n ? d.items[0].code : "", d.n ? d.items[0].text : "");
		if (strncmp(d.items[0].excerpt + d.items[0].caret, refusals[i].at,
			    strlen(refusals[i].at)) != 0)
			fail_msg("%s: caret at %s", refusals[i].json,
				 d.items[0].excerpt + d.items[0].caret);
		assert_int_equal(q.action, ACTION_LISTEN); /* untouched */
	}
}

static void suggests_what_was_meant(void **state)
{
	static const struct {
		const char *json, *hint;
	} rows[] = {
		{ "{\"principle\":{}," WHERE "}", "\"principal\"" },
		{ "{\"principal\":{\"groupes\":[]}," WHERE "}", "\"groups\"" },
		{ "{" WHERE ",\"context\":{\"device\":{\"secureboot\":true}}}", "\"secureBoot\"" },
		{ "{\"action\":\"conect\",\"resource\":\"tcp 10.0.0.1:80\"}", "\"connect\"" },
		{ "{\"action\":\"create\",\"resource\":\"packets\"}", "\"packet\"" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		_cleanup_diags_ struct diags d = DIAGS_INIT;
		struct request q;

		assert_int_equal(parse(*state, rows[i].json, &d, &q), -EBADMSG);
		if (!d.items[0].hint || !strstr(d.items[0].hint, rows[i].hint))
			fail_msg("%s: %s", rows[i].json, d.items[0].hint);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(absent_facts_are_worst),
		cmocka_unit_test(names_become_parents),
		cmocka_unit_test(uid_follows_from_some_names),
		cmocka_unit_test(addresses_are_those_that_hooks_judge),
		cmocka_unit_test(an_object_says_both_ends),
		cmocka_unit_test(create_is_about_a_kind),
		cmocka_unit_test(reads_the_context),
		cmocka_unit_test(a_proof_exists_when_its_age_is_given),
		cmocka_unit_test(refuses_with_code_and_place),
		cmocka_unit_test(suggests_what_was_meant),
	};

	return cmocka_run_group_tests(tests, make, release);
}
