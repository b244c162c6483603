/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of an enforcement: nothing before a policy, everything after it, also when its controller
 * has gone, comes back, or changes the policy while programs connect.
 */
#include "cm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "actor.h"
#include "scratch.h"

#define SEND "send4 127.0.0.1 9"

static struct scratch s;
static char good[256], bad[256];

static void apply_for(const char *program)
{
	char text[1024];

	(void)snprintf(
		text, sizeof(text),
		"@id(\"one\") permit(principal in Program::\"%s\", action in Action::\"egress\","
		" resource);",
		program);
	(void)scratch_apply(&s, text, NULL, NULL);
}

/* Hooks that are attached; of those that this kernel has, how many there are. */
static size_t attached(size_t *ret_all)
{
	struct loader_hook hooks[64];
	size_t n = loader_hooks(s.loader, hooks, 64), i, there = 0, all = 0;

	for (i = 0; i < n; i++) {
		there += hooks[i].attached;
		all += hooks[i].required || hooks[i].prog_id;
	}
	assert_true(all > 8 && n < 64);
	if (ret_all)
		*ret_all = all;
	return there;
}

static void all_is_attached(void)
{
	size_t all, there = attached(&all);

	assert_int_equal(there, all);
}

static void nothing_decides_before_a_policy(void **state)
{
	uint32_t id;
	struct image *image = NULL;

	(void)state;
	scratch_load(&s);
	assert_int_equal(attached(NULL), 6);
	assert_int_equal(loader_active(s.loader, &image, &id), -ENOENT);
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), 0);
	apply_for(good);
	all_is_attached();
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), EPERM);
}

static void a_broken_image_changes_nothing(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct postern_line lines[2] = { 0 };
	struct image broken = { .lines = lines, .n = 2 };
	uint32_t id = 77;

	(void)state;
	scratch_load(&s);
	apply_for(good);
	assert_int_equal(loader_apply(s.loader, &broken, &d, &id), -EBADMSG);
	assert_int_equal(id, 77);
	assert_int_equal(d.errors, 1);
	assert_int_equal(scratch_run(&s, NULL, good, SEND), 0);
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), EPERM);
}

static void what_is_pinned_enforces_alone(void **state)
{
	(void)state;
	scratch_load(&s);
	apply_for(good);
	scratch_unload(&s);
	assert_int_equal(scratch_run(&s, NULL, good, SEND), 0);
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), EPERM);
	scratch_load(&s);
	all_is_attached();
	assert_int_equal(scratch_run(&s, NULL, good, SEND), 0);
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), EPERM);
}

static void names_are_known_after_a_restart(void **state)
{
	struct postern_event e;
	char name[POSTERN_POLICY_ID_MAX + 1];
	_cleanup_image_ struct image *image = NULL;
	uint32_t id;

	(void)state;
	scratch_load(&s);
	(void)scratch_apply(&s, "@id(\"nobody-sends\") forbid(principal, action, resource);", NULL,
			    NULL);
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), EPERM);
	scratch_unload(&s);
	scratch_load(&s);
	assert_int_equal(scratch_denials(&s, &e), 1);
	loader_policy_name(s.loader, e.image_id, e.policy, name, sizeof(name));
	assert_string_equal(name, "nobody-sends");
	loader_policy_name(s.loader, e.image_id + 1, e.policy, name, sizeof(name));
	assert_string_equal(name, "");
	assert_int_equal(loader_active(s.loader, &image, &id), 0);
	assert_int_equal(id, e.image_id);
}

/* Does that again and again until enough() is said, and each time must go as the first. */
static pid_t keep_at(const char *program, const char *steps)
{
	char words[700];

	(void)snprintf(words, sizeof(words), "loop %s/enough %s", s.dir, steps);
	return scratch_spawn(&s, NULL, program, words);
}

static void enough(void)
{
	scratch_touch(&s, "enough");
}

/* Not one wrong verdict while loaders come and go under running connects. */
static void adoption_has_no_gap(void **state)
{
	pid_t may, may_not;

	(void)state;
	scratch_load(&s);
	apply_for(good);
	may = keep_at(good, SEND);
	may_not = keep_at(bad, SEND);
	for (int i = 0; i < 4; i++) {
		scratch_unload(&s);
		scratch_load(&s);
	}
	enough();
	assert_int_equal(scratch_wait(may), 0);
	assert_int_equal(scratch_wait(may_not), EPERM);
	assert_int_equal(loader_counter(s.loader, POSTERN_C_REASON + POSTERN_R_NO_IMAGE), 0);
	assert_int_equal(loader_counter(s.loader, POSTERN_C_REASON + POSTERN_R_NO_PROCESS), 0);
}

static void forks_and_execs_are_followed_through_adoption(void **state)
{
	char steps[400];
	pid_t may, may_not;

	(void)state;
	scratch_load(&s);
	apply_for(good);
	(void)snprintf(steps, sizeof(steps), "fork exec %s " SEND, good);
	may = keep_at(bad, steps);
	(void)snprintf(steps, sizeof(steps), "fork exec %s " SEND, bad);
	may_not = keep_at(good, steps);
	for (int i = 0; i < 3; i++) {
		scratch_unload(&s);
		scratch_load(&s);
	}
	enough();
	assert_int_equal(scratch_wait(may), 0);
	assert_int_equal(scratch_wait(may_not), EPERM);
}

/* Each verdict is one policy's or the other's; both allow `good`, neither `bad`, by other policies. */
static void a_change_under_load_mixes_nothing(void **state)
{
	pid_t may, may_not;
	char all[1024];

	(void)state;
	(void)snprintf(all, sizeof(all),
		       "@id(\"all\") permit(principal, action in Action::\"egress\", resource);"
		       "@id(\"not-bad\") forbid(principal in Program::\"%s\", action, resource);",
		       bad);
	scratch_load(&s);
	apply_for(good);
	may = keep_at(good, SEND);
	may_not = keep_at(bad, SEND);
	for (int i = 0; i < 40; i++) {
		(void)scratch_apply(&s, all, NULL, NULL);
		apply_for(good);
	}
	enough();
	assert_int_equal(scratch_wait(may), 0);
	assert_int_equal(scratch_wait(may_not), EPERM);
	assert_int_equal(loader_counter(s.loader, POSTERN_C_REASON + POSTERN_R_IMAGE_BROKEN), 0);
	assert_int_equal(loader_counter(s.loader, POSTERN_C_REASON + POSTERN_R_NO_IMAGE), 0);
}

static void older_processes_are_latched_and_marked(void **state)
{
	char words[600], exe[POSTERN_PATH_MAX], parent[POSTERN_PATH_MAX];
	struct postern_process p;
	struct postern_event e;
	pid_t older;

	(void)state;
	(void)snprintf(words, sizeof(words), "touch %s/ready wait %s/go " SEND, s.dir, s.dir);
	older = scratch_spawn(&s, NULL, good, words);
	scratch_await(&s, "ready");
	scratch_load(&s);
	(void)scratch_apply(
		&s,
		"@id(\"old\") forbid(principal, action, resource) when "
		"{ principal.preexisting };"
		"@id(\"all\") permit(principal, action in Action::\"egress\", resource);",
		NULL, NULL);
	assert_int_equal(scratch_run(&s, NULL, good, SEND), 0);
	scratch_touch(&s, "go");
	assert_int_equal(scratch_wait(older), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_true(e.flags & POSTERN_P_PREEXISTING);
	assert_string_equal(e.exe, good);
	assert_true(e.parent_len > 0);
	/* it has ended: nothing is kept of it */
	assert_int_equal(loader_process(s.loader, &e.process, &p, exe, parent), -ENOENT);
}

static void pins_of_other_sizes_are_refused(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct loader_config other = s.cfg;
	struct loader *l = NULL;

	(void)state;
	scratch_load(&s);
	apply_for(good);
	scratch_unload(&s);
	other = s.cfg;
	other.process_max = 100;
	assert_int_equal(loader_open(&other, &d, &l), -ESTALE);
	assert_null(l);
	assert_int_equal(d.errors, 1);
	assert_non_null(d.items[0].hint);
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), EPERM);
}

static void detaching_removes_everything(void **state)
{
	char path[400];

	(void)state;
	scratch_load(&s);
	apply_for(good);
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), EPERM);
	scratch_unload(&s);
	assert_int_equal(loader_detach(&s.cfg), 0);
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), 0);
	(void)snprintf(path, sizeof(path), "%s/maps", s.pin);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(loader_detach(&s.cfg), 0);
}

static void a_cgroup_that_is_none_is_refused(void **state)
{
	static const char *const none[] = { "/tmp", "/nonexistent" };
	struct loader_config cfg = s.cfg;
	struct loader *l = NULL;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		_cleanup_diags_ struct diags d = DIAGS_INIT;

		cfg = s.cfg;
		cfg.cgroup = none[i];
		assert_true(loader_open(&cfg, &d, &l) < 0);
		assert_null(l);
		assert_int_equal(d.errors, 1);
	}
}

static int setup(void **state)
{
	(void)state;
	scratch_open(&s, "life");
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
		TEST(nothing_decides_before_a_policy),
		TEST(a_broken_image_changes_nothing),
		TEST(what_is_pinned_enforces_alone),
		TEST(names_are_known_after_a_restart),
		TEST(adoption_has_no_gap),
		TEST(forks_and_execs_are_followed_through_adoption),
		TEST(a_change_under_load_mixes_nothing),
		TEST(older_processes_are_latched_and_marked),
		TEST(pins_of_other_sizes_are_refused),
		TEST(detaching_removes_everything),
		TEST(a_cgroup_that_is_none_is_refused),
	};

	actor_take(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
