/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What only a host asks of an image: users and groups by their numbers, links and files by what
 * they stand for, cgroup paths step by step.
 */
#include "cm.h"

#include "compiled.h"

#define TEXT(s) ((struct text){ (s), sizeof(s) - 1 })

static struct postern_text text_of(const char *s)
{
	return (struct postern_text){ (uint64_t)(uintptr_t)s, (uint32_t)strlen(s), 0 };
}

static struct postern_memory memory_of(const struct compiled *c)
{
	return (struct postern_memory){ c->image->lines, c->image->n };
}

static uint32_t class_of(const struct compiled *c, const char *exe)
{
	struct postern_memory m = memory_of(c);
	struct postern_text t = text_of(exe);

	return postern_classify(&m, POSTERN_DIM_EXE, &t);
}

static uint32_t class_of_file(const struct compiled *c, const char *exe, uint64_t ino)
{
	struct postern_memory m = memory_of(c);
	struct postern_file_key file = { .dev = 8, .ino = ino };

	return postern_classify_alias(&m, class_of(c, exe), &file);
}

static const char curl[] = "@id(\"a\") permit(principal in Program::\"/usr/bin/curl\","
			   " action in Action::\"egress\", resource)"
			   " unless { principal.exe like \"/tmp/*\" };";

static void a_link_makes_its_target_a_program(void **state)
{
	struct text names[] = { TEXT("/usr/bin/curl.real"), TEXT("/usr/bin/curl") };
	struct binding_program p = { TEXT("/usr/bin/curl.real"), TEXT("/usr/bin/curl.real"), names,
				     2 };
	struct binding b = { .programs = &p, .n_programs = 1 };
	_cleanup_compiled_ struct compiled c;

	(void)state;
	compiled_make(&c, curl, NULL, &b);
	assert_int_equal(class_of(&c, "/usr/bin/curl.real"), class_of(&c, "/usr/bin/curl"));
	assert_int_not_equal(class_of(&c, "/usr/bin/curl.other"), class_of(&c, "/usr/bin/curl"));
}

static void a_file_stands_for_its_program_on_any_mount(void **state)
{
	struct text names[] = { TEXT("/usr/bin/curl") };
	struct binding_file f = { { .dev = 8, .ino = 42 }, names, 1 };
	struct binding b = { .files = &f, .n_files = 1 };
	_cleanup_compiled_ struct compiled c;

	(void)state;
	compiled_make(&c, curl, NULL, &b);
	assert_int_equal(class_of_file(&c, "container:/anywhere", 42),
			 class_of(&c, "/usr/bin/curl"));
	assert_int_equal(class_of_file(&c, "container:/usr/bin/curl", 42),
			 class_of(&c, "/usr/bin/curl"));
}

static void another_file_does_not(void **state)
{
	struct text names[] = { TEXT("/usr/bin/curl") };
	struct binding_file f = { { .dev = 8, .ino = 42 }, names, 1 };
	struct binding b = { .files = &f, .n_files = 1 };
	_cleanup_compiled_ struct compiled c;

	(void)state;
	compiled_make(&c, curl, NULL, &b);
	assert_int_equal(class_of_file(&c, "container:/usr/bin/curl", 43),
			 class_of(&c, "/nothing"));
	assert_int_not_equal(class_of(&c, "/nothing"), class_of(&c, "/usr/bin/curl"));
}

static void a_user_has_all_its_names(void **state)
{
	struct text names[] = { TEXT("alice"), TEXT("#1000") };
	struct binding_user u = { 1000, 1000, names, 2 };
	struct binding b = { .users = &u, .n_users = 1 };
	_cleanup_compiled_ struct compiled c;
	struct postern_memory m;

	(void)state;
	compiled_make(
		&c,
		"@id(\"a\") permit(principal in User::\"alice\", action in Action::\"egress\","
		" resource) when { principal in User::\"#1000\" || principal.uid > 2000 };",
		NULL, &b);
	m = memory_of(&c);
	assert_int_not_equal(postern_classify_user(&m, 1000), postern_classify_user(&m, 1001));
	assert_int_equal(postern_classify_user(&m, 999), postern_classify_user(&m, 1001));
	assert_int_equal(postern_classify_user(&m, 2001), postern_classify_user(&m, UINT32_MAX));
	assert_int_not_equal(postern_classify_user(&m, 2000), postern_classify_user(&m, 2001));
}

static struct postern_bits groups_of(const struct compiled *c, uint32_t gid)
{
	struct postern_memory m = memory_of(c);
	struct postern_bits bits = { 0 };

	assert_int_equal(postern_add_group(&m, gid, &bits), 0);
	return bits;
}

static void groups_go_by_number_and_name(void **state)
{
	struct text names[] = { TEXT("adm"), TEXT("#4") };
	struct binding_group g = { 4, names, 2 };
	struct binding b = { .groups = &g, .n_groups = 1 };
	_cleanup_compiled_ struct compiled c;

	(void)state;
	compiled_make(
		&c,
		"@id(\"a\") permit(principal in Group::\"adm\", action in Action::\"egress\","
		" resource) when { principal in Group::\"#7\" || principal in Group::\"#04\" };",
		NULL, &b);
	assert_int_equal(groups_of(&c, 4).word[0], 1); /* adm; "#04" is nobody's name */
	assert_int_equal(groups_of(&c, 7).word[0], 2);
	assert_int_equal(groups_of(&c, 5).word[0], 0);
	assert_int_equal(groups_of(&c, 0).word[0], 0);
	assert_int_equal(groups_of(&c, UINT32_MAX).word[0], 0);
}

static uint32_t step(const struct compiled *c, uint32_t node, const char *component)
{
	struct postern_memory m = memory_of(c);
	struct postern_text t = text_of(component);

	return postern_seek(&m, POSTERN_STRING_UNIT_STEP, node, &t);
}

static void cgroup_paths_are_walked_step_by_step(void **state)
{
	_cleanup_compiled_ struct compiled c;
	uint32_t a, b;

	(void)state;
	compiled_make(&c,
		      "@id(\"a\") permit(principal in Unit::\"/a/b\", action in Action::\"egress\","
		      " resource) when { principal in Unit::\"/a\" || principal in Unit::\"b\" };",
		      NULL, NULL);
	a = step(&c, 0, "a");
	assert_int_not_equal(a, POSTERN_NONE);
	b = step(&c, POSTERN_STEP_NODE(a), "b");
	assert_int_not_equal(b, POSTERN_NONE);
	assert_int_not_equal(POSTERN_STEP_UNIT(a), 0);
	assert_int_not_equal(POSTERN_STEP_UNIT(b), 0);
	assert_int_not_equal(POSTERN_STEP_UNIT(a), POSTERN_STEP_UNIT(b));
	assert_int_equal(step(&c, 0, "b"), POSTERN_NONE);
	assert_int_equal(step(&c, POSTERN_STEP_NODE(b), "b"), POSTERN_NONE);
}

static void a_path_in_between_has_no_bit(void **state)
{
	_cleanup_compiled_ struct compiled c;

	(void)state;
	compiled_make(&c,
		      "@id(\"a\") permit(principal in Unit::\"/x/y\", action in Action::\"egress\","
		      " resource) unless { principal in Unit::\"/x//y\" };",
		      NULL, NULL);
	assert_int_equal(POSTERN_STEP_UNIT(step(&c, 0, "x")), 0);
	assert_int_equal(step(&c, POSTERN_STEP_NODE(step(&c, 0, "x")), ""), POSTERN_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_makes_its_target_a_program),
		cmocka_unit_test(a_file_stands_for_its_program_on_any_mount),
		cmocka_unit_test(another_file_does_not),
		cmocka_unit_test(a_user_has_all_its_names),
		cmocka_unit_test(groups_go_by_number_and_name),
		cmocka_unit_test(cgroup_paths_are_walked_step_by_step),
		cmocka_unit_test(a_path_in_between_has_no_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
