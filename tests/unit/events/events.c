/* SPDX-License-Identifier: BSD-2-Clause */
/* Kept decisions: the newest stay, the oldest go, and what never came is counted. */
#include "events/events.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#include "cm.h"

static const struct event_origin origin = { .policy = "p1", .bundle = "shop", .bundle_version = 7 };

static void add(struct events *e, uint32_t cpu, uint64_t sequence)
{
	struct postern_event record = { .cpu = cpu,
					.sequence = sequence,
					.boottime = clock_boot_ns() };

	assert_int_equal(events_add(e, &record, &origin), 0);
}

static void nothing_is_found_in_nothing(void **state)
{
	_cleanup_events_ struct events *e = NULL;

	(void)state;
	assert_int_equal(events_new(4, &e), 0);
	assert_int_equal(events_oldest(e), 0);
	assert_int_equal(events_newest(e), 0);
	assert_null(events_find(e, "last"));
	assert_null(events_at(e, 0));
	assert_null(events_at(e, 1));
}

static void an_event_is_found_by_its_id(void **state)
{
	_cleanup_events_ struct events *e = NULL;
	const struct event *first, *last;
	char id[16];

	(void)state;
	assert_int_equal(events_new(4, &e), 0);
	add(e, 0, 1);
	add(e, 0, 2);
	first = events_at(e, 1);
	strcpy(id, first->id);
	assert_ptr_equal(events_find(e, id), first);
	last = events_find(e, "last");
	assert_int_equal(last->number, 2);
	assert_string_equal(last->policy, "p1");
	assert_string_equal(last->bundle, "shop");
	assert_int_equal(last->bundle_version, 7);
	assert_null(last->advice);
	assert_string_equal(last->user, "root"); /* uid 0 */
	assert_string_not_equal(last->id, id);
}

static void a_remedy_is_kept_with_the_newest(void **state)
{
	_cleanup_events_ struct events *e = NULL;
	_cleanup_json_ json_t *first = NULL, *last = NULL;

	(void)state;
	assert_int_equal(events_new(4, &e), 0);
	add(e, 0, 1);
	add(e, 0, 2);
	assert_int_equal(events_set_remedy(e, "run postern logout"), 0);
	assert_int_equal(events_set_remedy(e, "run postern login"), 0);
	first = event_json(events_at(e, 1));
	last = event_json(events_find(e, "last"));
	assert_true(json_is_null(json_object_get(first, "remedy")));
	assert_string_equal(json_string_value(json_object_get(last, "remedy")),
			    "run postern login");
}

static void the_oldest_goes(void **state)
{
	_cleanup_events_ struct events *e = NULL;
	char id[16];

	(void)state;
	assert_int_equal(events_new(3, &e), 0);
	add(e, 0, 1);
	strcpy(id, events_at(e, 1)->id);
	for (uint64_t i = 2; i <= 10; i++)
		add(e, 0, i);
	assert_int_equal(events_oldest(e), 8);
	assert_int_equal(events_newest(e), 10);
	assert_null(events_find(e, id));
	assert_null(events_at(e, 7));
	assert_null(events_at(e, 11));
	assert_int_equal(events_at(e, 8)->raw.sequence, 8);
	assert_int_equal(events_lost(e), 0); /* too old is not lost: it was there to be read */
}

static void gaps_are_losses_of_their_cpu(void **state)
{
	_cleanup_events_ struct events *e = NULL;

	(void)state;
	assert_int_equal(events_new(4, &e), 0);
	add(e, 0, 500); /* what was before we came is not lost */
	add(e, 3, 1);
	add(e, 0, 501);
	assert_int_equal(events_lost(e), 0);
	add(e, 0, 504);
	assert_int_equal(events_lost(e), 2);
	add(e, 3, 2);
	assert_int_equal(events_lost(e), 2);
	add(e, 3, 4);
	assert_int_equal(events_lost(e), 3);
}

static void a_cpu_that_cannot_be_is_no_reason_to_die(void **state)
{
	_cleanup_events_ struct events *e = NULL;

	(void)state;
	assert_int_equal(events_new(4, &e), 0);
	add(e, 0xffffffffu, 1);
	add(e, 0xffffffffu, 9);
	assert_int_equal(events_newest(e), 2);
}

static void the_time_is_that_of_the_decision(void **state)
{
	_cleanup_events_ struct events *e = NULL;
	struct postern_event record = { .boottime = clock_boot_ns() - 5000000000ull };
	int64_t now = clock_real_ms();

	(void)state;
	assert_int_equal(events_new(1, &e), 0);
	assert_int_equal(events_add(e, &record, &origin), 0);
	assert_true(events_at(e, 1)->time_ms > now - 6000);
	assert_true(events_at(e, 1)->time_ms < now - 4000);
}

static void a_time_that_cannot_be_is_now(void **state)
{
	static const uint64_t never[] = { UINT64_MAX, 1ull << 63, UINT64_MAX / 2 };
	_cleanup_events_ struct events *e = NULL;
	int64_t now = clock_real_ms();

	(void)state;
	assert_int_equal(events_new(1, &e), 0);
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		struct postern_event record = { .boottime = never[i] };

		assert_int_equal(events_add(e, &record, &origin), 0);
		assert_true(events_at(e, i + 1)->time_ms >= now);
		assert_true(events_at(e, i + 1)->time_ms < now + 60000);
	}
}

static void no_room_at_all_still_keeps_one(void **state)
{
	_cleanup_events_ struct events *e = NULL;

	(void)state;
	assert_int_equal(events_new(0, &e), 0);
	add(e, 0, 1);
	add(e, 0, 2);
	assert_int_equal(events_oldest(e), 2);
	assert_int_equal(events_newest(e), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_found_in_nothing),
		cmocka_unit_test(an_event_is_found_by_its_id),
		cmocka_unit_test(a_remedy_is_kept_with_the_newest),
		cmocka_unit_test(the_oldest_goes),
		cmocka_unit_test(gaps_are_losses_of_their_cpu),
		cmocka_unit_test(a_cpu_that_cannot_be_is_no_reason_to_die),
		cmocka_unit_test(the_time_is_that_of_the_decision),
		cmocka_unit_test(a_time_that_cannot_be_is_now),
		cmocka_unit_test(no_room_at_all_still_keeps_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
