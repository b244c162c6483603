/* SPDX-License-Identifier: BSD-2-Clause */
/* Ids: each number has one, and only those of this run are read back. */
#include "events/record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cm.h"

static void every_number_comes_back(void **state)
{
	static const uint64_t numbers[] = { 1,	  2,	31,   32,	  33,
					    1023, 1024, 4096, 1ull << 40, (1ull << 55) - 1 };
	struct event_ids ids;

	(void)state;
	event_ids_start(&ids);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		char id[EVENT_ID_SIZE];
		uint64_t back = 0;

		event_id(&ids, numbers[i], id);
		assert_int_equal(event_id_parse(&ids, id, &back), 0);
		assert_int_equal(back, numbers[i]);
	}
}

static void the_first_ids_are_short(void **state)
{
	struct event_ids ids = { "xyz" };
	char id[EVENT_ID_SIZE];

	(void)state;
	event_id(&ids, 1, id);
	assert_string_equal(id, "xyz1");
	event_id(&ids, 32, id);
	assert_string_equal(id, "xyz10");
}

static void other_texts_are_no_ids(void **state)
{
	static const char *const bad[] = {
		"",
		"x",
		"xyz",
		"xyy1",
		"XYZ1",
		"xyzu",
		"xyz1 ",
		" xyz1",
		"xyz-1",
		"xyzl",
		"xyz000000000001",
		"last",
		"1",
	};
	struct event_ids ids = { "xyz" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint64_t number = 77;

		assert_int_equal(event_id_parse(&ids, bad[i], &number), -EINVAL);
		assert_int_equal(number, 77);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_comes_back),
		cmocka_unit_test(the_first_ids_are_short),
		cmocka_unit_test(other_texts_are_no_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
