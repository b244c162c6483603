/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Units: the first part of a cgroup's path that is no slice, the slices above it, and deeper cgroups
 * by their whole path only.
 */
#include "cm.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "actor.h"
#include "base/buf.h"
#include "scratch.h"

#define SEND "send4 127.0.0.1 9"

static struct scratch s;
static char program[256];

/* Only processes of that unit may send. */
static void only(const char *unit)
{
	char text[1024];

	(void)snprintf(
		text, sizeof(text),
		"@id(\"unit\") permit(principal in Unit::\"%s\", action in Action::\"egress\","
		" resource);",
		unit);
	(void)scratch_apply(&s, text, NULL, NULL);
	(void)scratch_denials(&s, NULL);
}

static int run(const char *below)
{
	return scratch_run(&s, below, program, SEND);
}

static void the_first_part_that_is_no_slice_is_the_unit(void **state)
{
	struct postern_event e;

	(void)state;
	only("postern-test-unit");
	assert_int_equal(run(NULL), 0);
	assert_int_equal(run("child.service"), 0);
	only("another");
	assert_int_equal(run(NULL), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_string_equal(e.unit, "postern-test-unit");
}

/* Whoever owns a cgroup may call its children what he likes. */
static void a_deeper_cgroup_is_nothing_by_its_name(void **state)
{
	(void)state;
	only("nginx.service");
	assert_int_equal(run("nginx.service"), EPERM);
	only("nginx.slice");
	assert_int_equal(run("nginx.slice"), EPERM);
}

static void a_deeper_cgroup_is_known_by_its_path(void **state)
{
	(void)state;
	only("/postern-test-unit/nginx.service");
	assert_int_equal(run("nginx.service"), 0);
	assert_int_equal(run("nginx.servicf"), EPERM);
	assert_int_equal(run("nginx.service2"), EPERM);
	assert_int_equal(run(NULL), EPERM);
	only("/nginx.service");
	assert_int_equal(run("nginx.service"), EPERM);
}

/* A process that moves is somewhere else from then on. */
static void another_cgroup_is_asked_for_anew(void **state)
{
	(void)state;
	only("/postern-test-unit/a");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(run("a"), 0);
		assert_int_equal(run("b"), EPERM);
	}
	only("/postern-test-unit/b");
	assert_int_equal(run("a"), EPERM);
	assert_int_equal(run("b"), 0);
}

static void move(pid_t pid, const char *below)
{
	char path[512], text[16];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%.255s/%.100s/cgroup.procs", s.cgroup, below);
	f = fopen(path, "we");
	assert_non_null(f);
	(void)snprintf(text, sizeof(text), "%d", (int)pid);
	assert_true(fputs(text, f) >= 0 && fclose(f) == 0);
}

static pid_t start(const char *below, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static pid_t start(const char *below, const char *fmt, ...)
{
	char words[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	return scratch_spawn(&s, below, program, words);
}

/* Whoever opened it may be elsewhere by now; whoever used it from elsewhere is not known under another bundle. */
static void a_socket_stays_where_it_was_opened(void **state)
{
	struct postern_event e;
	pid_t pid;

	(void)state;
	(void)run("b"); /* makes it */
	only("/postern-test-unit/a");
	pid = start("a", "hold 2 2 0 to 127.0.0.1 9 touch %s/there wait %s/go put", s.dir, s.dir);
	scratch_await(&s, "there");
	move(pid, "b");
	only("/postern-test-unit/a");
	scratch_touch(&s, "go");
	assert_int_equal(scratch_wait(pid), 0);
	assert_int_equal(scratch_denials(&s, NULL), 0);
	only("postern-test-unit");
	pid = start("a",
		    "hold 2 2 0 touch %s/made wait %s/moved to 127.0.0.1 9 touch %s/used wait %s/on"
		    " denied put to 127.0.0.1 9 put",
		    s.dir, s.dir, s.dir, s.dir);
	scratch_await(&s, "made");
	move(pid, "b");
	scratch_touch(&s, "moved");
	scratch_await(&s, "used");
	only("postern-test-unit");
	scratch_touch(&s, "on");
	assert_int_equal(scratch_wait(pid), 0);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.reason, POSTERN_R_NO_CGROUP);
	assert_int_equal(e.party, POSTERN_USER);
}

static void a_cgroup_too_deep_locks_down(void **state)
{
	char below[256] = "deep", path[600];
	struct postern_event e;
	int i;

	(void)state;
	only("postern-test-unit");
	for (i = 0; i < POSTERN_CGROUP_DEPTH_MAX; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", s.cgroup, below);
		(void)mkdir(path, 0755);
		(void)strcat(below, "/d");
	}
	assert_int_equal(run(below), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.reason, POSTERN_R_CGROUP_TOO_DEEP);
}

static void a_long_name_is_compared_whole(void **state)
{
	char name[251], path[400];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	(void)snprintf(path, sizeof(path), "/postern-test-unit/%.199s", name);
	only(path);
	name[199] = '\0';
	assert_int_equal(run(name), 0);
	name[198] = 'm';
	assert_int_equal(run(name), EPERM);
	name[198] = '\0';
	assert_int_equal(run(name), EPERM);
}

/* A thousand policies on one end, and each of them is found. */
static void a_thousand_units_can_be_named(void **state)
{
	static const int some[] = { 0, 1, 255, 256, 511, 998, 999 };
	_cleanup_buf_ struct buf policies = BUF_INIT;
	char name[16];

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_printf(&policies,
			   "@id(\"u%d\") permit(principal in Unit::\"/postern-test-unit/u%d\", "
			   "action in Action::\"egress\", resource);",
			   i, i);
	assert_int_equal(buf_error(&policies), 0);
	(void)scratch_apply(&s, policies.data, NULL, NULL);
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		(void)snprintf(name, sizeof(name), "u%d", some[i]);
		assert_int_equal(run(name), 0);
	}
	assert_int_equal(run("u1000"), EPERM);
	assert_int_equal(run("u"), EPERM);
	(void)scratch_denials(&s, NULL);
}

/* One inside the other, all of them named: as many as can be kept count, and with one more nobody can tell. */
static void too_many_named_units_around_lock_down(void **state)
{
	_cleanup_buf_ struct buf policies = BUF_INIT;
	char below[256] = "x", path[600];
	struct postern_event e;

	(void)state;
	buf_puts(&policies, "@id(\"all\") permit(principal, action in Action::\"egress\", "
			    "resource) when { principal in Unit::\"postern-test-unit\"");
	for (int i = 1; i <= POSTERN_UNITS_NESTED_MAX; i++) {
		buf_printf(&policies, " || principal in Unit::\"/postern-test-unit/%s\"", below);
		(void)snprintf(path, sizeof(path), "%s/%s", s.cgroup, below);
		(void)mkdir(path, 0755);
		(void)strcat(below, "/x");
	}
	buf_puts(&policies, " };");
	assert_int_equal(buf_error(&policies), 0);
	(void)scratch_apply(&s, policies.data, NULL, NULL);
	below[2 * (POSTERN_UNITS_NESTED_MAX - 1) - 1] = '\0';
	assert_int_equal(run(below), 0);
	(void)strcat(below, "/x");
	assert_int_equal(run(below), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.reason, POSTERN_R_CGROUP_TOO_DEEP);
}

static int setup(void **state)
{
	(void)state;
	scratch_open(&s, "unit");
	scratch_program(&s, "program", program);
	scratch_load(&s);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scratch_close(&s);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_part_that_is_no_slice_is_the_unit),
		cmocka_unit_test(a_deeper_cgroup_is_nothing_by_its_name),
		cmocka_unit_test(a_deeper_cgroup_is_known_by_its_path),
		cmocka_unit_test(another_cgroup_is_asked_for_anew),
		cmocka_unit_test(a_socket_stays_where_it_was_opened),
		cmocka_unit_test(a_cgroup_too_deep_locks_down),
		cmocka_unit_test(a_long_name_is_compared_whole),
		cmocka_unit_test(a_thousand_units_can_be_named),
		cmocka_unit_test(too_many_named_units_around_lock_down),
	};

	actor_take(argc, argv);
	return cmocka_run_group_tests(tests, setup, teardown);
}
