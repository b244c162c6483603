/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens when there is no room: for processes nothing is let through, for events they are counted. */
#include "cm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "actor.h"
#include "scratch.h"

#define SEND "send4 127.0.0.1 9"
#define PERMIT "@id(\"all\") permit(principal, action in Action::\"egress\", resource);"
#define FORBID_SENDING "@id(\"none\") forbid(principal, action in Action::\"egress\", resource);"
#define FORBID "@id(\"none\") forbid(principal, action, resource);"

static struct scratch s;
static char program[256];

/* One process has room, and others of the machine may take and leave it: one of ours keeps it for a while. */
static int run_beside_another(void)
{
	char words[600], name[16];
	static int times;
	pid_t other;
	int r;

	(void)snprintf(name, sizeof(name), "go%d", ++times);
	(void)snprintf(words, sizeof(words), "touch %s/ready%s wait %s/%s", s.dir, name, s.dir,
		       name);
	other = scratch_spawn(&s, NULL, program, words);
	(void)snprintf(words, sizeof(words), "ready%s", name);
	scratch_await(&s, words);
	r = scratch_run(&s, NULL, program, SEND);
	scratch_touch(&s, name);
	assert_int_equal(scratch_wait(other), 0);
	return r;
}

static void a_process_without_room_is_locked_down(void **state)
{
	struct postern_event e;
	int r = 0, tries;

	(void)state;
	s.cfg.process_max = 1;
	scratch_load(&s);
	(void)scratch_apply(&s, PERMIT, NULL, NULL);
	for (tries = 0; r == 0 && tries < 100; tries++)
		r = run_beside_another();
	assert_int_equal(r, EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.reason, POSTERN_R_NO_PROCESS);
	assert_int_equal(e.verdict, POSTERN_DENY);
	assert_true(loader_counter(s.loader, POSTERN_C_PROCESSES_LOST) > 0);
	assert_true(loader_processes(s.loader) <= 1);
}

struct tally {
	uint64_t seen;
	uint64_t last[64];
};

static void tally_take(const struct postern_event *e, void *arg)
{
	struct tally *t = arg;

	assert_true(e->cpu < 64);
	t->seen++;
	if (e->sequence > t->last[e->cpu])
		t->last[e->cpu] = e->sequence;
}

/* Numbers are each processor's own: all of a test is on one, as are the processes that it starts. */
static cpu_set_t on_one_processor(void)
{
	cpu_set_t before, one;

	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	CPU_ZERO(&one);
	for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
		if (CPU_ISSET(i, &before))
			CPU_SET(i, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	return before;
}

/* Every denial is delivered, counted as lost, or counted with others like it: to the last one. */
static void loss_is_counted_exactly(void **state)
{
	uint64_t denied, told, lost, folded, sum = 0;
	struct tally t = { 0 };
	const cpu_set_t before = on_one_processor();
	size_t i;

	(void)state;
	s.cfg.event_bytes = 4096;
	scratch_load(&s);
	(void)scratch_apply(&s, FORBID, NULL, NULL);
	assert_int_equal(scratch_run(&s, NULL, program, "loop 1000 " SEND), EPERM);
	assert_true(loader_events(s.loader, tally_take, &t) > 0);
	denied = loader_counter(s.loader, POSTERN_C_DENY);
	told = loader_counter(s.loader, POSTERN_C_EVENTS);
	lost = loader_counter(s.loader, POSTERN_C_EVENTS_LOST);
	folded = loader_counter(s.loader, POSTERN_C_EVENTS_FOLDED);
	assert_true(lost > 10);
	assert_true(folded > 100);
	assert_int_equal(denied, told + lost + folded);
	assert_int_equal(t.seen, told);
	/* what comes next shows by its number what was lost before it */
	for (i = 0; i < 20; i++)
		(void)scratch_run(&s, NULL, program, SEND);
	assert_true(loader_events(s.loader, tally_take, &t) > 0);
	for (i = 0; i < 64; i++)
		sum += t.last[i];
	assert_true(sum <= loader_counter(s.loader, POSTERN_C_DENY));
	assert_true(sum > t.seen);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);
}

static void sum_folded(const struct postern_event *e, void *arg)
{
	uint64_t *sum = arg;

	sum[0]++;
	sum[1] += e->folded;
}

/* A thousand datagrams that are denied, and a second later as many. */
static void sends_in_two_seconds(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	const struct timespec window = { 1, 100000000 };
	int fd;

	scratch_enter(&s, NULL);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	for (int i = 0; i < 2000; i++) {
		if (i == 1000)
			(void)nanosleep(&window, NULL);
		if (sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) != -1)
			_exit(1);
	}
	_exit(0);
}

/* Of a process that does that and may not: how many records there are, and of how many others they tell. */
static void records_of(void (*sends)(void), uint64_t sum[2])
{
	pid_t pid;

	scratch_load(&s);
	(void)scratch_apply(&s, FORBID_SENDING, NULL, NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		sends();
	assert_int_equal(scratch_wait(pid), 0);
	while (loader_events(s.loader, sum_folded, sum) > 0)
		;
}

/* Of decisions that are alike only some have a record, and the next one tells of the others. */
static void what_is_alike_is_folded(void **state)
{
	uint64_t sum[2] = { 0 };

	(void)state;
	records_of(sends_in_two_seconds, sum);
	assert_in_range(sum[0], POSTERN_EVENTS_ALIKE_MAX + 1, 1900);
	assert_in_range(sum[1], 1, 1999);
	assert_int_equal(loader_counter(s.loader, POSTERN_C_DENY), 2000);
	assert_int_equal(loader_counter(s.loader, POSTERN_C_EVENTS), sum[0]);
	assert_int_equal(sum[0] + loader_counter(s.loader, POSTERN_C_EVENTS_FOLDED), 2000);
}

static void send_to(int fd, unsigned port, int times)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < times; i++)
		if (sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) != -1)
			_exit(1);
}

/* One kind more often than is told; a second later so many others that no more of the process is, then that kind again. */
static void sends_one_kind_among_many(void)
{
	const struct timespec window = { 1, 100000000 };
	int fd;

	scratch_enter(&s, NULL);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	send_to(fd, 9, POSTERN_EVENTS_ALIKE_MAX + 20);
	(void)nanosleep(&window, NULL);
	for (unsigned port = 1000; port < 1000 + POSTERN_EVENTS_PROCESS_MAX; port++)
		send_to(fd, port, 1);
	send_to(fd, 9, 1);
	(void)nanosleep(&window, NULL);
	send_to(fd, 9, 1);
	_exit(0);
}

/* What one record was to tell of, and could not since too much was told of its process, another one tells. */
static void what_is_folded_twice_is_told(void **state)
{
	uint64_t sum[2] = { 0 };

	(void)state;
	records_of(sends_one_kind_among_many, sum);
	assert_int_equal(loader_counter(s.loader, POSTERN_C_EVENTS_LOST), 0);
	assert_int_equal(sum[1], loader_counter(s.loader, POSTERN_C_EVENTS_FOLDED));
}

static void counters_add_up(void **state)
{
	(void)state;
	scratch_load(&s);
	(void)scratch_apply(&s, PERMIT, NULL, NULL);
	assert_int_equal(scratch_run(&s, NULL, program, SEND " " SEND " " SEND), 0);
	assert_int_equal(loader_counter(s.loader, POSTERN_C_ALLOW), 3);
	assert_int_equal(loader_counter(s.loader, POSTERN_C_DENY), 0);
	assert_int_equal(loader_counter(s.loader, POSTERN_C_REASON + POSTERN_R_PERMIT), 3);
	assert_int_equal(loader_counter(s.loader, POSTERN_C_EVENTS), 0);
	assert_true(loader_counter(s.loader, POSTERN_C_EXECS) > 0);
	assert_true(loader_memory(s.loader) > 0);
}

/* What a loop waits for. */
static bool is_readable(void)
{
	struct pollfd p = { .fd = loader_event_fd(s.loader), .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static void waiting_events_can_be_waited_for(void **state)
{
	(void)state;
	scratch_load(&s);
	(void)scratch_apply(&s, FORBID, NULL, NULL);
	assert_false(is_readable());
	assert_int_equal(scratch_run(&s, NULL, program, SEND), EPERM);
	assert_true(is_readable());
	assert_int_equal(scratch_denials(&s, NULL), 1);
	assert_false(is_readable());
}

static int setup(void **state)
{
	(void)state;
	scratch_open(&s, "loss");
	scratch_program(&s, "program", program);
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
		TEST(a_process_without_room_is_locked_down),
		TEST(loss_is_counted_exactly),
		TEST(what_is_alike_is_folded),
		TEST(what_is_folded_twice_is_told),
		TEST(counters_add_up),
		TEST(waiting_events_can_be_waited_for),
	};

	actor_take(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
