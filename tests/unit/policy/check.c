/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Golden files: each tests/golden/policy/check/NAME.cedar is checked with the entities of the worked example, and its
 * messages as people see them equal NAME.diag. GOLDEN_UPDATE=1 writes what is there now, for review with git diff.
 */
#include "policy/ruleset.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cm.h"

enum { FILE_MAX = 1 << 20 };

static char *golden_path(const char *name)
{
	const char *top = getenv("TOP");
	struct buf path = BUF_INIT;

	buf_printf(&path, "%s/tests/golden/policy/%s", top ? top : ".", name);
	assert_int_equal(buf_error(&path), 0);
	return buf_take(&path);
}

/* The text is owned by the caller; the name is shown in messages. */
static struct source read_source(const char *path, const char *name)
{
	struct source src = { .name = name };
	char *text;

	if (file_read(AT_FDCWD, path, FILE_MAX, &text, &src.len) < 0)
		fail_msg("%s cannot be read", path);
	src.text = text;
	return src;
}

static struct source read_example(const char *file)
{
	_cleanup_free_ char *dir = golden_path("example");
	_cleanup_buf_ struct buf path = BUF_INIT;

	buf_printf(&path, "%s/%s", dir, file);
	return read_source(path.data, file);
}

static int entities_setup(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *json = NULL;
	struct source src = read_example("entities.json");
	struct source net = read_example("clinic-net.txt");
	struct bundle_files files = { .items = &net, .n = 1 };
	struct entity_set *entities = NULL;
	int r = json_parse(&src, &d, &json);

	if (r == 0)
		r = entities_parse(json, &src, &files, &d, &entities);
	free((char *)src.text);
	free((char *)net.text);
	*state = entities;
	return r;
}

static int entities_teardown(void **state)
{
	struct entity_set *entities = *state;

	entity_set_free(&entities);
	return 0;
}

/* Parses and checks one text; the messages go to `out`. */
static int check_source(const struct source *src, const struct entity_set *entities,
			struct diags *d)
{
	_cleanup_policy_set_ struct policy_set *set = NULL;
	int r;

	assert_int_equal(policy_set_new(&set), 0);
	assert_int_equal(policy_parse(set, src, d), 0);
	r = policy_check(set, entities, d);
	assert_int_equal(r, d->errors ? -EBADMSG : 0);
	assert_true(set->checked == (r == 0));
	return r;
}

static int check_text(const char *text, const struct entity_set *entities, struct diags *d)
{
	struct source src = { .name = "t", .text = text, .len = strlen(text) };

	return check_source(&src, entities, d);
}

static void compare(const char *path, const struct buf *out)
{
	const char *text = out->data ? out->data : "";
	struct source expected;

	if (getenv("GOLDEN_UPDATE")) {
		assert_int_equal(file_write_atomic(AT_FDCWD, path, text, out->len, 0644), 0);
		return;
	}
	expected = read_source(path, "");
	assert_string_equal(text, expected.text);
	free((char *)expected.text);
}

static bool check_golden(const char *path, const struct entity_set *entities)
{
	_cleanup_buf_ struct buf out = BUF_INIT, diag = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct source src = read_source(path, strrchr(path, '/') + 1);
	int r = check_source(&src, entities, &d);

	diags_render(&d, &out, false);
	buf_put(&diag, path, strlen(path) - strlen("cedar"));
	buf_puts(&diag, "diag");
	compare(diag.data, &out);
	free((char *)src.text);
	return r == 0;
}

static void messages_are_as_written_down(void **state)
{
	_cleanup_free_ char *pattern = golden_path("check/*.cedar");
	glob_t found = { 0 };
	size_t accepted = 0;

	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		accepted += check_golden(found.gl_pathv[i], *state);
	assert_int_equal(accepted, 2); /* accepted.cedar and warnings.cedar */
	assert_true(found.gl_pathc > 30);
	globfree(&found);
}

static void the_example_is_accepted(void **state)
{
	static const char *const files[] = { "policies/host.cedar", "policies/ward.cedar" };
	_cleanup_policy_set_ struct policy_set *set = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	assert_int_equal(policy_set_new(&set), 0);
	for (size_t i = 0; i < 2; i++) {
		struct source src = read_example(files[i]);

		assert_int_equal(policy_parse(set, &src, &d), 0);
		free((char *)src.text);
	}
	assert_int_equal(policy_check(set, *state, &d), 0);
	assert_int_equal(d.n, 0);
	assert_true(set->n > 10);
	for (size_t i = 1; i < set->n; i++)
		assert_true(text_cmp(set->policies[i - 1]->id, set->policies[i]->id) < 0);
}

static void the_example_passes_its_tests(void **state)
{
	static const char *const names[] = { "policies/host.cedar", "policies/ward.cedar",
					     "clinic-net.txt", "entities.json", "tests.json" };
	struct source files[5];
	struct ruleset_sources sources = { .policies = files, .n_policies = 2, .n_files = 1 };
	_cleanup_ruleset_ struct ruleset rules = RULESET_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	for (size_t i = 0; i < 5; i++)
		files[i] = read_example(names[i]);
	sources.files = &files[2];
	sources.entities = files[3];
	sources.tests = files[4];
	assert_int_equal(ruleset_load(&sources, 0, &d, &rules), 0);
	assert_true(rules.tests->n > 10);
	for (size_t i = 0; i < rules.tests->n; i++) {
		struct test_outcome o;

		assert_int_equal(ruleset_test(&rules, &rules.tests->items[i], &o), 0);
		if (!o.passed)
			fail_msg("%s: %s", rules.tests->items[i].name.s,
				 verdict_name(o.decision.verdict));
	}
	for (size_t i = 0; i < 5; i++)
		free((char *)files[i].text);
}

static void an_error_leaves_the_order_alone(void **state)
{
	static const char text[] = "@id(\"b\") forbid(principal, action, resource);"
				   "@id(\"a\") permit(principal, action, resource);";
	_cleanup_policy_set_ struct policy_set *set = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct source src = { .name = "t", .text = text, .len = sizeof(text) - 1 };

	assert_int_equal(policy_set_new(&set), 0);
	assert_int_equal(policy_parse(set, &src, &d), 0);
	assert_int_equal(policy_check(set, *state, &d), -EBADMSG);
	assert_false(set->checked);
	assert_true(text_is(set->policies[0]->id, "b"));
}

/* Errors of an earlier step are not this one's. */
static void earlier_errors_do_not_count(void **state)
{
	_cleanup_policy_set_ struct policy_set *set = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	diag_error(&d, "other", NOWHERE, NULL, "something else");
	assert_int_equal(policy_set_new(&set), 0);
	assert_int_equal(policy_check(set, *state, &d), 0);
	assert_true(set->checked);
}

static void nothing_is_defined_without_entities(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	(void)state;
	assert_int_equal(check_text("@id(\"a\") forbid(principal, action in Action::\"egress\", "
				    "resource in Service::\"records\");",
				    NULL, &d),
			 -EBADMSG);
	assert_int_equal(d.errors, 1);
	assert_string_equal(d.items[0].code, "profile-undefined");
	assert_string_equal(d.items[0].hint, "define Service::\"records\" in entities.json");
}

static void several_policies_report_in_one_run(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	check_text(
		"@id(\"a\") permit(principal, action, resource) when { 1 };"
		"@id(\"b\") permit(principal, action, resource);"
		"@id(\"b\") forbid(principal, action, resource) when { resource is Endpoint && resource.port + 1 > 0 };",
		*state, &d);
	assert_int_equal(d.errors, 4);
	assert_int_equal(d.warnings, 0);
	assert_string_equal(d.items[0].code, "type-unexpected");
	assert_string_equal(d.items[1].code, "profile-permit-action");
	assert_string_equal(d.items[2].code, "profile-arithmetic");
	assert_string_equal(d.items[3].code, "profile-id-duplicate");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_as_written_down),
		cmocka_unit_test(the_example_is_accepted),
		cmocka_unit_test(the_example_passes_its_tests),
		cmocka_unit_test(an_error_leaves_the_order_alone),
		cmocka_unit_test(earlier_errors_do_not_count),
		cmocka_unit_test(nothing_is_defined_without_entities),
		cmocka_unit_test(several_policies_report_in_one_run),
	};

	return cmocka_run_group_tests(tests, entities_setup, entities_teardown);
}
