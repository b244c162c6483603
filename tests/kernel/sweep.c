/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a sweep sees: connections that are no longer allowed, whoever opened them and whenever; under the
 * image in force, and under one that is only staged.
 */
#include "cm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "actor.h"
#include "compiled.h"
#include "revoke/revoke.h"
#include "scratch.h"

static struct scratch s;
static char good[256], bad[256], port[8];
static int listener = -1;

struct seen {
	struct postern_sighting first;
	struct revoke_plan plan;
	size_t n;
};

static void take(const struct postern_sighting *sighting, void *arg)
{
	struct seen *seen = arg;

	if (!seen->n++)
		seen->first = *sighting;
	assert_true(revoke_plan_add(&seen->plan, sighting) >= 0);
}

/* Sockets seen to be cut, of all with a record, which are at least those. */
static size_t sweep(uint32_t slot, struct seen *ret)
{
	int r;

	revoke_plan_free(&ret->plan);
	memset(ret, 0, sizeof(*ret));
	r = loader_sweep(s.loader, slot, take, ret);
	assert_true(r >= (int)ret->n);
	return ret->n;
}

/* Sweeps and destroys, as posternd does. The number destroyed. */
static size_t cut(void)
{
	_cleanup_revoker_ struct revoker *r = NULL;
	struct seen seen = { 0 };
	size_t n = 0;
	int error;

	assert_int_equal(revoker_new(&r), 0);
	(void)sweep(LOADER_IN_FORCE, &seen);
	revoke_plan_sort(&seen.plan);
	for (size_t i = 0; i < seen.plan.cuts.n; i++)
		n += revoker_do(r, &seen.plan.cuts.items[i], &error) == REVOKE_CUT;
	revoke_plan_free(&seen.plan);
	return n;
}

static void listen_here(void)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	socklen_t len = sizeof(any);

	listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&any, len), 0);
	assert_int_equal(listen(listener, 64), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&any, &len), 0);
	(void)snprintf(port, sizeof(port), "%u", ntohs(any.sin6_port));
}

/* An actor that holds a connection; `name` is of it. */
static pid_t live(const char *program, const char *kind, const char *address, const char *name)
{
	char words[600], file[64];
	pid_t pid;

	(void)snprintf(words, sizeof(words), "live %s %s %s %s/%s %s/go", kind, address, port,
		       s.dir, name, s.dir);
	pid = scratch_spawn(&s, NULL, program, words);
	(void)snprintf(file, sizeof(file), "%s", name);
	scratch_await(&s, file);
	return pid;
}

#define EGRESS(id, program)                                                                        \
	"@id(\"" id                                                                                \
	"\") permit(principal in Program::\"%s\", action in Action::\"egress\", resource);"

static char both[1024], only_good[512], only_bad[512], none[64];

static void texts(void)
{
	(void)snprintf(both, sizeof(both), EGRESS("good", ) EGRESS("bad", ), good, bad);
	(void)snprintf(only_good, sizeof(only_good), EGRESS("good", ), good);
	(void)snprintf(only_bad, sizeof(only_bad), EGRESS("other", ), bad);
	(void)snprintf(none, sizeof(none), "@id(\"no\") forbid(principal, action, resource);");
}

static uint32_t stage(const char *policies)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_compiled_ struct compiled c = { 0 };
	uint32_t slot = 0;

	compiled_make(&c, policies, NULL, NULL);
	assert_int_equal(loader_stage(s.loader, c.image, &d, &slot), 0);
	return slot;
}

static void what_is_allowed_is_not_seen(void **state)
{
	struct seen seen = { 0 };
	pid_t pid;

	(void)state;
	(void)scratch_apply(&s, both, NULL, NULL);
	pid = live(good, "tcp4", "127.0.0.1", "a");
	assert_int_equal(sweep(LOADER_IN_FORCE, &seen), 0);
	assert_int_equal(cut(), 0);
	scratch_touch(&s, "go");
	assert_int_equal(scratch_wait(pid), 0);
}

static void a_sighting_says_all_of_it(void **state)
{
	const struct postern_sighting *f;
	struct seen seen = { 0 };
	uint32_t id;
	pid_t pid;

	(void)state;
	(void)scratch_apply(&s, both, NULL, NULL);
	pid = live(good, "tcp4", "127.0.0.1", "a");
	id = scratch_apply(&s, none, NULL, NULL);
	assert_int_equal(sweep(LOADER_IN_FORCE, &seen), 1);
	f = &seen.first;
	assert_int_equal(f->netns, revoke_own_netns());
	assert_int_equal(f->family, AF_INET);
	assert_int_equal(f->ip_protocol, IPPROTO_TCP);
	assert_int_equal(f->state, 1);
	assert_int_equal(f->peer_port, atoi(port));
	assert_memory_equal(f->peer, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1", 16);
	assert_memory_equal(f->local, f->peer, 16);
	assert_int_not_equal(f->local_port, 0);
	assert_int_equal(f->verdict, POSTERN_DENY);
	assert_int_equal(f->reason, POSTERN_R_FORBID);
	assert_int_equal(f->action, POSTERN_CONNECT);
	assert_int_equal(f->party, POSTERN_OPENER);
	assert_int_equal(f->policy, 0);
	assert_int_equal(f->image_id, id);
	assert_int_equal(f->who.process.tgid, pid);
	assert_int_equal(f->who.uid, 0);
	assert_int_equal(cut(), 1);
	assert_int_equal(scratch_wait(pid), ECONNABORTED);
	revoke_plan_free(&seen.plan);
}

static const struct {
	const char *kind, *address;
} ways[] = {
	{ "tcp4", "127.0.0.1" }, { "tcp6", "::1" }, { "tcp6", "::ffff:127.0.0.1" },
	{ "udp4", "127.0.0.1" }, { "udp6", "::1" }, { "udp6", "::ffff:127.0.0.1" },
};

static void each_kind_is_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		char name[8];
		pid_t pid;

		(void)snprintf(name, sizeof(name), "k%zu", i);
		(void)scratch_apply(&s, both, NULL, NULL);
		pid = live(good, ways[i].kind, ways[i].address, name);
		(void)scratch_apply(&s, none, NULL, NULL);
		assert_int_equal(cut(), 1);
		assert_int_equal(scratch_wait(pid), ECONNABORTED);
	}
}

/* Another's grant, and one's own by another policy. */
static void a_grant_that_holds_is_not_cut(void **state)
{
	pid_t one, other;

	(void)state;
	(void)scratch_apply(&s, both, NULL, NULL);
	one = live(good, "tcp4", "127.0.0.1", "a");
	other = live(bad, "tcp6", "::1", "b");
	(void)scratch_apply(&s, only_bad, NULL, NULL);
	assert_int_equal(cut(), 1);
	assert_int_equal(scratch_wait(one), ECONNABORTED);
	assert_int_equal(cut(), 0);
	scratch_touch(&s, "go");
	assert_int_equal(scratch_wait(other), 0);
}

static void a_staged_image_only_tells(void **state)
{
	struct seen seen = { 0 };
	pid_t pid;

	(void)state;
	(void)scratch_apply(&s, both, NULL, NULL);
	pid = live(bad, "tcp4", "127.0.0.1", "a");
	assert_int_equal(sweep(stage(only_good), &seen), 1);
	assert_int_equal(seen.first.reason, POSTERN_R_DEFAULT_DENY);
	assert_int_equal(seen.first.policy, POSTERN_NONE);
	assert_int_equal(sweep(stage(only_bad), &seen), 0);
	assert_int_equal(sweep(LOADER_IN_FORCE, &seen), 0);
	scratch_touch(&s, "go");
	assert_int_equal(scratch_wait(pid), 0);
}

/* The program that opened it has ended, the socket lives on in the next one. */
static void an_ended_opener_is_judged_as_it_was(void **state)
{
	struct seen seen = { 0 };
	char words[900];
	pid_t pid;

	(void)state;
	(void)scratch_apply(&s, both, NULL, NULL);
	(void)snprintf(words, sizeof(words),
		       "open tcp4 127.0.0.1 %s exec %s touch %s/ready wait %s/go", port, bad, s.dir,
		       s.dir);
	pid = scratch_spawn(&s, NULL, good, words);
	scratch_await(&s, "ready");
	assert_int_equal(sweep(stage(only_good), &seen), 0);
	assert_int_equal(sweep(stage(only_bad), &seen), 1);
	assert_int_equal(seen.first.reason, POSTERN_R_DEFAULT_DENY);
	assert_int_equal(seen.first.party, POSTERN_OPENER);
	revoke_plan_free(&seen.plan);
	scratch_touch(&s, "go");
	assert_int_equal(scratch_wait(pid), 0);
}

static void older_sockets_are_judged(void **state)
{
	struct seen seen = { 0 };
	pid_t one, other;

	(void)state;
	/* nothing is attached yet: the first image comes below */
	one = live(good, "tcp4", "127.0.0.1", "a");
	other = live(bad, "udp6", "::1", "b");
	(void)scratch_apply(&s, only_bad, NULL, NULL);
	assert_int_equal(sweep(LOADER_IN_FORCE, &seen), 1);
	assert_int_equal(seen.first.who.process.tgid, one);
	assert_true(seen.first.who.flags & POSTERN_PARTY_PREEXISTING ||
		    seen.first.who.exec_boottime != 0);
	assert_int_equal(cut(), 1);
	assert_int_equal(scratch_wait(one), ECONNABORTED);
	scratch_touch(&s, "go");
	assert_int_equal(scratch_wait(other), 0);
	revoke_plan_free(&seen.plan);
}

/* They were there before anything was loaded: nobody saw who executed them. */
static void sockets_of_older_processes_are_judged(void **state)
{
	struct seen seen = { 0 };
	pid_t pid;

	(void)state;
	scratch_unload(&s);
	assert_int_equal(loader_detach(&s.cfg), 0);
	pid = live(good, "tcp4", "127.0.0.1", "a");
	scratch_load(&s);
	(void)scratch_apply(&s, only_bad, NULL, NULL);
	assert_int_equal(sweep(LOADER_IN_FORCE, &seen), 1);
	assert_true(seen.first.who.flags & POSTERN_PARTY_PREEXISTING);
	assert_int_equal(cut(), 1);
	assert_int_equal(scratch_wait(pid), ECONNABORTED);
	revoke_plan_free(&seen.plan);
}

static void observing_cuts_nothing(void **state)
{
	struct seen seen = { 0 };
	pid_t pid;

	(void)state;
	(void)scratch_apply(&s, both, NULL, NULL);
	pid = live(good, "tcp4", "127.0.0.1", "a");
	(void)scratch_apply(
		&s,
		"@id(\"no\") @mode(\"observe\") forbid(principal, action, resource);"
		"@id(\"all\") permit(principal, action in Action::\"egress\", resource);",
		NULL, NULL);
	assert_int_equal(sweep(LOADER_IN_FORCE, &seen), 0);
	assert_int_equal(seen.plan.cuts.n, 0);
	scratch_touch(&s, "go");
	assert_int_equal(scratch_wait(pid), 0);
}

/* ---- lapses ----------------------------------------------------------------------------------- */

static uint64_t boot_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void tell_the_time(void)
{
	struct postern_conditions c = { .zones = 1, .zone = { { .from_ms = INT64_MIN } } };
	struct timespec real;

	(void)clock_gettime(CLOCK_REALTIME, &real);
	c.real_minus_boot_ns = real.tv_sec * 1000000000ll + real.tv_nsec - (int64_t)boot_ns();
	assert_int_equal(loader_conditions(s.loader, &c), 0);
}

/* Egress for everybody until so many seconds from now. */
static void apply_until(int seconds)
{
	time_t end = time(NULL) + seconds;
	char text[512], when[32];
	struct tm tm;

	(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&end, &tm));
	(void)snprintf(text, sizeof(text),
		       "@id(\"soon\") permit(principal, action in Action::\"egress\", resource)"
		       " when { context.now < datetime(\"%s\") };",
		       when);
	(void)scratch_apply(&s, text, NULL, NULL);
}

static void nothing_lapses_without_facts(void **state)
{
	uint64_t lapse = 77;
	pid_t pid;

	(void)state;
	tell_the_time();
	(void)scratch_apply(&s, both, NULL, NULL);
	pid = live(good, "tcp4", "127.0.0.1", "a");
	(void)cut();
	assert_int_equal(loader_lapse(s.loader, &lapse), 0);
	assert_int_equal(lapse, 0);
	scratch_touch(&s, "go");
	assert_int_equal(scratch_wait(pid), 0);
}

/* Known from the moment of the connect, and known again after each sweep; then it comes. */
static void a_lapse_is_foretold_and_comes(void **state)
{
	uint64_t lapse, again, now;
	pid_t pid;

	(void)state;
	tell_the_time();
	apply_until(3);
	(void)cut();
	assert_int_equal(loader_lapse(s.loader, &lapse), 0);
	assert_int_equal(lapse, 0);
	pid = live(good, "tcp4", "127.0.0.1", "a");
	now = boot_ns();
	assert_int_equal(loader_lapse(s.loader, &lapse), 0);
	assert_true(lapse > now && lapse < now + 4000000000u);
	assert_int_equal(cut(), 0);
	assert_int_equal(loader_lapse(s.loader, &again), 0);
	assert_int_equal(again, lapse);
	while (boot_ns() < lapse)
		(void)usleep(1000);
	assert_int_equal(cut(), 1);
	assert_int_equal(scratch_wait(pid), ECONNABORTED);
}

static int setup(void **state)
{
	(void)state;
	scratch_open(&s, "sweep");
	scratch_program(&s, "good", good);
	scratch_program(&s, "bad", bad);
	texts();
	scratch_load(&s);
	listen_here();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	(void)close(listener);
	scratch_close(&s);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_allowed_is_not_seen),
		TEST(a_sighting_says_all_of_it),
		TEST(each_kind_is_cut),
		TEST(a_grant_that_holds_is_not_cut),
		TEST(a_staged_image_only_tells),
		TEST(an_ended_opener_is_judged_as_it_was),
		TEST(older_sockets_are_judged),
		TEST(sockets_of_older_processes_are_judged),
		TEST(observing_cuts_nothing),
		TEST(nothing_lapses_without_facts),
		TEST(a_lapse_is_foretold_and_comes),
	};

	actor_take(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
