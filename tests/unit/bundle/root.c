/* SPDX-License-Identifier: BSD-2-Clause */
/* Root documents: only what can be meant in one way, and roles that can be met. */
#include "fixture.h"

#include <errno.h>

#define ED25519(base64) "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" base64
#define ALICE_KEY ED25519("IqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c")
#define FIDO_KEY                                                                                   \
	"sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIIqI4910CfGV/"     \
	"VLbLTy6XXLKZwm/HZQSG/N0iAG0D29cAAAABHNzaDo="
#define ROLE(name) "\"" name "\":{\"threshold\":1,\"keys\":[\"a\"]}"
#define ROLES "\"roles\":{" ROLE("root") "," ROLE("policy") "," ROLE("revoke") "}"
#define KEYS "\"keys\":{\"a\":\"" ALICE_KEY "\"}"

static void a_document_is_read(void **state)
{
	struct root root;

	(void)state;
	fixture_root(2, &root);
	assert_int_equal(root.version, 1);
	assert_int_equal(root.not_after_ms, 2524608000000);
	assert_int_equal(root.n_keys, 3);
	assert_string_equal(root.keys[2].name, "carol");
	assert_int_equal(root.roles[BUNDLE_POLICY].threshold, 2);
	assert_int_equal(root.roles[BUNDLE_POLICY].n, 2);
	assert_int_equal(root.roles[BUNDLE_POLICY].key[1], 1);
	assert_int_equal(root.roles[BUNDLE_REVOKE].key[0], 1);
	assert_false(root.roles[BUNDLE_ROOT].touch);
}

static void a_role_may_demand_a_touch_of_tokens(void **state)
{
	static const char json[] =
		"{\"format\":1,\"version\":3,\"keys\":{\"a\":\"" FIDO_KEY "\"},"
		"\"roles\":{\"root\":{\"threshold\":1,\"keys\":[\"a\"],\"touch\":true,"
		"\"verify\":true}," ROLE("policy") "," ROLE("revoke") "}}";
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct root root;

	(void)state;
	assert_int_equal(root_parse(json, strlen(json), &d, &root), 0);
	assert_int_equal(root.not_after_ms, 0);
	assert_true(root.roles[BUNDLE_ROOT].touch);
	assert_true(root.roles[BUNDLE_ROOT].verify);
	assert_false(root.roles[BUNDLE_POLICY].touch);
}

struct refusal_case {
	const char *json, *code, *text;
};

static void check_refused(const struct refusal_case *c)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct root root = { .version = 77 };
	int r = root_parse(c->json, strlen(c->json), &d, &root);

	if (r != -EBADMSG || d.n == 0)
		fail_msg("%d: %s", r, c->json);
	if (strcmp(d.items[0].code, c->code) != 0 || !strstr(d.items[0].text, c->text))
		fail_msg("%s: %s [%s]", c->json, d.items[0].text, d.items[0].code);
	assert_int_equal(root.version, 77);
}

static void what_is_not_strict_is_refused(void **state)
{
	static const struct refusal_case cases[] = {
		{ "", "json-truncated", "" },
		{ "[]", "member-type", "must be an object" },
		{ "{}", "missing-member", "format" },
		{ "{\"format\":1,\"version\":1," KEYS "," ROLES "} x", "json-trailing", "" },
		{ "{\"format\":1,\"format\":1,\"version\":1," KEYS "," ROLES "}",
		  "json-duplicate-key", "" },
		{ "{\"format\":2,\"version\":1," KEYS "," ROLES "}", "format-version", "format 1" },
		{ "{\"format\":1,\"version\":0," KEYS "," ROLES "}", "member-value", "version" },
		{ "{\"format\":1,\"version\":-1," KEYS "," ROLES "}", "member-value", "version" },
		{ "{\"format\":1,\"version\":1.0," KEYS "," ROLES "}", "member-type", "version" },
		{ "{\"format\":1,\"version\":\"1\"," KEYS "," ROLES "}", "member-type", "version" },
		{ "{\"format\":1,\"version\":99999999999999999999," KEYS "," ROLES "}",
		  "json-number", "" },
		{ "{\"format\":1,\"version\":1,\"notafter\":\"\"," KEYS "," ROLES "}",
		  "unknown-member", "notafter" },
		{ "{\"format\":1,\"version\":1,\"notAfter\":\"2027\"," KEYS "," ROLES "}",
		  "member-value", "notAfter" },
		{ "{\"format\":1,\"version\":1,\"notAfter\":null," KEYS "," ROLES "}",
		  "member-type", "notAfter" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_refused(&cases[i]);
}

#define WITH_KEYS(keys) "{\"format\":1,\"version\":1,\"keys\":{" keys "}," ROLES "}"

static void keys_that_are_none_are_refused(void **state)
{
	static const struct refusal_case cases[] = {
		{ WITH_KEYS(""), "member-value", "\"a\"" },
		{ WITH_KEYS("\"a\":1"), "root-key", "a key is a string" },
		{ WITH_KEYS("\"a\":\"\""), "root-key", "write the key as" },
		{ WITH_KEYS("\"a\":\"ssh-rsa AAAAB3NzaC1yc2E=\""), "root-key", "not accepted" },
		{ WITH_KEYS("\"a\":\"ssh-ed25519 AAAA\""), "root-key", "cut off" },
		{ WITH_KEYS("\"a\":\"" ED25519("AEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") "\""),
		  "root-key", "small order" },
		{ WITH_KEYS("\"a\":\"" ALICE_KEY "\",\"b\":\"" ALICE_KEY " other\""),
		  "root-key-twice", "same key" },
		{ WITH_KEYS("\"a b\":\"" ALICE_KEY "\""), "root-key-name", "a b" },
		{ WITH_KEYS("\"\":\"" ALICE_KEY "\""), "root-key-name", "" },
		{ WITH_KEYS("\"a\":\"" ALICE_KEY "\",\"a\":\"" FIDO_KEY "\""), "json-duplicate-key",
		  "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_refused(&cases[i]);
}

#define WITH_ROOT_ROLE(role)                                                                       \
	"{\"format\":1,\"version\":1," KEYS ",\"roles\":{\"root\":" role                           \
	"," ROLE("policy") "," ROLE("revoke") "}}"

static void roles_that_cannot_be_met_are_refused(void **state)
{
	static const struct refusal_case cases[] = {
		{ WITH_ROOT_ROLE("{\"threshold\":0,\"keys\":[\"a\"]}"), "member-value",
		  "threshold" },
		{ WITH_ROOT_ROLE("{\"threshold\":-1,\"keys\":[\"a\"]}"), "member-value",
		  "threshold" },
		{ WITH_ROOT_ROLE("{\"threshold\":2,\"keys\":[\"a\"]}"), "root-threshold",
		  "never be met" },
		{ WITH_ROOT_ROLE("{\"threshold\":1,\"keys\":[]}"), "root-threshold",
		  "never be met" },
		{ WITH_ROOT_ROLE("{\"threshold\":2,\"keys\":[\"a\",\"a\"]}"), "root-role-key-twice",
		  "twice" },
		{ WITH_ROOT_ROLE("{\"threshold\":1,\"keys\":[\"b\"]}"), "member-value", "\"b\"" },
		{ WITH_ROOT_ROLE("{\"threshold\":1,\"keys\":[1]}"), "member-type", "strings" },
		{ WITH_ROOT_ROLE("{\"threshold\":1}"), "missing-member", "keys" },
		{ WITH_ROOT_ROLE("{\"keys\":[\"a\"]}"), "missing-member", "threshold" },
		{ WITH_ROOT_ROLE("{\"threshold\":1,\"keys\":[\"a\"],\"tuch\":true}"),
		  "unknown-member", "tuch" },
		{ WITH_ROOT_ROLE("{\"threshold\":1,\"keys\":[\"a\"],\"touch\":1}"), "member-type",
		  "touch" },
		{ WITH_ROOT_ROLE("{\"threshold\":1,\"keys\":[\"a\"],\"touch\":true}"),
		  "root-role-demand", "not in a token" },
		{ "{\"format\":1,\"version\":1," KEYS
		  ",\"roles\":{" ROLE("root") "," ROLE("policy") "}}",
		  "missing-member", "revoke" },
		{ "{\"format\":1,\"version\":1," KEYS ",\"roles\":{" ROLE("root") "," ROLE(
			  "policy") "," ROLE("revoke") "," ROLE("beacon") "}}",
		  "unknown-member", "beacon" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_refused(&cases[i]);
}

static void more_keys_than_the_limit_are_refused(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf json = BUF_INIT;
	struct root root;

	(void)state;
	buf_puts(&json, "{\"format\":1,\"version\":1,\"keys\":{");
	for (uint8_t i = 0; i <= ROOT_KEYS_MAX; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "k%u", i);
		fixture_member(name, (uint8_t)(i + 1), &json);
		buf_putc(&json, i < ROOT_KEYS_MAX ? ',' : '}');
	}
	buf_puts(&json, "," ROLES "}");
	assert_int_equal(root_parse(json.data, json.len, &d, &root), -EBADMSG);
	assert_string_equal(d.items[0].code, "root-keys");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_is_read),
		cmocka_unit_test(a_role_may_demand_a_touch_of_tokens),
		cmocka_unit_test(what_is_not_strict_is_refused),
		cmocka_unit_test(keys_that_are_none_are_refused),
		cmocka_unit_test(roles_that_cannot_be_met_are_refused),
		cmocka_unit_test(more_keys_than_the_limit_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
