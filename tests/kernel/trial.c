/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An image on trial: at its deadline the kernel programs are back at what was before, by themselves. And
 * observing for a while, which ends by itself as well. No loader is open when either ends.
 */
#include "cm.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "actor.h"
#include "base/clock.h"
#include "compiled.h"
#include "scratch.h"

#define SEND "send4 127.0.0.1 9"
#define MS UINT64_C(1000000)
#define MARGIN (250 * MS)

static struct scratch s;
static char one[256], two[256];

static void policy_for(const char *program, char ret[1024])
{
	(void)snprintf(
		ret, 1024,
		"@id(\"p\") permit(principal in Program::\"%s\", action in Action::\"egress\", resource);",
		program);
}

static uint32_t apply_for(const char *program)
{
	char text[1024];

	policy_for(program, text);
	return scratch_apply(&s, text, NULL, NULL);
}

/* Puts a policy for that program on trial; its deadline. */
static uint64_t try_for(const char *program, unsigned ms, uint32_t fallback_id)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_compiled_ struct compiled c = { 0 };
	struct loader_trial trial = { .fallback_id = fallback_id };
	uint32_t slot;
	char text[1024];

	policy_for(program, text);
	compiled_make(&c, text, NULL, NULL);
	assert_int_equal(loader_stage(s.loader, c.image, &d, &slot), 0);
	trial.deadline = clock_boot_ns() + ms * MS;
	assert_int_equal(loader_force(s.loader, &trial, &d), 0);
	return trial.deadline;
}

static void sleep_until(uint64_t boot_ns)
{
	struct timespec at = { (time_t)(boot_ns / (1000 * MS)), (long)(boot_ns % (1000 * MS)) };

	while (clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
}

static struct loader_standing standing(void)
{
	struct loader_standing st;

	assert_int_equal(loader_standing(s.loader, &st), 0);
	return st;
}

static void the_one_before_is_back_at_the_deadline(void **state)
{
	struct loader_standing st;
	uint64_t deadline;
	uint32_t before;

	(void)state;
	scratch_load(&s);
	before = apply_for(one);
	deadline = try_for(two, 1500, before);
	scratch_unload(&s);
	assert_int_equal(scratch_run(&s, NULL, two, SEND), 0);
	assert_int_equal(scratch_run(&s, NULL, one, SEND), EPERM);
	assert_true(clock_boot_ns() < deadline);
	sleep_until(deadline);
	assert_int_equal(scratch_run(&s, NULL, two, SEND), EPERM);
	assert_int_equal(scratch_run(&s, NULL, one, SEND), 0);
	scratch_load(&s);
	st = standing();
	assert_int_equal(st.image_id, before);
	assert_int_equal(st.confirmed_id, before);
	assert_int_not_equal(st.tried_id, before);
	assert_int_equal(st.deadline, deadline);
	assert_int_equal(loader_confirm(s.loader, 0), -ETIME);
	assert_int_equal(loader_fall_back(s.loader), 0);
	assert_int_equal(standing().deadline, 0);
	assert_int_equal(scratch_run(&s, NULL, one, SEND), 0);
}

static void without_one_before_everything_is_let_through(void **state)
{
	uint64_t deadline;

	(void)state;
	scratch_load(&s);
	deadline = try_for(two, 1500, 0);
	scratch_unload(&s);
	assert_int_equal(scratch_run(&s, NULL, two, SEND), 0);
	assert_int_equal(scratch_run(&s, NULL, one, SEND), EPERM);
	sleep_until(deadline);
	assert_int_equal(scratch_run(&s, NULL, one, SEND), 0);
	scratch_load(&s);
	assert_true(standing().open);
	assert_int_equal(standing().image_id, 0);
	assert_true(scratch_has(&s, "postern_conn4"));
	assert_true(loader_counter(s.loader, POSTERN_C_WOULD_DENY) > 0);
	assert_int_equal(loader_fall_back(s.loader), 0);
	assert_false(scratch_has(&s, "postern_conn4"));
	assert_false(standing().open);
	assert_int_equal(scratch_run(&s, NULL, one, SEND), 0);
	/* and the next one is enforced again */
	(void)apply_for(two);
	assert_int_equal(scratch_run(&s, NULL, one, SEND), EPERM);
}

static void what_is_confirmed_stays(void **state)
{
	uint64_t deadline;

	(void)state;
	scratch_load(&s);
	deadline = try_for(two, 1500, apply_for(one));
	assert_int_equal(loader_confirm(s.loader, 3000 * MS), -ETIME);
	assert_int_equal(loader_confirm(s.loader, MARGIN), 0);
	assert_int_equal(standing().deadline, 0);
	assert_int_equal(loader_confirm(s.loader, 0), -ETIME);
	sleep_until(deadline);
	assert_int_equal(scratch_run(&s, NULL, two, SEND), 0);
	assert_int_equal(scratch_run(&s, NULL, one, SEND), EPERM);
}

static void a_trial_can_be_ended_early(void **state)
{
	(void)state;
	scratch_load(&s);
	(void)try_for(two, 60000, apply_for(one));
	assert_int_equal(loader_fall_back(s.loader), 0);
	assert_int_equal(scratch_run(&s, NULL, one, SEND), 0);
	assert_int_equal(scratch_run(&s, NULL, two, SEND), EPERM);
}

/* As many more images as there are slots: the one that is fallen back to is in none of those reused. */
static void the_slot_fallen_back_to_is_not_reused(void **state)
{
	uint32_t before;

	(void)state;
	scratch_load(&s);
	before = apply_for(one);
	for (int i = 0; i < 2 * POSTERN_SLOTS; i++)
		(void)try_for(two, 60000, before);
	assert_int_equal(standing().confirmed_id, before);
	assert_int_equal(loader_fall_back(s.loader), 0);
	assert_int_equal(scratch_run(&s, NULL, one, SEND), 0);
	assert_int_equal(scratch_run(&s, NULL, two, SEND), EPERM);
}

static void an_unknown_image_cannot_be_fallen_back_to(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_compiled_ struct compiled c = { 0 };
	struct loader_trial trial = { .deadline = clock_boot_ns() + 60000 * MS,
				      .fallback_id = 777 };
	uint32_t slot;
	char text[1024];

	(void)state;
	scratch_load(&s);
	(void)apply_for(one);
	policy_for(two, text);
	compiled_make(&c, text, NULL, NULL);
	assert_int_equal(loader_stage(s.loader, c.image, &d, &slot), 0);
	assert_int_equal(loader_force(s.loader, &trial, &d), -ENOENT);
	assert_int_equal(scratch_run(&s, NULL, one, SEND), 0);
}

static void observing_ends_by_itself(void **state)
{
	uint64_t until;

	(void)state;
	scratch_load(&s);
	(void)apply_for(one);
	assert_int_equal(scratch_run(&s, NULL, two, SEND), EPERM);
	until = clock_boot_ns() + 1500 * MS;
	assert_int_equal(loader_observe(s.loader, until), 0);
	scratch_unload(&s);
	assert_int_equal(scratch_run(&s, NULL, two, SEND), 0);
	assert_int_equal(scratch_run(&s, NULL, one, SEND), 0);
	assert_true(clock_boot_ns() < until);
	sleep_until(until);
	assert_int_equal(scratch_run(&s, NULL, two, SEND), EPERM);
	assert_int_equal(scratch_run(&s, NULL, one, SEND), 0);
	scratch_load(&s);
	assert_int_equal(standing().observe_until, 0);
}

/*
 * One process asks the same again: what the kernel side remembers of its own answers is of the mode, too, on both
 * sides of a window's beginning and of its end.
 */
static void the_same_question_has_each_modes_answer(void **state)
{
	char words[1024];
	uint64_t until;
	pid_t asks;

	(void)state;
	scratch_load(&s);
	(void)apply_for(one);
	(void)snprintf(words, sizeof(words),
		       "denied " SEND " denied " SEND " touch %s/asked wait %s/begun " SEND " " SEND
		       " touch %s/let wait %s/over denied " SEND " denied " SEND,
		       s.dir, s.dir, s.dir, s.dir);
	asks = scratch_spawn(&s, NULL, two, words);
	scratch_await(&s, "asked");
	until = clock_boot_ns() + 3000 * MS;
	assert_int_equal(loader_observe(s.loader, until), 0);
	scratch_touch(&s, "begun");
	scratch_await(&s, "let");
	sleep_until(until);
	scratch_touch(&s, "over");
	assert_int_equal(scratch_wait(asks), 0);
}

static void observing_outlasts_another_policy(void **state)
{
	(void)state;
	scratch_load(&s);
	(void)apply_for(one);
	assert_int_equal(loader_observe(s.loader, clock_boot_ns() + 60000 * MS), 0);
	(void)apply_for(two);
	assert_int_equal(scratch_run(&s, NULL, one, SEND), 0);
	assert_int_equal(loader_observe(s.loader, 0), 0);
	assert_int_equal(scratch_run(&s, NULL, one, SEND), EPERM);
	assert_int_equal(loader_release(s.loader), 0);
	assert_int_equal(loader_observe(s.loader, clock_boot_ns() + 60000 * MS), -ENOENT);
}

static int setup(void **state)
{
	(void)state;
	scratch_open(&s, "trial");
	scratch_program(&s, "one", one);
	scratch_program(&s, "two", two);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scratch_close(&s);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(the_one_before_is_back_at_the_deadline),
		TEST(without_one_before_everything_is_let_through),
		TEST(what_is_confirmed_stays),
		TEST(a_trial_can_be_ended_early),
		TEST(the_slot_fallen_back_to_is_not_reused),
		TEST(an_unknown_image_cannot_be_fallen_back_to),
		TEST(observing_ends_by_itself),
		TEST(the_same_question_has_each_modes_answer),
		TEST(observing_outlasts_another_policy),
	};

	actor_take(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
