/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Another version of the programs takes the place of the one in force: a newer one in place, under running
 * connects; an older one never.
 */
#include "cm.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "actor.h"
#include "scratch.h"

#define SEND "send4 127.0.0.1 9"

static struct scratch s;
static char good[256], bad[256];

static void load_version(uint32_t version)
{
	scratch_unload(&s);
	s.cfg.programs = version;
	scratch_load(&s);
}

static void apply(void)
{
	char text[1024];

	(void)snprintf(
		text, sizeof(text),
		"@id(\"one\") permit(principal in Program::\"%s\", action in Action::\"egress\", resource);",
		good);
	(void)scratch_apply(&s, text, NULL, NULL);
}

/* What a pinned link is, and what it runs. */
static struct bpf_link_info link_now(const char *program)
{
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);
	char path[400];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/links/%s", s.pin, program);
	fd = bpf_obj_get(path);
	assert_true(fd >= 0);
	assert_int_equal(bpf_obj_get_info_by_fd(fd, &info, &len), 0);
	(void)close(fd);
	return info;
}

static void a_newer_version_takes_over_in_place(void **state)
{
	static const char *const hooks[] = { "postern_conn4", "postern_send4", "postern_egress" };
	struct bpf_link_info before[3];
	char words[400];
	pid_t may, may_not;

	(void)state;
	load_version(1);
	apply();
	(void)snprintf(words, sizeof(words), "loop %s/enough " SEND, s.dir);
	may = scratch_spawn(&s, NULL, good, words);
	may_not = scratch_spawn(&s, NULL, bad, words);
	for (uint32_t version = 2; version < 5; version++) {
		for (size_t i = 0; i < 3; i++)
			before[i] = link_now(hooks[i]);
		load_version(version);
		for (size_t i = 0; i < 3; i++) {
			const struct bpf_link_info now = link_now(hooks[i]);

			assert_int_equal(now.id, before[i].id);
			assert_int_not_equal(now.prog_id, before[i].prog_id);
		}
	}
	scratch_touch(&s, "enough");
	assert_int_equal(scratch_wait(may), 0);
	assert_int_equal(scratch_wait(may_not), EPERM);
	assert_int_equal(loader_counter(s.loader, POSTERN_C_REASON + POSTERN_R_NO_IMAGE), 0);
}

static void an_older_version_is_refused_and_told_why(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct bpf_link_info before, now;
	struct loader *l = NULL;

	(void)state;
	load_version(7);
	apply();
	before = link_now("postern_send4");
	scratch_unload(&s);
	s.cfg.programs = 6;
	assert_int_equal(loader_open(&s.cfg, &d, &l), -ESTALE);
	assert_null(l);
	assert_int_equal(d.errors, 1);
	assert_non_null(
		strstr(d.items[0].text, "newer posternd (programs of version 7, these are 6)"));
	assert_non_null(strstr(d.items[0].hint, "--detach"));
	now = link_now("postern_send4");
	assert_int_equal(now.id, before.id);
	assert_int_equal(now.prog_id, before.prog_id);
	assert_int_equal(scratch_run(&s, NULL, good, SEND), 0);
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), EPERM);
	/* the same version, and after a detachment any */
	load_version(7);
	scratch_unload(&s);
	assert_int_equal(loader_detach(&s.cfg), 0);
	load_version(6);
	apply();
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), EPERM);
}

static void pins_without_a_number_are_older(void **state)
{
	struct postern_ledger ledger;
	uint32_t zero = 0;
	char path[400];
	int fd;

	(void)state;
	load_version(1);
	apply();
	(void)snprintf(path, sizeof(path), "%s/maps/ledger", s.pin);
	fd = bpf_obj_get(path);
	assert_int_equal(bpf_map_lookup_elem(fd, &zero, &ledger), 0);
	assert_int_equal(ledger.programs, 1);
	ledger.programs = 0;
	assert_int_equal(bpf_map_update_elem(fd, &zero, &ledger, BPF_ANY), 0);
	load_version(0); /* as every posternd does */
	assert_int_equal(bpf_map_lookup_elem(fd, &zero, &ledger), 0);
	assert_int_equal(ledger.programs, POSTERN_PROGRAMS_VERSION);
	(void)close(fd);
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), EPERM);
}

static int setup(void **state)
{
	(void)state;
	scratch_open(&s, "upgrade");
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
		TEST(a_newer_version_takes_over_in_place),
		TEST(an_older_version_is_refused_and_told_why),
		TEST(pins_without_a_number_are_older),
	};

	actor_take(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
