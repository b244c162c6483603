/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What decisions found out is kept, and never answers another question: every request is asked again while policies,
 * proofs and users change, over more ends and users than there is room for, and under words that go to and fro.
 * POSTERN_VERDICTS=N, or POSTERN_LONG, for more verdicts.
 */
#include "cm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/clock.h"
#include "gate.h"
#include "generate.h"

#define TWICE 2
#define CHANGES 20
#define USERS 700
#define ENDS 6000
#define VERDICTS 300000
#define VERDICTS_LONG 100000000

static struct gate g;

static int open_gate(void **state)
{
	(void)state;
	return gate_open(&g, "known");
}

static int close_gate(void **state)
{
	(void)state;
	gate_close(&g);
	return 0;
}

static void ask(struct visitor *v, uint32_t uid, int expected)
{
	for (int i = 0; i < TWICE; i++)
		assert_int_equal(gate_try_as(&g, v, uid, 0), expected);
}

static void a_swap_counts_with_the_next_request(void **state)
{
	struct visitor v;

	(void)state;
	visitor_open(&v, &g.scratch, false);
	for (int i = 0; i < CHANGES; i++) {
		(void)gate_apply(&g, GATE_PERMIT ";");
		ask(&v, 0, 0);
		(void)gate_apply(&g, i % 2 ? GATE_LISTEN
					   : GATE_PERMIT ";@id(\"f\") forbid(principal, action == "
							 "Action::\"connect\", resource);");
		ask(&v, 0, EPERM);
	}
	visitor_close(&v);
}

static void a_proof_counts_while_it_is_one(void **state)
{
	struct postern_session p;
	struct visitor v;

	(void)state;
	visitor_open(&v, &g.scratch, true);
	(void)gate_apply(&g, "@id(\"a\") permit(principal in Team::\"t\", "
			     "action == Action::\"connect\", resource);");
	for (int i = 0; i < CHANGES; i++) {
		p = gate_proven(0, 60 * GATE_SECOND);
		gate_tell_session(&g, &v, &p);
		ask(&v, 1000, 0);
		ask(&v, 1001, EPERM);
		p.end_boottime = clock_boot_ns();
		gate_tell_session(&g, &v, &p);
		ask(&v, 1000, EPERM);
	}
	visitor_close(&v);
}

static void facts_count_while_they_hold(void **state)
{
	struct postern_conditions c = gate_noon();
	struct visitor v;

	(void)state;
	visitor_open(&v, &g.scratch, false);
	c.device[0].image_id = gate_apply(&g, GATE_PERMIT "when { context.device.secureBoot };");
	c.device_until = clock_boot_ns() + 60 * (uint64_t)GATE_SECOND;
	for (uint64_t i = 0; i < CHANGES; i++) {
		c.device[0].facts = i % 2;
		gate_tell(&g, &c);
		ask(&v, 0, i % 2 ? 0 : EPERM);
	}
	c.device_until = clock_boot_ns() + GATE_SOON;
	gate_tell(&g, &c);
	gate_lapses_at(&g, &v, c.device_until);
	visitor_close(&v);
}

/* The other end is the same each time. */
static void this_end_counts(void **state)
{
	struct visitor v;

	(void)state;
	visitor_open(&v, &g.scratch, false);
	(void)gate_apply(&g, GATE_LISTEN GATE_PERMIT "when { resource.localPort >= 20000 && "
						     "resource.localPort < 20010 };");
	for (int i = 0; i < TWICE; i++) {
		assert_int_equal(gate_try_as(&g, &v, 0, 20001), 0);
		assert_int_equal(gate_try_as(&g, &v, 0, 20010), EPERM);
		assert_int_equal(gate_try(&g, &v), EPERM);
	}
	visitor_close(&v);
}

static void users_are_told_apart(void **state)
{
	struct visitor v;

	(void)state;
	visitor_open(&v, &g.scratch, false);
	(void)gate_apply(&g, GATE_PERMIT "when { principal.uid > 200 && principal.uid < 500 };");
	for (int pass = 0; pass < TWICE; pass++)
		for (uint32_t uid = 1; uid < USERS; uid++)
			ask(&v, uid, uid > 200 && uid < 500 ? 0 : EPERM);
	visitor_close(&v);
}

/* ---- ends ------------------------------------------------------------------------------------- */

struct end {
	int fd;
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} to;
	socklen_t len;
	bool allowed;
};

/* The i-th of ends that differ in address, in port, or in both. */
static struct end end_at(const int fds[2], uint64_t i)
{
	uint32_t x = (uint32_t)(i * 2654435761u);
	uint16_t port = (uint16_t)(1 + x % 7 * 100);
	struct end e = { .fd = fds[i % 2], .allowed = port < 300 };

	if (i % 2) {
		e.to.v6.sin6_family = AF_INET6;
		e.to.v6.sin6_port = htons(port);
		e.to.v6.sin6_addr.s6_addr[0] = 0xfd;
		e.to.v6.sin6_addr.s6_addr[1] = (uint8_t)(x >> 16);
		e.to.v6.sin6_addr.s6_addr[x >> 24 & 15] |= 1;
		e.len = sizeof(e.to.v6);
		e.allowed &= e.to.v6.sin6_addr.s6_addr[1] < 128;
		return e;
	}
	e.to.v4.sin_family = AF_INET;
	e.to.v4.sin_port = htons(port);
	e.to.v4.sin_addr.s_addr = htonl(0x7f000000 | x >> 12);
	e.len = sizeof(e.to.v4);
	e.allowed &= !(x >> 12 & 0x80000);
	return e;
}

#define SOUTH                                                                                      \
	"{ resource.port < 300 && !resource.ip.isInRange(ip(\"127.8.0.0/13\")) && "                \
	"!resource.ip.isInRange(ip(\"fd80::/9\")) };"

/* Without a route the kernel does not connect it either, but that is no refusal. */
static bool is_let_through(const struct end *e)
{
	return connect(e->fd, &e->to.any, e->len) == 0 || errno != EPERM;
}

static void open_sockets(int ret[2])
{
	ret[0] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ret[1] = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

/* Runs it in a process in the cgroup; fails the test unless it answers 0. */
static void in_cgroup(int (*run)(void))
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		scratch_enter(&g.scratch, NULL);
		_exit(run());
	}
	assert_int_equal(scratch_wait(pid), 0);
}

static int ask_all_ends(void)
{
	int fds[2], wrong = 0;

	open_sockets(fds);
	for (int pass = 0; pass <= TWICE; pass++)
		for (uint64_t i = 0; i < ENDS; i++) {
			struct end e = end_at(fds, i);

			wrong += is_let_through(&e) != e.allowed;
			wrong += is_let_through(&e) != e.allowed;
		}
	return wrong != 0;
}

static void ends_are_told_apart(void **state)
{
	(void)state;
	(void)gate_apply(&g, GATE_PERMIT "when " SOUTH);
	in_cgroup(ask_all_ends);
	(void)gate_apply(&g, GATE_PERMIT ";@id(\"f\") forbid(principal, action == "
					 "Action::\"connect\", resource) unless " SOUTH);
	in_cgroup(ask_all_ends);
}

/* ---- words that go to and fro ------------------------------------------------------------------ */

static struct {
	_Atomic uint64_t
		turn; /* odd while the word is being changed; then word[turn / 2 % 2] is in force */
	atomic_bool done;
	int map;
	uint32_t word[2];
	uint64_t verdicts, told;
	uint64_t wrong;
} * flips;

static int open_generation(void)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/maps/generation", g.scratch.pin);
	return bpf_obj_get(path);
}

static uint32_t word_now(void)
{
	uint32_t zero = 0, word = 0;

	assert_int_equal(bpf_map_lookup_elem(flips->map, &zero, &word), 0);
	return word;
}

static void *flip(void *arg)
{
	uint32_t zero = 0;

	while (!atomic_load(&flips->done)) {
		uint64_t turn = atomic_fetch_add(&flips->turn, 1);

		(void)bpf_map_update_elem(flips->map, &zero, &flips->word[(turn / 2 + 1) % 2], 0);
		(void)atomic_fetch_add(&flips->turn, 1);
		(void)usleep(50);
	}
	return arg;
}

/* A verdict during which the word stood must be that word's. */
static int ask_under_flips(void)
{
	int fds[2];

	open_sockets(fds);
	for (uint64_t i = 0; i < flips->verdicts; i++) {
		struct end e = end_at(fds, i % 1024);
		uint64_t before = atomic_load(&flips->turn);
		bool through = is_let_through(&e);

		if (before % 2 || atomic_load(&flips->turn) != before)
			continue;
		flips->told++;
		flips->wrong += through != (before / 2 % 2 ? !e.allowed : e.allowed);
	}
	return 0;
}

static void no_verdict_is_of_another_policy(void **state)
{
	uint32_t zero = 0;
	pthread_t flipper;

	(void)state;
	flips = mmap(NULL, sizeof(*flips), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	assert_ptr_not_equal(flips, MAP_FAILED);
	flips->verdicts = generate_number("POSTERN_VERDICTS",
					  getenv("POSTERN_LONG") ? VERDICTS_LONG : VERDICTS);
	flips->map = open_generation();
	assert_true(flips->map >= 0);
	(void)gate_apply(&g, GATE_PERMIT "unless " SOUTH);
	flips->word[1] = word_now();
	(void)gate_apply(&g, GATE_PERMIT "when " SOUTH);
	flips->word[0] = word_now();
	assert_int_equal(pthread_create(&flipper, NULL, flip, NULL), 0);
	in_cgroup(ask_under_flips);
	atomic_store(&flips->done, true);
	assert_int_equal(pthread_join(flipper, NULL), 0);
	assert_int_equal(bpf_map_update_elem(flips->map, &zero, &flips->word[0], 0), 0);
	print_message("%llu verdicts, %llu of them while one word stood, %llu swaps\n",
		      (unsigned long long)flips->verdicts, (unsigned long long)flips->told,
		      (unsigned long long)flips->turn / 2);
	assert_int_equal(flips->wrong, 0);
	assert_true(flips->told > flips->verdicts / 4);
	(void)close(flips->map);
	(void)munmap(flips, sizeof(*flips));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_swap_counts_with_the_next_request),
		cmocka_unit_test(a_proof_counts_while_it_is_one),
		cmocka_unit_test(facts_count_while_they_hold),
		cmocka_unit_test(this_end_counts),
		cmocka_unit_test(users_are_told_apart),
		cmocka_unit_test(ends_are_told_apart),
		cmocka_unit_test(no_verdict_is_of_another_policy),
	};

	return cmocka_run_group_tests(tests, open_gate, close_gate);
}
