/* SPDX-License-Identifier: BSD-2-Clause */
/* Who follows the processes, and what is believed of those that nobody followed. */
#include "cm.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "actor.h"
#include "scratch.h"

#define SEND "send4 127.0.0.1 9"

static struct scratch s;
static char good[256], bad[256];

static void apply_good(void)
{
	char text[400];

	(void)snprintf(
		text, sizeof(text),
		"@id(\"one\") permit(principal in Program::\"%s\", action in Action::\"egress\","
		" resource);",
		good);
	(void)scratch_apply(&s, text, NULL, NULL);
}

/* Of a pinned enforcement that nobody has loaded. */
static void unfollow(const char *const *name, size_t n)
{
	char path[400];

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "%s/links/%s", s.pin, name[i]);
		assert_int_equal(unlink(path), 0);
	}
	/* the kernel lets go of a link some time after its last reference has gone */
	(void)usleep(300000);
}

static void execs_unfollow(void)
{
	static const char *const names[] = { "postern_exec", "postern_exec2" };

	unfollow(names, 2);
}

/* Whether the pinned map has a process of that number. */
static bool is_known(pid_t pid)
{
	struct postern_process_key key, *last = NULL;
	_cleanup_close_ int map = -1;
	char path[400];

	(void)snprintf(path, sizeof(path), "%s/maps/processes", s.pin);
	map = bpf_obj_get(path);
	assert_true(map >= 0);
	for (; bpf_map_get_next_key(map, last, &key) == 0; last = &key)
		if (key.tgid == (uint32_t)pid)
			return true;
	return false;
}

/* Who started while one of two followed is no stranger to who loads then. */
static void stays_known_when_loaded(void)
{
	struct postern_event e;
	char words[900];
	pid_t pid;

	(void)snprintf(words, sizeof(words), "touch %s/here wait %s/send " SEND, s.dir, s.dir);
	pid = scratch_spawn(&s, NULL, bad, words);
	scratch_await(&s, "here");
	scratch_load(&s);
	(void)scratch_denials(&s, NULL);
	scratch_touch(&s, "send");
	assert_int_equal(scratch_wait(pid), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_string_equal(e.exe, bad);
	assert_false(e.flags & POSTERN_P_PREEXISTING);
}

/* Exec, fork and exit are each seen twice: either is enough, where the kernel leaves out the other. */
static void one_of_two_follows(const char *const *without)
{
	char steps[400], words[900];
	pid_t pid;

	scratch_load(&s);
	apply_good();
	scratch_unload(&s);
	unfollow(without, 3);
	(void)snprintf(steps, sizeof(steps), "fork exec %s " SEND, good);
	assert_int_equal(scratch_run(&s, NULL, bad, steps), 0);
	(void)snprintf(steps, sizeof(steps), "fork exec %s " SEND, bad);
	assert_int_equal(scratch_run(&s, NULL, good, steps), EPERM);
	assert_int_equal(scratch_run(&s, NULL, good, "fork " SEND), 0);
	(void)snprintf(words, sizeof(words), "touch %s/ready wait %s/go", s.dir, s.dir);
	pid = scratch_spawn(&s, NULL, good, words);
	scratch_await(&s, "ready");
	assert_true(is_known(pid));
	scratch_touch(&s, "go");
	assert_int_equal(scratch_wait(pid), 0);
	assert_false(is_known(pid));
	stays_known_when_loaded();
}

static void the_first_alone_follows(void **state)
{
	static const char *const without[] = { "postern_exec2", "postern_fork2", "postern_exit2" };

	(void)state;
	one_of_two_follows(without);
}

static void the_second_alone_follows(void **state)
{
	static const char *const without[] = { "postern_exec", "postern_fork", "postern_exit" };

	(void)state;
	one_of_two_follows(without);
}

/* Processes that were not followed for a while are not believed: here one becomes another meanwhile. */
static void a_gap_in_following_forgets_who_was_known(void **state)
{
	char words[1200];
	struct postern_event e;
	pid_t pid;

	(void)state;
	(void)snprintf(words, sizeof(words),
		       "touch %s/ready wait %s/go exec %s touch %s/again wait %s/on " SEND, s.dir,
		       s.dir, bad, s.dir, s.dir);
	scratch_load(&s);
	apply_good();
	pid = scratch_spawn(&s, NULL, good, words);
	scratch_await(&s, "ready");
	scratch_unload(&s);
	execs_unfollow();
	scratch_touch(&s, "go");
	scratch_await(&s, "again");
	scratch_load(&s);
	(void)scratch_denials(&s, NULL);
	scratch_touch(&s, "on");
	assert_int_equal(scratch_wait(pid), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_string_equal(e.exe, bad);
	assert_true(e.flags & POSTERN_P_PREEXISTING);
}

/* Where an exec was missed, whoever executed is not taken for whom he was before. */
static void an_exec_that_nobody_saw_makes_nobody(void **state)
{
	char words[1200];
	pid_t pid;

	(void)state;
	scratch_load(&s);
	apply_good();
	(void)snprintf(words, sizeof(words), SEND " touch %s/ready wait %s/go exec %s " SEND, s.dir,
		       s.dir, bad);
	pid = scratch_spawn(&s, NULL, good, words);
	scratch_await(&s, "ready");
	scratch_unload(&s);
	execs_unfollow();
	scratch_touch(&s, "go");
	assert_int_equal(scratch_wait(pid), EPERM);
	scratch_load(&s);
	assert_true(loader_counter(s.loader, POSTERN_C_REASON + POSTERN_R_NO_PROCESS) > 0);
}

static int setup(void **state)
{
	(void)state;
	scratch_open(&s, "follow");
	scratch_program(&s, "good", good);
	scratch_program(&s, "bad", bad);
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
		TEST(the_first_alone_follows),
		TEST(the_second_alone_follows),
		TEST(a_gap_in_following_forgets_who_was_known),
		TEST(an_exec_that_nobody_saw_makes_nobody),
	};

	actor_take(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
