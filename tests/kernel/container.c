/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Containers by the names that engines give to cgroups, and units by their own: both only as far as root
 * names them. The test's cgroup is a slice of the highest level.
 */
#include "cm.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "actor.h"
#include "scratch.h"

#define SEND "send4 127.0.0.1 9"
#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

static struct scratch s;
static char program[256];

/* Only processes of that container may send. */
static void only(const char *condition)
{
	char text[1024];

	(void)snprintf(text, sizeof(text),
		       "@id(\"only\") permit(principal, action in Action::\"egress\", resource)"
		       " when { %s };",
		       condition);
	(void)scratch_apply(&s, text, NULL, NULL);
	(void)scratch_denials(&s, NULL);
}

static void only_container(const char *id)
{
	char condition[256];

	(void)snprintf(condition, sizeof(condition), "principal.container == \"%s\"", id);
	only(condition);
}

static int run(const char *below)
{
	return scratch_run(&s, below, program, SEND);
}

static void below(const char *name, char path[512])
{
	(void)snprintf(path, 512, "%s/%s", s.cgroup, name);
}

/* A cgroup that somebody else owns, or whose mode lets others write. */
static void give(const char *name, uid_t owner, mode_t mode)
{
	char path[512];

	below(name, path);
	(void)mkdir(path, 0755);
	assert_int_equal(chown(path, owner, (gid_t)-1), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void make(const char *name)
{
	char path[512];

	below(name, path);
	(void)mkdir(path, 0755);
}

static void engines_name_containers_in_these_forms(void **state)
{
	static const char *const forms[] = {
		"docker-" ID ".scope", "libpod-" ID ".scope",  "cri-containerd-" ID ".scope",
		"crio-" ID ".scope",   "nerdctl-" ID ".scope", "libpod-" ID,
		"docker/" ID,
	};

	(void)state;
	make("docker");
	only_container(ID);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (run(forms[i]) != 0)
			fail_msg("%s is no container", forms[i]);
	only_container(OTHER);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		assert_int_equal(run(forms[i]), EPERM);
}

static void other_names_are_no_containers(void **state)
{
	static const char *const names[] = {
		ID,
		"docker-" ID "0.scope",
		"docker-" ID ".slice",
		"dockex-" ID ".scope",
		"docker" ID ".scope",
		"libpod-conmon-" ID ".scope",
		"docker-0123456789abcdeF0123456789abcdef0123456789abcdef0123456789abcdef.scope",
		"docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde.scope",
	};

	(void)state;
	only("principal.container == \"\"");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(run(names[i]), 0);
	assert_int_equal(run("docker-" ID ".scope"), EPERM);
}

static void a_cgroup_inside_a_container_is_of_the_outermost(void **state)
{
	(void)state;
	make("docker-" ID ".scope");
	only_container(ID);
	assert_int_equal(run("docker-" ID ".scope/docker-" OTHER ".scope"), 0);
}

static void the_denial_names_the_container(void **state)
{
	struct postern_event e;

	(void)state;
	only_container(OTHER);
	assert_int_equal(run("docker-" ID ".scope"), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_string_equal(e.container, ID);
}

static void whoever_owns_a_cgroup_names_no_containers_in_it(void **state)
{
	(void)state;
	give("theirs", 65534, 0755);
	give("writable", 0, 0775);
	only_container(ID);
	assert_int_equal(run("theirs/docker-" ID ".scope"), EPERM);
	assert_int_equal(run("writable/docker-" ID ".scope"), EPERM);
	make("theirs/deeper");
	assert_int_equal(run("theirs/deeper/docker-" ID ".scope"), EPERM);
	assert_int_equal(run("docker-" ID ".scope"), 0);
}

/* An engine may give the container's own cgroup away, as it does for a user namespace. */
static void a_container_may_own_its_cgroup(void **state)
{
	(void)state;
	give("crio-" ID ".scope", 65534, 0755);
	only_container(ID);
	assert_int_equal(run("crio-" ID ".scope"), 0);
	make("crio-" ID ".scope/docker-" OTHER ".scope");
	assert_int_equal(run("crio-" ID ".scope/docker-" OTHER ".scope"), 0);
}

static void units_of_a_slice_that_is_roots_have_their_names(void **state)
{
	(void)state;
	only("principal in Unit::\"nginx.service\"");
	assert_int_equal(run("nginx.service"), 0);
	assert_int_equal(run("nginx.service/worker"), 0);
	assert_int_equal(run("httpd.service"), EPERM);
	make("inner.slice");
	only("principal in Unit::\"inner.slice\"");
	assert_int_equal(run("inner.slice/nginx.service"), 0);
}

static void whoever_owns_a_slice_names_no_units_in_it(void **state)
{
	struct postern_event e;

	(void)state;
	give("theirs.slice", 65534, 0755);
	only("principal in Unit::\"nginx.service\"");
	assert_int_equal(run("theirs.slice/nginx.service"), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_string_equal(e.unit, "theirs.slice");
	make("theirs.slice/forged.slice");
	only("principal in Unit::\"forged.slice\"");
	assert_int_equal(run("theirs.slice/forged.slice/nginx.service"), EPERM);
	only("principal in Unit::\"theirs.slice\"");
	assert_int_equal(run("theirs.slice/nginx.service"), 0);
}

static int setup(void **state)
{
	(void)state;
	scratch_open(&s, "container.slice");
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
		cmocka_unit_test(engines_name_containers_in_these_forms),
		cmocka_unit_test(other_names_are_no_containers),
		cmocka_unit_test(a_cgroup_inside_a_container_is_of_the_outermost),
		cmocka_unit_test(the_denial_names_the_container),
		cmocka_unit_test(whoever_owns_a_cgroup_names_no_containers_in_it),
		cmocka_unit_test(a_container_may_own_its_cgroup),
		cmocka_unit_test(units_of_a_slice_that_is_roots_have_their_names),
		cmocka_unit_test(whoever_owns_a_slice_names_no_units_in_it),
	};

	actor_take(argc, argv);
	return cmocka_run_group_tests(tests, setup, teardown);
}
