/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who a process is to the hooks: its program as it was at exec, the account and groups of the moment.
 * What somebody would do to be taken for another is done here.
 */
#include "cm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "actor.h"
#include "scratch.h"

#define SEND "send4 127.0.0.1 9"
#define PERMIT(id, who) "@id(\"" id "\") permit(" who ", action in Action::\"egress\", resource);\n"

static struct scratch s;
static char good[256], bad[256];

static void policy(const struct binding *binding, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void policy(const struct binding *binding, const char *fmt, ...)
{
	char text[2048];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	(void)scratch_apply(&s, text, NULL, binding);
	(void)scratch_denials(&s, NULL);
}

static void only_good(const struct binding *binding)
{
	policy(binding, PERMIT("good", "principal in Program::\"%s\""), good);
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

static void a_grant_is_not_inherited_through_exec(void **state)
{
	(void)state;
	only_good(NULL);
	assert_int_equal(run(good, "exec %s " SEND, bad), EPERM);
	assert_string_equal(denied().exe, bad);
	assert_int_equal(run(good, "fork exec %s " SEND, bad), EPERM);
	assert_int_equal(run(bad, "exec %s " SEND, good), 0);
}

static void a_fork_is_the_same_program(void **state)
{
	(void)state;
	only_good(NULL);
	assert_int_equal(run(good, "fork fork " SEND), 0);
	assert_int_equal(run(bad, "fork fork " SEND), EPERM);
	assert_string_equal(denied().exe, bad);
}

static void the_parent_is_who_was_it_at_exec(void **state)
{
	(void)state;
	policy(NULL,
	       PERMIT("child", "principal") "@id(\"of-bad\") forbid(principal, action, resource)"
					    " when { principal.parent == \"%s\" };",
	       bad);
	assert_int_equal(run(good, "fork exec %s " SEND, good), 0);
	assert_int_equal(run(bad, "fork exec %s " SEND, good), EPERM);
	assert_string_equal(denied().parent, bad);
}

static void the_user_of_the_moment_counts(void **state)
{
	(void)state;
	policy(NULL, PERMIT("nobody", "principal in User::\"#65534\""));
	assert_int_equal(run(good, SEND), EPERM);
	assert_int_equal(denied().uid, 0);
	assert_int_equal(run(good, "uid 65534 " SEND), 0);
	assert_int_equal(run(good, "thread-uid 65534 " SEND), 0);
	policy(NULL, PERMIT("root", "principal in User::\"#0\""));
	assert_int_equal(run(good, "uid 65534 " SEND), EPERM);
	assert_int_equal(denied().uid, 65534);
}

/* What runs is what it became, whoever started it. */
static void a_setuid_program_is_the_user_it_becomes(void **state)
{
	char suid[256];

	(void)state;
	scratch_program(&s, "suid", suid);
	assert_int_equal(chmod(suid, 04755), 0);
	policy(NULL, PERMIT("root", "principal in User::\"#0\""));
	assert_int_equal(run(good, "uid 65534 exec %s " SEND, good), EPERM);
	assert_int_equal(denied().uid, 65534);
	assert_int_equal(run(good, "uid 65534 exec %s " SEND, suid), 0);
}

static void root_of_a_user_namespace_is_who_he_is_outside(void **state)
{
	(void)state;
	policy(NULL, PERMIT("root", "principal in User::\"#0\""));
	assert_int_equal(run(good, "uid 65534 userns " SEND), EPERM);
	assert_int_equal(denied().uid, 65534);
}

static void gid_is_the_effective_one(void **state)
{
	(void)state;
	policy(NULL, PERMIT("gid", "principal") "@id(\"not\") forbid(principal, action, resource)"
						" when { principal.gid != 70000 };");
	assert_int_equal(run(good, "gid 70000 " SEND), 0);
	assert_int_equal(run(good, "group 70000 " SEND), EPERM);
	assert_int_equal(denied().gid, 0);
}

static void groups_of_the_moment_count(void **state)
{
	(void)state;
	policy(NULL, PERMIT("team", "principal in Group::\"#70000\""));
	assert_int_equal(run(good, SEND), EPERM);
	assert_int_equal(run(good, "group 70000 " SEND), 0);
	assert_int_equal(run(good, "gid 70000 " SEND), 0);
	assert_int_equal(run(good, "groups 63 " SEND), 0);
	assert_int_equal(run(good, "group 70001 " SEND), EPERM);
	assert_int_equal(run(good, "group 70000 groups 0 " SEND), EPERM);
}

/* Only where a group decides: a bundle that names none does not read them. */
static void too_many_groups_lock_down(void **state)
{
	(void)state;
	policy(NULL, PERMIT("team", "principal in Group::\"#70000\""));
	assert_int_equal(run(good, "groups 64 " SEND), EPERM);
	assert_int_equal(denied().reason, POSTERN_R_TOO_MANY_GROUPS);
	policy(NULL, PERMIT("all", "principal"));
	assert_int_equal(run(good, "groups 64 " SEND), 0);
}

/* What a flow that has begun comes to when the same words come into force again, for an opener in n groups. */
static int after_another_bundle(int n)
{
	char words[400], name[16];
	pid_t pid;

	policy(NULL, PERMIT("team", "principal in Group::\"#70000\""));
	(void)snprintf(words, sizeof(words),
		       "groups %d hold 2 2 0 to 127.0.0.1 9 touch %s/there%d wait %s/go%d put", n,
		       s.dir, n, s.dir, n);
	pid = scratch_spawn(&s, NULL, good, words);
	(void)snprintf(name, sizeof(name), "there%d", n);
	scratch_await(&s, name);
	policy(NULL, PERMIT("team", "principal in Group::\"#70000\""));
	(void)snprintf(name, sizeof(name), "go%d", n);
	scratch_touch(&s, name);
	return scratch_wait(pid);
}

static void more_groups_than_a_socket_keeps_lock_down(void **state)
{
	(void)state;
	assert_int_equal(after_another_bundle(POSTERN_PARTY_GROUPS), 0);
	assert_int_equal(after_another_bundle(POSTERN_PARTY_GROUPS + 1), EPERM);
	assert_int_equal(denied().reason, POSTERN_R_TOO_MANY_GROUPS);
}

static void a_mount_of_ones_own_forges_no_path(void **state)
{
	struct postern_event e;

	(void)state;
	only_good(NULL);
	assert_int_equal(run(bad, "unshare bind %s %s exec %s " SEND, bad, good, good), EPERM);
	e = denied();
	assert_true(e.flags & POSTERN_P_FOREIGN);
	assert_memory_equal(e.exe, "container:", 10);
	assert_string_equal(e.exe + 10, good);
}

/* -1 where the file system does not tell generations: then no file can be known again. */
static int file_key(const char *path, struct postern_file_key *ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), generation = 0, r;
	struct stat st;

	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	r = ioctl(fd, FS_IOC_GETVERSION, &generation);
	(void)close(fd);
	memset(ret, 0, sizeof(*ret));
	ret->dev = (uint64_t)major(st.st_dev) << 20 | minor(st.st_dev);
	ret->ino = st.st_ino;
	ret->generation = (uint32_t)generation;
	return r;
}

/* A service with private mounts runs the very file that the policy names. */
static void the_same_file_on_a_private_mount_is_the_program(void **state)
{
	struct text name = { good, strlen(good) };
	struct binding_file file = { .programs = &name, .n_programs = 1 };
	struct binding binding = { .files = &file, .n_files = 1 };
	int expect = file_key(good, &file.file) == 0 ? 0 : EPERM;

	(void)state;
	only_good(&binding);
	assert_int_equal(run(good, "unshare exec %s " SEND, good), expect);
	(void)scratch_denials(&s, NULL);
	assert_int_equal(run(bad, "unshare exec %s " SEND, bad), EPERM);
	(void)denied();
	assert_int_equal(run(bad, "unshare bind %s %s exec %s " SEND, bad, good, good), EPERM);
	only_good(NULL);
	assert_int_equal(run(good, "unshare exec %s " SEND, good), EPERM);
}

/* `like` is about texts, and the text says where the file is. */
static void a_pattern_matches_no_private_mount(void **state)
{
	char pattern[512];
	struct text name = { good, strlen(good) };
	struct binding_file file = { .programs = &name, .n_programs = 1 };
	struct binding binding = { .files = &file, .n_files = 1 };

	(void)state;
	(void)file_key(good, &file.file);
	(void)snprintf(pattern, sizeof(pattern),
		       "@id(\"like\") permit(principal, action in Action::\"egress\", resource)"
		       " when { principal.exe like \"%s/*\" };",
		       s.dir);
	policy(&binding, "%s", pattern);
	assert_int_equal(run(good, SEND), 0);
	assert_int_equal(run(good, "unshare exec %s " SEND, good), EPERM);
}

static void what_has_no_name_is_told_so(void **state)
{
	struct postern_event e;
	char copy[256];

	(void)state;
	only_good(NULL);
	assert_int_equal(run(good, "memfd %s " SEND, good), EPERM);
	e = denied();
	assert_true(e.flags & POSTERN_P_MEMFD);
	assert_string_equal(e.exe, "memfd:copy");
	scratch_program(&s, "copy", copy);
	assert_int_equal(run(good, "deleted %s " SEND, copy), EPERM);
	e = denied();
	assert_true(e.flags & POSTERN_P_DELETED);
	assert_memory_equal(e.exe, "deleted:", 8);
	assert_string_equal(e.exe + 8, copy);
}

/* The loader that was asked to run a program is the program: whatever it loads came later. */
static void a_program_started_through_the_loader_is_the_loader(void **state)
{
	struct postern_event e;

	(void)state;
	only_good(NULL);
	assert_int_equal(run(good, "ld %s " SEND, good), EPERM);
	e = denied();
	assert_non_null(strstr(e.exe, "/ld-linux"));
}

/* Removing or replacing the file afterwards changes nothing: the identity is that of the exec. */
static void the_program_is_who_it_was_at_exec(void **state)
{
	char copy[256], words[800];
	pid_t pid;

	(void)state;
	scratch_program(&s, "copy", copy);
	policy(NULL, PERMIT("copy", "principal in Program::\"%s\""), copy);
	(void)snprintf(words, sizeof(words), "touch %s/ready wait %s/go " SEND, s.dir, s.dir);
	pid = scratch_spawn(&s, NULL, copy, words);
	scratch_await(&s, "ready");
	assert_int_equal(rename(bad, copy), 0);
	scratch_touch(&s, "go");
	assert_int_equal(scratch_wait(pid), 0);
	scratch_program(&s, "bad", bad);
}

static void a_path_too_long_to_keep_beside_is_kept_whole(void **state)
{
	char deep[1024], path[1300];
	size_t n;
	int i;

	(void)state;
	n = (size_t)snprintf(deep, sizeof(deep), "%s", s.dir);
	for (i = 0; i < 6; i++) {
		n += (size_t)snprintf(deep + n, sizeof(deep) - n, "/%0*d", 100, i);
		assert_int_equal(mkdir(deep, 0755), 0);
	}
	(void)snprintf(path, sizeof(path), "%s/good", deep);
	assert_int_equal(link(good, path), 0);
	policy(NULL, PERMIT("long", "principal in Program::\"%s\""), path);
	assert_int_equal(run(path, SEND), 0);
	assert_int_equal(run(path, "fork " SEND), 0);
	assert_int_equal(run(good, SEND), EPERM);
	assert_int_equal(denied().exe_len, strlen(good));
	policy(NULL, "@id(\"none\") forbid(principal, action, resource);");
	assert_int_equal(run(path, SEND), EPERM);
	assert_int_equal(denied().exe_len, strlen(path));
}

static void a_path_with_too_many_parts_locks_down(void **state)
{
	char deep[1024];
	size_t n;
	int i;

	(void)state;
	n = (size_t)snprintf(deep, sizeof(deep), "%s", s.dir);
	for (i = 0; i < POSTERN_PATH_COMPONENTS; i++) {
		n += (size_t)snprintf(deep + n, sizeof(deep) - n, "/d");
		assert_int_equal(mkdir(deep, 0755), 0);
	}
	(void)snprintf(deep + n, sizeof(deep) - n, "/good");
	assert_int_equal(link(good, deep), 0);
	policy(NULL, PERMIT("all", "principal"));
	assert_int_equal(run(deep, SEND), EPERM);
	assert_int_equal(denied().reason, POSTERN_R_PATH_TOO_LONG);
}

static int setup(void **state)
{
	(void)state;
	scratch_open(&s, "identity");
	scratch_program(&s, "good", good);
	scratch_program(&s, "bad", bad);
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
		cmocka_unit_test(a_grant_is_not_inherited_through_exec),
		cmocka_unit_test(a_fork_is_the_same_program),
		cmocka_unit_test(the_parent_is_who_was_it_at_exec),
		cmocka_unit_test(the_user_of_the_moment_counts),
		cmocka_unit_test(a_setuid_program_is_the_user_it_becomes),
		cmocka_unit_test(root_of_a_user_namespace_is_who_he_is_outside),
		cmocka_unit_test(gid_is_the_effective_one),
		cmocka_unit_test(groups_of_the_moment_count),
		cmocka_unit_test(too_many_groups_lock_down),
		cmocka_unit_test(more_groups_than_a_socket_keeps_lock_down),
		cmocka_unit_test(a_mount_of_ones_own_forges_no_path),
		cmocka_unit_test(the_same_file_on_a_private_mount_is_the_program),
		cmocka_unit_test(a_pattern_matches_no_private_mount),
		cmocka_unit_test(what_has_no_name_is_told_so),
		cmocka_unit_test(a_program_started_through_the_loader_is_the_loader),
		cmocka_unit_test(the_program_is_who_it_was_at_exec),
		cmocka_unit_test(a_path_too_long_to_keep_beside_is_kept_whole),
		cmocka_unit_test(a_path_with_too_many_parts_locks_down),
	};

	actor_take(argc, argv);
	return cmocka_run_group_tests(tests, setup, teardown);
}
