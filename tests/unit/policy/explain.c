// SPDX-License-Identifier: BSD-2-Clause
/* Explanations name the policy, the condition that failed, and what the request had instead. */
#include <string.h>

#include "cm.h"
#include "policy/explain.h"
#include "policy/ruleset.h"

static const char policies[] =
	"@id(\"forbid-meta\")\n@advice(\"ask the platform team\")\n"
	"forbid (principal, action == Action::\"connect\", resource is Endpoint)\n"
	"when { resource.port == 80 } unless { principal in Unit::\"cloud.service\" };\n"
	"@id(\"near\")\n@owner(\"db team\")\n"
	"permit (principal in User::\"alice\", action == Action::\"connect\", resource is Endpoint)\n"
	"when { principal.exe == \"/usr/bin/psql\" && resource.port == 5432 };\n"
	"@id(\"far\")\n"
	"permit (principal in User::\"bob\", action == Action::\"connect\", resource is Endpoint)\n"
	"when { principal.exe == \"/bin/x\" && resource.port == 1 };\n"
	"@id(\"sends\")\n"
	"permit (principal, action == Action::\"send\", resource is Endpoint);\n";

/* The explanation of a request in JSON, owned by the caller. */
static char *explain(const char *json)
{
	const struct source policy = { "p.cedar", policies, strlen(policies) };
	const struct source request = { "request", json, strlen(json) };
	const struct ruleset_sources src = { .policies = &policy, .n_policies = 1 };
	_cleanup_ruleset_ struct ruleset rules = RULESET_INIT;
	_cleanup_(arena_free) struct arena *arena = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *parsed = NULL;
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct request req;

	assert_int_equal(arena_new(&arena), 0);
	assert_int_equal(ruleset_load(&src, 0, &d, &rules), 0);
	assert_int_equal(json_parse(&request, &d, &parsed), 0);
	assert_int_equal(request_parse(parsed, &request, 0, arena, &d, &req), 0);
	assert_int_equal(policy_explain(rules.views, &req, 1, NULL, &out), 0);
	return buf_take(&out);
}

static void says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not said in:\n%s", part, text);
}

static void silent_of(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" is said in:\n%s", part, text);
}

static void names_the_nearest_permit(void **state)
{
	_cleanup_free_ char *text =
		explain("{\"principal\":{\"user\":\"alice\",\"program\":\"/usr/bin/curl\"},"
			"\"action\":\"connect\",\"resource\":\"tcp 10.0.0.1:5432\"}");

	(void)state;
	says(text, "deny by default-deny");
	says(text, "near   permit   p.cedar:5");
	says(text, "yes  principal in User::\"alice\"");
	says(text,
	     "NO   principal.exe == \"/usr/bin/psql\"   (has principal.exe is \"/usr/bin/curl\")");
	says(text, "owner   db team");
	/* The farther permit, and one for another action, are no help. */
	silent_of(text, "far");
	silent_of(text, "sends");
}

static void names_the_forbid_and_its_advice(void **state)
{
	_cleanup_free_ char *text =
		explain("{\"principal\":{\"user\":\"alice\",\"unit\":\"x.service\"},"
			"\"action\":\"connect\",\"resource\":\"tcp 10.0.0.1:80\"}");

	(void)state;
	says(text, "deny by forbid-meta");
	says(text, "yes  unless principal in Unit::\"cloud.service\"");
	says(text, "advice  ask the platform team");
	silent_of(text, "near");
}

static void names_the_permit(void **state)
{
	_cleanup_free_ char *text =
		explain("{\"principal\":{\"user\":\"alice\",\"program\":\"/usr/bin/psql\"},"
			"\"action\":\"connect\",\"resource\":\"tcp [fd00::1]:5432\"}");

	(void)state;
	says(text, "allow by near");
	says(text, "connect tcp [fd00::1]:5432");
	silent_of(text, "NO ");
}

static void says_that_nothing_permits_the_action(void **state)
{
	_cleanup_free_ char *text =
		explain("{\"principal\":{},\"action\":\"listen\",\"resource\":\"tcp 10.0.0.1:1\"}");

	(void)state;
	says(text, "no policy permits this action at all");
	silent_of(text, "yes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_nearest_permit),
		cmocka_unit_test(names_the_forbid_and_its_advice),
		cmocka_unit_test(names_the_permit),
		cmocka_unit_test(says_that_nothing_permits_the_action),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
