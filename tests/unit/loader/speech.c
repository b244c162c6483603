/* SPDX-License-Identifier: BSD-2-Clause */
/* libbpf's warnings are kept for one message, bounded, and never printed. */
#include "cm.h"

#include <string.h>

#include "loader/object.h"

/* A failing call of libbpf that says why. */
static void fail_once(void)
{
	static const char junk[64];

	assert_null(bpf_object__open_mem(junk, sizeof(junk), NULL));
}

static void the_cause_is_kept(void **state)
{
	const char *said;

	(void)state;
	speech_begin();
	fail_once();
	said = speech_end();
	assert_true(strlen(said) > 10);
	assert_int_not_equal(said[strlen(said) - 1], '\n');
}

static void nothing_is_kept_of_an_earlier_time(void **state)
{
	(void)state;
	speech_begin();
	fail_once();
	(void)speech_end();
	speech_begin();
	assert_string_equal(speech_end(), "");
}

static void much_is_cut_and_not_written_beyond(void **state)
{
	(void)state;
	speech_begin();
	for (int i = 0; i < 200; i++)
		fail_once();
	assert_true(strlen(speech_end()) < 1024);
}

static void what_is_said_outside_is_lost(void **state)
{
	(void)state;
	speech_begin();
	(void)speech_end();
	fail_once();
	assert_string_equal(speech_end(), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cause_is_kept),
		cmocka_unit_test(nothing_is_kept_of_an_earlier_time),
		cmocka_unit_test(much_is_cut_and_not_written_beyond),
		cmocka_unit_test(what_is_said_outside_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
