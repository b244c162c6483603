/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of users and groups: root is on every host, and what nobody has is missing, not an error.
 */
#include "identity/identity.h"

#include <string.h>

#include "cm.h"

#define NOBODY_HAS_IT "postern-no-such-account"

static void names_of_one_number_are_one_entry(void **state)
{
	static const char *const names[] = { "#0", "root", "#0", "root" };
	struct identity_accounts_found f;

	(void)state;
	assert_int_equal(identity_find_accounts(IDENTITY_USERS, names, 4, &f), 0);
	assert_int_equal(f.n, 1);
	assert_int_equal(f.n_missing, 0);
	assert_int_equal(f.items[0].number, 0);
	assert_int_equal(f.items[0].n_names, 2);
	assert_string_equal(f.items[0].names[0], "root");
	assert_string_equal(f.items[0].names[1], "#0");
	identity_accounts_free(&f);
}

static void entries_are_sorted_by_number(void **state)
{
	static const char *const names[] = { "#4294967295", "#70000", "root", "#5" };
	static const uint32_t expected[] = { 0, 5, 70000, 4294967295 };
	struct identity_accounts_found f;

	(void)state;
	assert_int_equal(identity_find_accounts(IDENTITY_GROUPS, names, 4, &f), 0);
	assert_int_equal(f.n, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(f.items[i].number, expected[i]);
	identity_accounts_free(&f);
}

static void an_unknown_name_is_missing(void **state)
{
	static const char *const names[] = { NOBODY_HAS_IT, "root" };
	struct identity_accounts_found f;

	(void)state;
	assert_int_equal(identity_find_accounts(IDENTITY_USERS, names, 2, &f), 0);
	assert_int_equal(f.n, 1);
	assert_int_equal(f.n_missing, 1);
	assert_string_equal(f.missing[0], NOBODY_HAS_IT);
	identity_accounts_free(&f);
	assert_null(f.items);
}

/* Only one spelling of a number names it: the kernel side makes the same text of a uid. */
static void odd_numbers_are_missing(void **state)
{
	static const char *const names[] = { "#",     "#x",
					     "#-1",   "#+1",
					     "#01",   "# 1",
					     "#1 ",   "#4294967296",
					     "#1x",   "#18446744073709551616",
					     "#0x10", "#1#2",
					     "" };
	const size_t n = sizeof(names) / sizeof(names[0]);
	struct identity_accounts_found f;

	(void)state;
	assert_int_equal(identity_find_accounts(IDENTITY_USERS, names, n, &f), 0);
	assert_int_equal(f.n, 0);
	assert_int_equal(f.n_missing, n);
	identity_accounts_free(&f);
}

static void no_names_find_nothing(void **state)
{
	struct identity_accounts_found f;

	(void)state;
	assert_int_equal(identity_find_accounts(IDENTITY_GROUPS, NULL, 0, &f), 0);
	assert_int_equal(f.n + f.n_missing, 0);
	identity_accounts_free(&f);
}

static void numbers_become_names_again(void **state)
{
	char name[64];

	(void)state;
	identity_account_name(IDENTITY_USERS, 0, name, sizeof(name));
	assert_string_equal(name, "root");
	identity_account_name(IDENTITY_GROUPS, 0, name, sizeof(name));
	assert_string_equal(name, "root");
	identity_account_name(IDENTITY_USERS, 3999999999u, name, sizeof(name));
	assert_string_equal(name, "#3999999999");
}

static void the_kernel_is_a_user(void **state)
{
	static const char *const names[] = { "#kernel" };
	struct identity_accounts_found f;
	char name[64];

	(void)state;
	assert_int_equal(identity_find_accounts(IDENTITY_USERS, names, 1, &f), 0);
	assert_int_equal(f.n, 1);
	assert_int_equal(f.n_missing, 0);
	assert_int_equal(f.items[0].number, POSTERN_UID_KERNEL);
	assert_int_equal(f.items[0].n_names, 2);
	assert_string_equal(f.items[0].names[0], "#kernel");
	assert_string_equal(f.items[0].names[1], "#4294967294");
	identity_accounts_free(&f);
	identity_account_name(IDENTITY_USERS, POSTERN_UID_KERNEL, name, sizeof(name));
	assert_string_equal(name, "#kernel");

	/* as a group it is nobody */
	assert_int_equal(identity_find_accounts(IDENTITY_GROUPS, names, 1, &f), 0);
	assert_int_equal(f.n_missing, 1);
	identity_accounts_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_one_number_are_one_entry),
		cmocka_unit_test(entries_are_sorted_by_number),
		cmocka_unit_test(an_unknown_name_is_missing),
		cmocka_unit_test(odd_numbers_are_missing),
		cmocka_unit_test(no_names_find_nothing),
		cmocka_unit_test(numbers_become_names_again),
		cmocka_unit_test(the_kernel_is_a_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
