/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Self-protection at the loader: hooks and pins that somebody else with root's rights took away come
 * back, and other people's programs on the same hooks go on as before, wherever they hang.
 */
#include "cm.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "actor.h"
#include "scratch.h"

#define SEND "send4 127.0.0.1 9"

static struct scratch s;
static char good[256], bad[256];

static void enforce(void)
{
	char text[1024];

	(void)snprintf(text, sizeof(text),
		       "@id(\"one\") permit(principal in Program::\"%s\", action in "
		       "Action::\"egress\", resource);",
		       good);
	scratch_load(&s);
	(void)scratch_apply(&s, text, NULL, NULL);
	assert_int_equal(scratch_run(&s, NULL, good, SEND), 0);
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), EPERM);
}

static const char *link_path(const char *program)
{
	static char path[400];

	(void)snprintf(path, sizeof(path), "%s/links/%s", s.pin, program);
	return path;
}

static struct loader_mended mend(void)
{
	struct loader_mended m = { .failed = 77 };

	loader_mend(s.loader, &m);
	return m;
}

static void nothing_is_mended_where_nothing_is_wrong(void **state)
{
	struct loader_mended m;

	(void)state;
	scratch_load(&s);
	m = mend();
	assert_int_equal(m.attached + m.pinned + m.failed, 0);
	scratch_unload(&s);
	enforce();
	m = mend();
	assert_int_equal(m.attached + m.pinned + m.failed, 0);
	assert_null(m.hook);
}

static void a_detached_hook_is_attached_again(void **state)
{
	struct loader_mended m;
	_cleanup_close_ int fd = -1;

	(void)state;
	enforce();
	fd = bpf_obj_get(link_path("postern_send4"));
	assert_true(fd >= 0);
	assert_int_equal(bpf_link_detach(fd), 0);
	assert_false(scratch_has(&s, "postern_send4"));
	m = mend();
	assert_int_equal(m.attached, 1);
	assert_int_equal(m.failed, 0);
	assert_string_equal(m.hook, "postern_send4");
	assert_true(scratch_has(&s, "postern_send4"));
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), EPERM);
	assert_int_equal(scratch_run(&s, NULL, good, SEND), 0);
	/* and is what a later loader finds */
	scratch_unload(&s);
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), EPERM);
	scratch_load(&s);
	m = mend();
	assert_int_equal(m.attached + m.pinned + m.failed, 0);
}

/* A program that counts in `map` how often it was asked, and answers `verdict`. */
static int foreign_program(int map, int verdict)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = 10, .off = -4, .imm = 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 2, .imm = -4 },
		{ .code = BPF_LD | BPF_DW | BPF_IMM,
		  .dst_reg = 1,
		  .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = map },
		{ 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_lookup_elem },
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 0, .off = 2, .imm = 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .imm = 1 },
		{ .code = BPF_STX | BPF_ATOMIC | BPF_DW,
		  .dst_reg = 0,
		  .src_reg = 1,
		  .imm = BPF_ADD },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = verdict },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_CGROUP_UDP4_SENDMSG);
	int fd = bpf_prog_load(BPF_PROG_TYPE_CGROUP_SOCK_ADDR, "somebody_else", "BSD", insns,
			       sizeof(insns) / sizeof(insns[0]), &opts);

	assert_true(fd >= 0);
	return fd;
}

static int counter_map(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "somebody_count", 4, 8, 1, NULL);

	assert_true(fd >= 0);
	return fd;
}

static uint64_t count(int map)
{
	uint64_t n = 0;
	uint32_t zero = 0;

	assert_int_equal(bpf_map_lookup_elem(map, &zero, &n), 0);
	return n;
}

static int open_cgroup(const char *below)
{
	char path[400];
	int fd;

	(void)snprintf(path, sizeof(path), "%s%s%s", s.cgroup, below ? "/" : "",
		       below ? below : "");
	(void)mkdir(path, 0755);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

/* Somebody puts a program that allows everything in the place of ours. */
static void a_replaced_program_is_put_back(void **state)
{
	_cleanup_close_ int link = -1, map = -1, program = -1;
	struct loader_mended m;

	(void)state;
	enforce();
	map = counter_map();
	program = foreign_program(map, 1);
	link = bpf_obj_get(link_path("postern_send4"));
	assert_int_equal(bpf_link_update(link, program, NULL), 0);
	assert_int_equal(scratch_run(&s, NULL, good, SEND), 0);
	assert_int_equal(count(map), 1);
	m = mend();
	assert_int_equal(m.attached, 1);
	assert_string_equal(m.hook, "postern_send4");
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), EPERM);
	assert_true(scratch_has(&s, "postern_send4"));
}

static void pins_are_made_again(void **state)
{
	struct loader_mended m;
	char path[400];

	(void)state;
	enforce();
	assert_int_equal(unlink(link_path("postern_send4")), 0);
	assert_int_equal(unlink(link_path("postern_exec")), 0);
	(void)snprintf(path, sizeof(path), "%s/maps/ledger", s.pin);
	assert_int_equal(unlink(path), 0);
	m = mend();
	assert_int_equal(m.pinned, 3);
	assert_int_equal(m.attached + m.failed, 0);
	scratch_unload(&s);
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), EPERM);
	assert_int_equal(scratch_run(&s, NULL, good, SEND), 0);
}

/* A cgroup's id is its inode number. */
static uint64_t cgroup_id(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return st.st_ino;
}

/* Somebody else's link under our name is no pin of ours. */
static void a_false_pin_is_replaced(void **state)
{
	_cleanup_close_ int map = -1, program = -1, cgroup = -1, link = -1, pinned = -1;
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);

	(void)state;
	enforce();
	map = counter_map();
	program = foreign_program(map, 1);
	cgroup = open_cgroup("elsewhere");
	link = bpf_link_create(program, cgroup, BPF_CGROUP_UDP4_SENDMSG, NULL);
	assert_true(link >= 0);
	assert_int_equal(unlink(link_path("postern_send4")), 0);
	assert_int_equal(bpf_obj_pin(link, link_path("postern_send4")), 0);
	assert_int_equal(mend().pinned, 1);
	pinned = bpf_obj_get(link_path("postern_send4"));
	assert_int_equal(bpf_obj_get_info_by_fd(pinned, &info, &len), 0);
	assert_int_equal(info.type, BPF_LINK_TYPE_CGROUP);
	assert_int_not_equal(info.cgroup.cgroup_id, cgroup_id(cgroup));
	scratch_unload(&s);
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), EPERM);
}

/* Programs of others: attached before ours and after, at the same cgroup and in one below. */
static void others_go_on(void **state)
{
	_cleanup_close_ int before = counter_map(), after = counter_map(), below = counter_map();
	_cleanup_close_ int cgroup = open_cgroup(NULL), child = open_cgroup("child");
	_cleanup_close_ int p1 = foreign_program(before, 1), p2 = foreign_program(after, 1),
			    p3 = foreign_program(below, 1);
	_cleanup_close_ int first = bpf_link_create(p1, cgroup, BPF_CGROUP_UDP4_SENDMSG, NULL),
			    last = -1;

	(void)state;
	assert_true(first >= 0);
	assert_int_equal(bpf_prog_attach(p3, child, BPF_CGROUP_UDP4_SENDMSG, BPF_F_ALLOW_MULTI), 0);
	enforce();
	last = bpf_link_create(p2, cgroup, BPF_CGROUP_UDP4_SENDMSG, NULL);
	assert_true(last >= 0);
	assert_int_equal(count(before), 2); /* also where ours denied */
	assert_int_equal(scratch_run(&s, "child", good, SEND), 0);
	assert_int_equal(scratch_run(&s, "child", bad, SEND), EPERM);
	assert_int_equal(count(before), 4);
	assert_int_equal(count(after), 2);
	assert_int_equal(count(below), 2);
	/* ours stays when theirs come and go */
	assert_int_equal(bpf_prog_detach2(p3, child, BPF_CGROUP_UDP4_SENDMSG), 0);
	assert_int_equal(scratch_run(&s, "child", bad, SEND), EPERM);
}

/* What another one denies is denied, whatever ours says; and what ours denies no other can allow. */
static void the_strictest_wins(void **state)
{
	_cleanup_close_ int map = counter_map(), cgroup = open_cgroup(NULL), link = -1;
	_cleanup_close_ int program = foreign_program(map, 0);

	(void)state;
	enforce();
	link = bpf_link_create(program, cgroup, BPF_CGROUP_UDP4_SENDMSG, NULL);
	assert_int_equal(scratch_run(&s, NULL, good, SEND), EPERM);
	assert_int_equal(scratch_run(&s, NULL, bad, SEND), EPERM);
}

static void others_are_told_of(void **state)
{
	_cleanup_close_ int map = counter_map(), cgroup = open_cgroup(NULL),
			    child = open_cgroup("child"), link = -1, under = -1;
	_cleanup_close_ int program = foreign_program(map, 1), other = foreign_program(map, 1);
	struct loader_foreign foreign[8];
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	size_t before, n;

	(void)state;
	enforce();
	before = loader_foreign(s.loader, foreign, 8); /* of those above, whoever's they are */
	assert_true(before < 7);
	link = bpf_link_create(program, cgroup, BPF_CGROUP_UDP4_SENDMSG, NULL);
	under = bpf_link_create(other, child, BPF_CGROUP_UDP4_SENDMSG, NULL);
	assert_true(link >= 0 && under >= 0);
	n = loader_foreign(s.loader, foreign, 8);
	assert_int_equal(n, before + 1);
	assert_int_equal(bpf_obj_get_info_by_fd(program, &info, &len), 0);
	for (n = 0; foreign[n].prog_id != info.id; n++)
		assert_true(n < before);
	assert_string_equal(foreign[n].name, "somebody_else");
	assert_string_equal(foreign[n].attach, "cgroup/sendmsg4");
	assert_int_equal(loader_foreign(s.loader, foreign, 0), 0);
}

/* `--detach` is obeyed also beside a posternd that pins again whatever it misses. */
static void who_detaches_is_faster_than_who_mends(void **state)
{
	int r = 0;
	pid_t pid;

	(void)state;
	enforce();
	pid = fork();
	assert_true(pid >= 0);
	while (pid == 0)
		(void)mend();
	for (int i = 0; i < 4 && r == 0; i++) {
		r = loader_detach(&s.cfg);
		(void)usleep(5000);
	}
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(r, 0);
}

static int setup(void **state)
{
	(void)state;
	scratch_open(&s, "mend");
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
		TEST(nothing_is_mended_where_nothing_is_wrong),
		TEST(a_detached_hook_is_attached_again),
		TEST(a_replaced_program_is_put_back),
		TEST(pins_are_made_again),
		TEST(a_false_pin_is_replaced),
		TEST(others_go_on),
		TEST(the_strictest_wins),
		TEST(others_are_told_of),
		TEST(who_detaches_is_faster_than_who_mends),
	};

	actor_take(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
