/* SPDX-License-Identifier: BSD-2-Clause */
/* What may be applied in this version, and what is refused with which code. */
#include "cm.h"

#include "compiled.h"

#define EGRESS "action in Action::\"egress\", resource"

static const char entities[] =
	"[{\"uid\":{\"type\":\"Team\",\"id\":\"t\"},\"parents\":[],\"attrs\":{}}]";

/* How many refusals, and whether they and the warnings have only this code (NULL: none). */
static int refusals(const char *policies, const char *code, size_t *ret_warnings)
{
	_cleanup_compiled_ struct compiled c;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	int n;

	compiled_make(&c, policies, entities, NULL);
	n = image_appliable(c.set, &d);
	assert_int_equal(d.errors, n);
	for (size_t i = 0; i < d.n; i++)
		assert_string_equal(d.items[i].code, code ? code : "none at all");
	if (ret_warnings)
		*ret_warnings = d.warnings;
	return n;
}

static void plain_policies_can_be_applied(void **state)
{
	(void)state;
	assert_int_equal(refusals("@id(\"a\") permit(principal in User::\"u\", " EGRESS ")"
				  " when { principal.exe like \"/x*\" && resource.port == 80 };"
				  "@id(\"b\") forbid(principal, " EGRESS ")"
				  " when { principal.preexisting && principal in Unit::\"/a/b\" };",
				  NULL, NULL),
			 0);
}

static void conditions_on_context_and_this_end_can_be_applied(void **state)
{
	(void)state;
	assert_int_equal(refusals("@id(\"a\") @expires(\"2030-01-01\") permit(principal, " EGRESS
				  ")"
				  " when { context.session.mfa && context.device.aslr };"
				  "@id(\"b\") forbid(principal in Team::\"t\", " EGRESS ")"
				  " when { resource.localPort < 1024 };",
				  NULL, NULL),
			 0);
}

static void every_fact_of_the_process_can_be_applied(void **state)
{
	(void)state;
	assert_int_equal(refusals("@id(\"a\") forbid(principal, " EGRESS ")"
				  " when { principal.script == \"/s\" };"
				  "@id(\"b\") permit(principal, " EGRESS ")"
				  " unless { principal.sha256 == \"ab\" };"
				  "@id(\"c\") permit(principal, " EGRESS ")"
				  " when { [\"x\"].contains(principal.container) };",
				  NULL, NULL),
			 0);
}

static void unit_paths_that_no_cgroup_has_are_refused(void **state)
{
	static const char *const paths[] = { "/", "/a/", "/a//b", "/a/./b", "/../a" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;

		buf_printf(&b, "@id(\"a\") forbid(principal in Unit::\"%s\", " EGRESS ");",
			   paths[i]);
		assert_int_equal(refusals(b.data, "apply-unit-path", NULL), 1);
	}
}

static void every_action_can_be_applied(void **state)
{
	size_t warnings;

	(void)state;
	assert_int_equal(refusals("@id(\"a\") forbid(principal, action, resource);"
				  "@id(\"b\") forbid(principal, action == Action::\"create\","
				  " resource == SocketKind::\"raw\");"
				  "@id(\"c\") permit(principal, action in Action::\"ingress\","
				  " resource);",
				  NULL, &warnings),
			 0);
	assert_int_equal(warnings, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_policies_can_be_applied),
		cmocka_unit_test(conditions_on_context_and_this_end_can_be_applied),
		cmocka_unit_test(every_fact_of_the_process_can_be_applied),
		cmocka_unit_test(unit_paths_that_no_cgroup_has_are_refused),
		cmocka_unit_test(every_action_can_be_applied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
