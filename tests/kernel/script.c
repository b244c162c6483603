/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The script that an interpreter was started for by `#!`: a plain path on the host, or nothing. The test
 * program is the interpreter.
 */
#include "cm.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "actor.h"
#include "scratch.h"

#define SEND "send4 127.0.0.1 9"

static struct scratch s;
static char interpreter[256], script[256];

static void make_script(const char *path)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	(void)fprintf(f, "#!%s --actor\n", interpreter);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0755), 0);
}

static void only_script(const char *path)
{
	char text[2048];

	(void)snprintf(text, sizeof(text),
		       "@id(\"script\") permit(principal in Program::\"%s\","
		       " action in Action::\"egress\", resource)"
		       " when { principal.script == \"%s\" && principal in User::\"#0\" };",
		       interpreter, path);
	(void)scratch_apply(&s, text, NULL, NULL);
	(void)scratch_denials(&s, NULL);
}

static int run(const char *program, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int run(const char *program, const char *fmt, ...)
{
	char words[1024];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	return scratch_run(&s, NULL, program, words);
}

static struct postern_event denied(void)
{
	struct postern_event e;

	assert_int_equal(scratch_denials(&s, &e), 1);
	return e;
}

static void what_an_interpreter_is_started_for_is_the_script(void **state)
{
	struct postern_event e;

	(void)state;
	only_script(script);
	assert_int_equal(run(script, SEND), 0);
	only_script("/another");
	assert_int_equal(run(script, SEND), EPERM);
	e = denied();
	assert_string_equal(e.script, script);
	assert_string_equal(e.exe, interpreter);
}

static void it_stays_over_fork_and_ends_with_exec(void **state)
{
	(void)state;
	only_script(script);
	assert_int_equal(run(script, "fork fork " SEND), 0);
	assert_int_equal(run(script, "exec %s " SEND, interpreter), EPERM);
	assert_string_equal(denied().script, "");
	assert_int_equal(run(script, "fork exec %s exec %s " SEND, interpreter, script), 0);
}

/* Started by hand, an interpreter says nothing of what it runs. */
static void an_argument_is_no_script(void **state)
{
	(void)state;
	only_script(script);
	assert_int_equal(run(interpreter, "%s " SEND, script), EPERM);
	assert_string_equal(denied().script, "");
}

static void a_path_with_detours_is_no_script(void **state)
{
	static const char *const detours[] = {
		"%s/./script",
		"%s//script",
		"%s/../postern-test-script/script",
		"/proc/self/root%s/script",
		"//%s/script",
		"/..%s/script",
	};
	char path[600];

	(void)state;
	only_script(script);
	for (size_t i = 0; i < sizeof(detours) / sizeof(detours[0]); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		(void)snprintf(path, sizeof(path), detours[i], s.dir);
#pragma GCC diagnostic pop
		assert_int_equal(run(interpreter, "exec %s " SEND, path), EPERM);
		assert_string_equal(denied().script, "");
	}
	assert_int_equal(run(interpreter, "cd %s exec script " SEND, s.dir), EPERM);
	assert_string_equal(denied().script, "");
	assert_int_equal(run(interpreter, "fd %s " SEND, script), EPERM);
	assert_string_equal(denied().script, "");
}

/* Dots are part of a name; only names of nothing but one or two are something else. */
static void dots_in_a_name_are_no_detour(void **state)
{
	char path[256];

	(void)state;
	(void)snprintf(path, sizeof(path), "%.100s/.../..x.", s.dir);
	path[strlen(path) - 5] = '\0';
	assert_int_equal(mkdir(path, 0755), 0);
	path[strlen(path)] = '/';
	make_script(path);
	only_script(path);
	assert_int_equal(run(path, SEND), 0);
}

static void mounts_and_roots_of_ones_own_forge_no_script(void **state)
{
	char other[256], root[256];

	(void)state;
	(void)snprintf(other, sizeof(other), "%.100s/other", s.dir);
	make_script(other);
	only_script(script);
	assert_int_equal(
		run(interpreter, "unshare bind %s %s exec %s " SEND, other, script, script), EPERM);
	assert_string_equal(denied().script, "");
	(void)snprintf(root, sizeof(root), "%.100s/root", s.dir);
	assert_int_equal(mkdir(root, 0755), 0);
	assert_int_equal(mount("/", root, NULL, MS_BIND, NULL), 0);
	(void)snprintf(other, sizeof(other), "%.100s%.100s", root, script);
	/* the same tree, and yet somebody chose it; what is mounted in it is not there */
	if (access(other, X_OK) == 0) {
		assert_int_equal(run(interpreter, "chroot %s exec %s " SEND, root, script), EPERM);
		assert_string_equal(denied().script, "");
	}
	assert_int_equal(umount2(root, MNT_DETACH), 0);
	(void)rmdir(root);
	assert_int_equal(run(script, SEND), 0);
}

static void a_user_namespace_has_no_scripts(void **state)
{
	(void)state;
	only_script(script);
	assert_int_equal(run(interpreter, "userns exec %s " SEND, script), EPERM);
	assert_string_equal(denied().script, "");
}

static void a_long_path_is_kept_whole(void **state)
{
	char deep[1024], path[1300];
	size_t n = (size_t)snprintf(deep, sizeof(deep), "%s", s.dir);

	(void)state;
	for (int i = 0; i < 6; i++) {
		n += (size_t)snprintf(deep + n, sizeof(deep) - n, "/%0*d", 100, i);
		assert_int_equal(mkdir(deep, 0755), 0);
	}
	(void)snprintf(path, sizeof(path), "%s/script", deep);
	make_script(path);
	only_script(path);
	assert_int_equal(run(path, SEND), 0);
	assert_int_equal(run(path, "fork " SEND), 0);
	only_script(script);
	assert_int_equal(run(path, SEND), EPERM);
}

static int setup(void **state)
{
	(void)state;
	scratch_open(&s, "script");
	scratch_program(&s, "interpreter", interpreter);
	(void)snprintf(script, sizeof(script), "%.100s/script", s.dir);
	make_script(script);
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
		cmocka_unit_test(what_an_interpreter_is_started_for_is_the_script),
		cmocka_unit_test(it_stays_over_fork_and_ends_with_exec),
		cmocka_unit_test(an_argument_is_no_script),
		cmocka_unit_test(a_path_with_detours_is_no_script),
		cmocka_unit_test(dots_in_a_name_are_no_detour),
		cmocka_unit_test(mounts_and_roots_of_ones_own_forge_no_script),
		cmocka_unit_test(a_user_namespace_has_no_scripts),
		cmocka_unit_test(a_long_path_is_kept_whole),
	};

	actor_take(argc, argv);
	return cmocka_run_group_tests(tests, setup, teardown);
}
