/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of programs against the object that is in this binary. */
#include "cm.h"

#include <errno.h>
#include <string.h>

#include "loader/object.h"
#include "postern.skel.h"

#define VISIBLE_MAX 15 /* what the kernel keeps of a name */

static struct postern_bpf *skel;

static void every_row_is_a_program(void **state)
{
	(void)state;
	for (size_t i = 0; i < PROGRAMS; i++) {
		struct bpf_program *p =
			bpf_object__find_program_by_name(skel->obj, programs[i].name);

		assert_non_null(p);
		assert_string_equal(bpf_program__section_name(p), programs[i].attach);
	}
}

static void every_program_is_a_row(void **state)
{
	struct bpf_program *p;
	size_t n = 0;

	(void)state;
	bpf_object__for_each_program(p, skel->obj) n++;
	assert_int_equal(n, PROGRAMS);
}

static void names_are_seen_whole(void **state)
{
	struct bpf_map *m;

	(void)state;
	for (size_t i = 0; i < PROGRAMS; i++)
		assert_true(strlen(programs[i].name) <= VISIBLE_MAX);
	bpf_object__for_each_map(m, skel->obj)
		assert_true(bpf_map__is_internal(m) || strlen(bpf_map__name(m)) <= VISIBLE_MAX);
}

/* A hook that is attached before processes are followed would judge what it does not know. */
static void followers_come_before_deciders(void **state)
{
	bool decided = false;

	(void)state;
	for (size_t i = 0; i < PROGRAMS; i++) {
		decided |= programs[i].kind == PROGRAM_DECIDES;
		assert_false(decided && programs[i].kind == PROGRAM_FOLLOWS);
	}
}

static int open_object(void **state)
{
	(void)state;
	skel = postern_bpf__open();
	return skel ? 0 : -1;
}

static int close_object(void **state)
{
	(void)state;
	postern_bpf__destroy(skel);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_a_program),
		cmocka_unit_test(every_program_is_a_row),
		cmocka_unit_test(names_are_seen_whole),
		cmocka_unit_test(followers_come_before_deciders),
	};

	return cmocka_run_group_tests(tests, open_object, close_object);
}
