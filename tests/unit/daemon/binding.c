/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bindings: every name of the policies is asked for, links are aliases, and what nobody has is
 * told.
 */
#include "daemon/binding.h"

#include <string.h>

#include "base/file.h"
#include "daemon/names.h"

#include "cm.h"
#include "tmpdir.h"

/* Parsed, not checked: binding only walks. */
static struct policy_set *parsed(const char *text)
{
	const struct source src = { "test.cedar", text, strlen(text) };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct policy_set *set = NULL;

	assert_int_equal(policy_set_new(&set), 0);
	assert_int_equal(policy_parse(set, &src, &d), 0);
	return set;
}

/* What the host says of the set's names. */
static struct host_binding *binding_of(const struct policy_set *set, struct diags *d)
{
	_cleanup_policy_names_ struct policy_names n = POLICY_NAMES_INIT;
	struct host_binding *b = NULL;

	assert_int_equal(policy_names_collect(set, NULL, &n), 0);
	assert_int_equal(host_binding_new(&n, d, &b), 0);
	return b;
}

static void names_are_found_wherever_they_stand(void **state)
{
	_cleanup_policy_names_ struct policy_names n = POLICY_NAMES_INIT;
	_cleanup_policy_set_ struct policy_set *set = parsed(
		"permit (principal in User::\"b\", action, resource);"
		"permit (principal, action, resource) when { principal in [User::\"a\", Group::\"g\"] || "
		"  (principal.uid == 0 && !(principal in Program::\"/x\")) }"
		" unless { if principal in User::\"c\" then principal in User::\"a\" else false };"
		"permit (principal is Process in Program::\"/w\", action, resource in Service::\"s\");");

	(void)state;
	assert_int_equal(policy_names_collect(set, NULL, &n), 0);
	assert_int_equal(n.n[NAME_USER], 3);
	assert_string_equal(n.items[NAME_USER][0], "a");
	assert_string_equal(n.items[NAME_USER][1], "b");
	assert_string_equal(n.items[NAME_USER][2], "c");
	assert_int_equal(n.n[NAME_GROUP], 1);
	assert_int_equal(n.n[NAME_PROGRAM], 2);
	assert_string_equal(n.items[NAME_PROGRAM][0], "/w");
}

static void a_name_with_a_nul_is_nobodys(void **state)
{
	_cleanup_policy_names_ struct policy_names n = POLICY_NAMES_INIT;
	_cleanup_policy_set_ struct policy_set *set =
		parsed("permit (principal in User::\"root\\0x\", action, resource);");

	(void)state;
	assert_int_equal(policy_names_collect(set, NULL, &n), 0);
	assert_int_equal(n.n[NAME_USER], 0);
}

static void accounts_are_bound(void **state)
{
	_cleanup_host_binding_ struct host_binding *b = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_policy_set_ struct policy_set *set =
		parsed("permit (principal in User::\"root\", action, resource);"
		       "permit (principal in Group::\"#0\", action, resource);"
		       "permit (principal in User::\"postern-nobody-has-it\", action, resource);");

	(void)state;
	b = binding_of(set, &d);
	assert_int_equal(b->binding.n_users, 1);
	assert_int_equal(b->binding.users[0].uid, 0);
	assert_int_equal(b->binding.users[0].n_names, 2);
	assert_true(text_is(b->binding.users[0].names[0], "root"));
	assert_true(text_is(b->binding.users[0].names[1], "#0"));
	assert_int_equal(b->binding.n_groups, 1);
	assert_int_equal(b->binding.groups[0].n_names, 1);
	assert_int_equal(d.warnings, 1);
	assert_string_equal(d.items[0].code, "host-account");
	assert_int_equal(d.errors, 0);
}

/* In the test's directory: `real`, `link` to it, `again` to the link, `script`. */
static void make_programs(const char *dir)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/real", dir);
	assert_int_equal(file_write_atomic(AT_FDCWD, path, "ELF", 3, 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/script", dir);
	assert_int_equal(file_write_atomic(AT_FDCWD, path, "#!/bin/sh", 9, 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/link", dir);
	assert_int_equal(symlink("real", path), 0);
	(void)snprintf(path, sizeof(path), "%s/again", dir);
	assert_int_equal(symlink("link", path), 0);
}

static struct host_binding *bound(const char *dir, struct diags *d, const char *const *names,
				  size_t n)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct host_binding *b;
	struct policy_set *set;

	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "permit (principal in Program::\"%s/%s\", action, resource);",
			   dir, names[i]);
	set = parsed(text.data);
	b = binding_of(set, d);
	policy_set_free(&set);
	return b;
}

static void links_are_further_programs(void **state)
{
	static const char *const names[] = { "link", "real", "again" };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_host_binding_ struct host_binding *b = NULL;
	char real[256];

	make_programs(*state);
	(void)snprintf(real, sizeof(real), "%s/real", (const char *)*state);
	b = bound(*state, &d, names, 3);
	assert_int_equal(b->binding.n_programs, 1);
	assert_true(text_is(b->binding.programs[0].key, real));
	assert_int_equal(b->binding.programs[0].n_programs, 3);
	assert_true(text_is(b->binding.programs[0].programs[0], real));
	assert_int_equal(d.n, 0);
}

static void a_path_that_is_itself_needs_no_entry(void **state)
{
	static const char *const names[] = { "real" };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_host_binding_ struct host_binding *b = NULL;

	make_programs(*state);
	b = bound(*state, &d, names, 1);
	assert_int_equal(b->binding.n_programs, 0);
}

static void what_is_no_program_is_told(void **state)
{
	static const char *const names[] = { "absent", "script" };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_host_binding_ struct host_binding *b = NULL;

	make_programs(*state);
	b = bound(*state, &d, names, 2);
	assert_int_equal(d.warnings, 2);
	assert_string_equal(d.items[0].code, "host-program");
	assert_string_equal(d.items[1].code, "host-script");
	assert_int_equal(b->binding.n_programs, 0);
}

/* Eight are named, the rest counted. */
static void of_many_that_are_missing_few_are_named(void **state)
{
	static const char *const names[] = { "a1", "a2", "a3", "a4", "a5", "a6",
					     "a7", "a8", "a9", "b1", "b2" };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_host_binding_ struct host_binding *b = NULL;

	make_programs(*state);
	b = bound(*state, &d, names, 11);
	assert_int_equal(d.warnings, 9);
	assert_non_null(strstr(d.items[7].text, "a8\""));
	assert_non_null(strstr(d.items[8].text, "none of 3 further programs"));
}

static void another_meaning_is_another_digest(void **state)
{
	static const char *const names[] = { "link" };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_host_binding_ struct host_binding *first = NULL, *same = NULL, *other = NULL;
	char path[256];

	make_programs(*state);
	first = bound(*state, &d, names, 1);
	same = bound(*state, &d, names, 1);
	assert_string_equal(first->digest, same->digest);
	assert_string_equal(first->seen, same->seen);
	(void)snprintf(path, sizeof(path), "%s/link", (const char *)*state);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("script", path), 0);
	other = bound(*state, &d, names, 1);
	assert_string_not_equal(first->digest, other->digest);
	assert_string_not_equal(first->seen, other->seen);
}

int main(void)
{
#define IN_TMPDIR(test) cmocka_unit_test_setup_teardown(test, tmpdir_make, tmpdir_remove)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_found_wherever_they_stand),
		cmocka_unit_test(a_name_with_a_nul_is_nobodys),
		cmocka_unit_test(accounts_are_bound),
		IN_TMPDIR(links_are_further_programs),
		IN_TMPDIR(a_path_that_is_itself_needs_no_entry),
		IN_TMPDIR(what_is_no_program_is_told),
		IN_TMPDIR(of_many_that_are_missing_few_are_named),
		IN_TMPDIR(another_meaning_is_another_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
