/* SPDX-License-Identifier: BSD-2-Clause */
/* Stand-ins for the principals of requests: one for each that differs, none for what never came. */
#include "compile/request_binding.h"

#include "cm.h"

#define TEXT(s) ((struct text){ (s), sizeof(s) - 1 })

static struct text alice[] = { { "alice", 5 }, { "#7", 2 } };
static struct text bob[] = { { "bob", 3 } };
static struct text sh[] = { { "/bin/sh", 7 }, { "/bin/dash", 9 } };

static struct request by(struct text *users, size_t n, uint32_t uid)
{
	struct request r = { 0 };

	r.principal.users = users;
	r.principal.n_users = n;
	r.principal.uid = uid;
	r.principal.exe = TEXT("/bin/sh");
	r.principal.programs = sh;
	r.principal.n_programs = 1;
	return r;
}

static void users_differ_by_names_and_uid(void **state)
{
	struct request reqs[] = { by(alice, 2, 7), by(alice, 1, 7), by(bob, 1, 7), by(bob, 1, 8),
				  by(alice, 2, 7) };
	struct request_binding *b = NULL;
	uint32_t key[5];

	(void)state;
	assert_int_equal(request_binding_new(reqs, 5, &b), 0);
	assert_int_equal(request_binding_get(b)->n_users, 4);
	for (int i = 0; i < 5; i++)
		assert_true(request_binding_user(b, &reqs[i].principal, &key[i]));
	for (int i = 0; i < 4; i++)
		for (int k = 0; k < i; k++)
			assert_int_not_equal(key[i], key[k]);
	assert_int_equal(key[4], key[0]);
	request_binding_free(&b);
}

static void who_never_came_has_no_stand_in(void **state)
{
	struct request known = by(alice, 2, 7), other = by(bob, 1, 7);
	struct request_binding *b = NULL;
	struct text exe;
	uint32_t key;

	(void)state;
	other.principal.n_programs = 2;
	assert_int_equal(request_binding_new(&known, 1, &b), 0);
	assert_false(request_binding_user(b, &other.principal, &key));
	assert_false(request_binding_group(b, TEXT("adm"), &key));
	assert_false(request_binding_exe(b, &other.principal, &exe));
	request_binding_free(&b);
}

static void an_executable_without_aliases_is_itself(void **state)
{
	struct request plain = by(bob, 1, 1), nothing = by(bob, 1, 1);
	struct request_binding *b = NULL;
	struct text exe;

	(void)state;
	nothing.principal.exe = TEXT("");
	nothing.principal.n_programs = 0;
	assert_int_equal(request_binding_new(&plain, 1, &b), 0);
	assert_int_equal(request_binding_get(b)->n_programs, 0);
	assert_true(request_binding_exe(b, &plain.principal, &exe));
	assert_true(text_is(exe, "/bin/sh"));
	assert_true(request_binding_exe(b, &nothing.principal, &exe));
	assert_int_equal(exe.len, 0);
	request_binding_free(&b);
}

static void a_stand_in_is_nobodys_executable(void **state)
{
	struct request reqs[] = { by(bob, 1, 1), by(bob, 1, 1), by(bob, 1, 1), by(bob, 1, 1) };
	struct request_binding *b = NULL;
	struct text exe;

	(void)state;
	/* Executables that are just what stand-ins look like. */
	reqs[0].principal.exe = TEXT("\001"
				     "2");
	reqs[1].principal.exe = TEXT("\001"
				     "3");
	reqs[2].principal.exe = TEXT("\001"
				     "4");
	reqs[3].principal.n_programs = 2;
	for (int i = 0; i < 3; i++) {
		reqs[i].principal.programs = &reqs[i].principal.exe;
		reqs[i].principal.n_programs = 1;
	}
	assert_int_equal(request_binding_new(reqs, 4, &b), 0);
	assert_true(request_binding_exe(b, &reqs[3].principal, &exe));
	for (int i = 0; i < 4; i++)
		assert_false(text_eq(exe, reqs[i].principal.exe));
	request_binding_free(&b);
}

static void no_request_needs_nothing(void **state)
{
	struct request_binding *b = NULL;

	(void)state;
	request_binding_free(&b);
	assert_int_equal(request_binding_new(NULL, 0, &b), 0);
	assert_int_equal(request_binding_get(b)->n_users, 0);
	assert_int_equal(request_binding_get(b)->n_groups, 0);
	request_binding_free(&b);
	assert_null(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(users_differ_by_names_and_uid),
		cmocka_unit_test(who_never_came_has_no_stand_in),
		cmocka_unit_test(an_executable_without_aliases_is_itself),
		cmocka_unit_test(a_stand_in_is_nobodys_executable),
		cmocka_unit_test(no_request_needs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
