/* SPDX-License-Identifier: BSD-2-Clause */
/* Policy payloads: every member in its place, and nothing that the format does not have. */
#include "fixture.h"

#define HEAD "\"format\":1,\"name\":\"shop\",\"version\":3,"
#define PHASES "\"phases\":{\"identity\":\"enforce\",\"device\":\"observe\",\"network\":\"off\"},"
#define MODE "\"audience\":[],\"mode\":\"observe\"," PHASES
#define POLICIES "\"policies\":{\"z.cedar\":\"// z\",\"a.cedar\":\"// \\u00e4\\n\"}"

static int parse(const char *json, struct diags *d, struct bundle **ret)
{
	_cleanup_buf_ struct buf payload = BUF_INIT;

	fixture_payload(json, &payload);
	return bundle_parse((uint8_t *)payload.data, payload.len, d, ret);
}

static void every_member_is_read(void **state)
{
	static const char json[] =
		"{" HEAD "\"issued\":\"2026-01-01T00:00:00Z\",\"notAfter\":"
		"\"2027-01-01T00:00:00Z\",\"audience\":[\"web-*\",\"db\"],\"mode\":"
		"\"enforce\"," PHASES POLICIES ",\"entities\":[{\"b\":1,\"a\":2}],"
		"\"files\":{\"p.txt\":\"10.0.0.0/8\\n\"},\"tests\":[]}";
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;
	_cleanup_buf_ struct buf payload = BUF_INIT;
	char digest[65];

	(void)state;
	fixture_payload(json, &payload);
	assert_int_equal(bundle_parse((uint8_t *)payload.data, payload.len, &d, &b), BUNDLE_OK);
	assert_string_equal(b->name, "shop");
	assert_int_equal(b->version, 3);
	assert_int_equal(b->issued_ms, 1767225600000);
	assert_int_equal(b->not_after_ms, 1798761600000);
	assert_int_equal(b->n_audience, 2);
	assert_string_equal(b->audience[1], "db");
	assert_false(b->observe);
	assert_int_equal(b->phases.identity, POSTERN_PHASE_ENFORCE);
	assert_int_equal(b->phases.device, POSTERN_PHASE_OBSERVE);
	assert_int_equal(b->phases.network, POSTERN_PHASE_OFF);
	assert_int_equal(b->n_policies, 2);
	assert_string_equal(b->policies[0].name, "policies/a.cedar");
	assert_string_equal(b->policies[0].text, "// ä\n");
	assert_int_equal(b->policies[0].len, strlen("// ä\n"));
	assert_string_equal(b->policies[1].name, "policies/z.cedar");
	assert_int_equal(b->n_files, 1);
	assert_string_equal(b->files[0].name, "p.txt");
	assert_string_equal(b->files[0].text, "10.0.0.0/8\n");
	assert_string_equal(b->entities.name, "entities.json");
	assert_non_null(strstr(b->entities.text, "\"b\": 1"));
	assert_string_equal(b->tests.text, "[]");
	assert_int_equal(digest_hex(payload.data, payload.len, digest), 0);
	assert_string_equal(b->digest, digest);
}

static void what_is_optional_may_be_absent(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;

	(void)state;
	assert_int_equal(parse("{" HEAD MODE POLICIES "}", &d, &b), BUNDLE_OK);
	assert_int_equal(b->not_after_ms, 0);
	assert_int_equal(b->issued_ms, 0);
	assert_true(b->observe);
	assert_int_equal(b->n_files, 0);
	assert_null(b->entities.text);
	assert_null(b->tests.text);
	assert_int_equal(d.n, 0);
}

static void what_is_left_out_has_the_strictest_meaning(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;

	(void)state;
	assert_int_equal(parse("{" HEAD POLICIES "}", &d, &b), BUNDLE_OK);
	assert_false(b->observe);
	assert_int_equal(b->phases.identity, POSTERN_PHASE_ENFORCE);
	assert_int_equal(b->phases.device, POSTERN_PHASE_ENFORCE);
	assert_int_equal(b->phases.network, POSTERN_PHASE_ENFORCE);
	assert_true(bundle_for_host(b, "any.example"));
}

struct refusal_case {
	const char *json, *code, *hint;
};

static void check_refused(const struct refusal_case *c)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct bundle *b = NULL;

	if (parse(c->json, &d, &b) != BUNDLE_E_PAYLOAD || d.n == 0)
		fail_msg("read: %s", c->json);
	assert_null(b);
	if (strcmp(d.items[0].code, c->code) != 0 || (c->hint && !strstr(d.items[0].hint, c->hint)))
		fail_msg("%s: %s [%s] %s", c->json, d.items[0].text, d.items[0].code,
			 d.items[0].hint ? d.items[0].hint : "");
}

static void what_the_format_does_not_have_is_refused(void **state)
{
	static const struct refusal_case cases[] = {
		{ "", "json-truncated", NULL },
		{ "[]", "member-type", NULL },
		{ "{" HEAD MODE POLICIES "}{}", "json-trailing", NULL },
		{ "{" HEAD HEAD MODE POLICIES "}", "json-duplicate-key", NULL },
		{ "{\"format\":2,\"name\":\"x\",\"version\":1," MODE POLICIES "}", "format-version",
		  "update postern" },
		{ "{" HEAD MODE POLICIES ",\"entites\":[]}", "unknown-member", "\"entities\"" },
		{ "{" HEAD MODE POLICIES ",\"xyzzy\":[]}", "unknown-member", "remove it" },
		{ "{" HEAD MODE POLICIES ",\"entities\":{}}", "member-type", NULL },
		{ "{" HEAD MODE POLICIES ",\"tests\":\"\"}", "member-type", NULL },
		{ "{" HEAD MODE "\"policies\":[]}", "member-type", NULL },
		{ "{" HEAD MODE "\"policies\":{\"a.cedar\":1}}", "member-type", NULL },
		{ "{" HEAD MODE "\"policies\":{\"a.cedar\":\"x\\u0000\"}}", "json-nul", NULL },
		{ "{" HEAD MODE "\"policies\":{\"../a.cedar\":\"\"}}", "file-name", NULL },
		{ "{" HEAD MODE "\"policies\":{\"a.txt\":\"\"}}", "file-name", NULL },
		{ "{" HEAD MODE "\"policies\":{\".cedar\":\"\"}}", "file-name", NULL },
		{ "{" HEAD MODE "\"policies\":{\"-a.cedar\":\"\"}}", "file-name", NULL },
		{ "{" HEAD MODE POLICIES ",\"files\":{\"/etc/a.txt\":\"\"}}", "file-name", NULL },
		{ "{" HEAD MODE POLICIES ",\"files\":{\"a b.txt\":\"\"}}", "file-name", NULL },
		{ "{" HEAD MODE "\"files\":{}}", "missing-member", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_refused(&cases[i]);
}

static void values_out_of_their_range_are_refused(void **state)
{
	static const struct refusal_case cases[] = {
		{ "{" HEAD "\"audience\":[],\"mode\":\"Enforce\"," PHASES POLICIES "}",
		  "member-value", "enforce" },
		{ "{" HEAD "\"audience\":[],\"mode\":\"enforce\",\"phases\":{}," POLICIES "}",
		  "missing-member", NULL },
		{ "{" HEAD "\"audience\":[],\"mode\":\"enforce\",\"phases\":{\"identity\":\"on\","
		  "\"device\":\"off\",\"network\":\"off\"}," POLICIES "}",
		  "member-value", "" },
		{ "{" HEAD "\"audience\":\"*\",\"mode\":\"enforce\"," PHASES POLICIES "}",
		  "member-type", NULL },
		{ "{" HEAD "\"audience\":[1],\"mode\":\"enforce\"," PHASES POLICIES "}",
		  "member-type", NULL },
		{ "{" HEAD "\"audience\":[\"\"],\"mode\":\"enforce\"," PHASES POLICIES "}",
		  "member-value", NULL },
		{ "{" HEAD "\"audience\":[\"a/b\"],\"mode\":\"enforce\"," PHASES POLICIES "}",
		  "member-value", NULL },
		{ "{\"format\":1,\"name\":\"\",\"version\":1," MODE POLICIES "}", "member-value",
		  NULL },
		{ "{\"format\":1,\"name\":\"a b\",\"version\":1," MODE POLICIES "}", "member-value",
		  NULL },
		{ "{\"format\":1,\"name\":\"x\",\"version\":0," MODE POLICIES "}", "member-value",
		  NULL },
		{ "{" HEAD "\"notAfter\":\"tomorrow\"," MODE POLICIES "}", "member-value", "UTC" },
		{ "{" HEAD "\"issued\":\"2027-01-01T00:00:00Z\",\"notAfter\":"
		  "\"2026-01-01T00:00:00Z\"," MODE POLICIES "}",
		  "member-value", "later" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_refused(&cases[i]);
}

static void a_bomb_is_refused(void **state)
{
	_cleanup_buf_ struct buf bomb = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct bundle *b = NULL;
	size_t n = ((size_t)256 << 20) + 1;
	char *text = malloc(n);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', n);
	assert_int_equal(gzip_pack(text, n, NULL, &bomb), 0);
	free(text);
	assert_int_equal(bundle_parse((uint8_t *)bomb.data, bomb.len, &d, &b), BUNDLE_E_SIZE);
	assert_null(b);
	assert_string_equal(d.items[0].code, "bundle-size");
}

static void what_is_not_one_gzip_is_refused(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf twice = BUF_INIT;
	struct bundle *b = NULL;

	(void)state;
	fixture_payload("{" HEAD MODE POLICIES "}", &twice);
	fixture_payload("", &twice);
	assert_int_equal(bundle_parse((uint8_t *)twice.data, twice.len, &d, &b), BUNDLE_E_PAYLOAD);
	assert_int_equal(bundle_parse((const uint8_t *)"{}", 2, &d, &b), BUNDLE_E_PAYLOAD);
	assert_int_equal(bundle_parse((const uint8_t *)"", 0, &d, &b), BUNDLE_E_PAYLOAD);
	assert_int_equal(d.errors, 3);
	assert_null(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_is_read),
		cmocka_unit_test(what_is_optional_may_be_absent),
		cmocka_unit_test(what_is_left_out_has_the_strictest_meaning),
		cmocka_unit_test(what_the_format_does_not_have_is_refused),
		cmocka_unit_test(values_out_of_their_range_are_refused),
		cmocka_unit_test(a_bomb_is_refused),
		cmocka_unit_test(what_is_not_one_gzip_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
