/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets that change hands: over a Unix socket, by exec, by fork, by setuid. Opener and user are both asked. */
#include "cm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "actor.h"
#include "netns.h"
#include "scratch.h"
#include "stranger.h"

#define PORT 47911

static struct scratch s;
static char opener[256], user[256];
static int listener = -1;

static void policy(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void policy(const char *fmt, ...)
{
	char text[2048];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	(void)scratch_apply(&s, text, NULL, NULL);
	/* the last packet of a connection that has just been closed may be on its way, and is told of too */
	(void)nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
	(void)scratch_denials(&s, NULL);
}

static int run(const char *program, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int run(const char *program, const char *fmt, ...)
{
	char words[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	return scratch_run(&s, NULL, program, words);
}

static pid_t start(const char *program, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static pid_t start(const char *program, const char *fmt, ...)
{
	char words[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	return scratch_spawn(&s, NULL, program, words);
}

/* Opens in one program, uses in another; the user's answer. */
static int pass(const char *before, const char *after)
{
	pid_t to = start(user, "have %s/sock %s", s.dir, after);

	assert_int_equal(run(opener, "%s give %s/sock", before, s.dir), 0);
	return scratch_wait(to);
}

#define ONLY                                                                                       \
	"@id(\"only\") permit(principal in Program::\"%s\", action in Action::\"egress\","         \
	" resource);"
#define BOTH                                                                                       \
	ONLY "@id(\"other\") permit(principal in Program::\"%s\", action in Action::\"egress\","   \
	     " resource);"
#define TO "to 127.0.0.1 47911"
#define SAY "say 127.0.0.1 47911"

static void a_passed_socket_is_two_requests(void **state)
{
	static const char *const sockets[] = { "hold 2 1 0", "hold 2 2 0", "hold 2 2 0" };
	static const char *const uses[] = { TO, TO, SAY };
	struct postern_event e;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		policy(BOTH, opener, user);
		assert_int_equal(pass(sockets[i], uses[i]), 0);
		assert_int_equal(scratch_denials(&s, &e), 0);
		policy(ONLY, opener);
		assert_int_equal(pass(sockets[i], uses[i]), EPERM);
		assert_int_equal(scratch_denials(&s, &e), 1);
		assert_int_equal(e.party, POSTERN_USER);
		assert_int_equal(e.passed, 1);
		assert_string_equal(e.exe, user);
		policy(ONLY, user);
		assert_int_equal(pass(sockets[i], uses[i]), EPERM);
		assert_int_equal(scratch_denials(&s, &e), 1);
		assert_int_equal(e.party, POSTERN_OPENER);
		assert_int_equal(e.passed, 1);
		assert_string_equal(e.exe, opener);
	}
}

/* Both refused: the user's policy is told. */
static void the_user_is_reported_first(void **state)
{
	struct postern_event e;

	(void)state;
	policy("@id(\"a-opener\") forbid(principal in Program::\"%s\", action, resource);"
	       "@id(\"b-user\") forbid(principal in Program::\"%s\", action, resource);"
	       "@id(\"c\") permit(principal, action in Action::\"egress\","
	       " resource);",
	       opener, user);
	assert_int_equal(pass("hold 2 2 0", TO), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.party, POSTERN_USER);
	assert_int_equal(e.policy, 1);
}

static void one_inherited_over_exec_is_two_requests(void **state)
{
	struct postern_event e;

	(void)state;
	policy(BOTH, opener, user);
	assert_int_equal(run(opener, "hold 2 2 0 keep exec %s kept " TO, user), 0);
	policy(ONLY, user);
	assert_int_equal(run(opener, "hold 2 2 0 keep exec %s kept " TO, user), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.party, POSTERN_OPENER);
	assert_string_equal(e.exe, opener);
	policy(ONLY, opener);
	assert_int_equal(run(opener, "hold 2 2 0 keep exec %s kept " TO, user), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.party, POSTERN_USER);
	assert_string_equal(e.exe, user);
}

/* Whoever opened a socket stays known, also by the next policy, when it has ended. */
static void the_opener_is_known_after_its_end(void **state)
{
	struct postern_event e;
	pid_t to;

	(void)state;
	policy(BOTH, opener, user);
	to = start(user, "have %s/sock wait %s/go " TO, s.dir, s.dir);
	assert_int_equal(run(opener, "hold 2 2 0 give %s/sock", s.dir), 0);
	policy("@id(\"again\") permit(principal in Program::\"%s\", action in Action::\"egress\","
	       " resource);"
	       "@id(\"forbid\") forbid(principal in Program::\"%s\", action in Action::\"egress\", resource) when"
	       " { resource.port == 1 };" ONLY,
	       opener, opener, user);
	scratch_touch(&s, "go");
	assert_int_equal(scratch_wait(to), 0);
	assert_int_equal(scratch_denials(&s, &e), 0);
}

static void a_connected_socket_passed_stays_its_openers(void **state)
{
	bool judged = scratch_has(&s, "postern_receive");

	(void)state;
	policy(ONLY, opener);
	/* where LSM programs run it does not arrive: who gets it is asked about, too */
	if (judged)
		assert_int_not_equal(pass("hold 2 1 0 " TO, "put"), 0);
	else
		assert_int_equal(pass("hold 2 1 0 " TO, "put"), 0);
	assert_int_equal(scratch_denials(&s, NULL), judged ? 1 : 0);
}

/* The thread's account at the time of use counts, besides that at the time of opening. */
static void becoming_another_user_is_changing_hands(void **state)
{
	struct postern_event e;

	(void)state;
	policy("@id(\"root\") permit(principal in User::\"#0\", action in Action::\"egress\","
	       " resource);");
	assert_int_equal(run(opener, "hold 2 2 0 uid 65534 " TO), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.party, POSTERN_USER);
	assert_int_equal(e.uid, 65534);
	policy("@id(\"nobody\") permit(principal in User::\"#65534\", action in Action::\"egress\","
	       " resource);");
	assert_int_equal(run(opener, "hold 2 2 0 uid 65534 " TO), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.party, POSTERN_OPENER);
	assert_int_equal(e.uid, 0);
	assert_int_equal(run(opener, "uid 65534 hold 2 2 0 " TO), 0);
}

static void a_group_given_up_is_given_up(void **state)
{
	(void)state;
	policy("@id(\"g\") permit(principal in Group::\"#4711\", action in Action::\"egress\","
	       " resource);");
	assert_int_equal(run(opener, "group 4711 hold 2 2 0 " TO), 0);
	assert_int_equal(run(opener, "group 4711 hold 2 2 0 groups 0 " TO), EPERM);
	assert_int_equal(run(opener, "hold 2 2 0 group 4711 " TO), EPERM);
}

/* A passed listener is its creator's; whoever only holds it is not asked. */
static void a_passed_listener_is_its_creators(void **state)
{
	struct postern_event e;
	pid_t to;

	(void)state;
	policy("@id(\"in\") permit(principal in Program::\"%s\", action in Action::\"ingress\","
	       " resource);",
	       opener);
	to = start(user, "have %s/sock port %s/at accept 9000", s.dir, s.dir);
	assert_int_equal(run(opener, "hold 2 1 0 name 127.0.0.1 47912 listen give %s/sock", s.dir),
			 0);
	assert_int_equal(stranger_port(&s, "at"), 47912);
	assert_int_equal(stranger_connect("127.0.0.1", "127.0.0.1", 47912), 0);
	assert_int_equal(scratch_wait(to), 0);
	assert_int_equal(scratch_denials(&s, NULL), 0);
	policy("@id(\"in\") permit(principal in Program::\"%s\", action in Action::\"ingress\","
	       " resource);",
	       user);
	if (scratch_has(&s, "postern_listen")) {
		/* refused at once: nobody has a listener to pass */
		assert_int_equal(run(opener, "hold 2 1 0 listen"), EPERM);
		(void)scratch_denials(&s, NULL);
		return;
	}
	to = start(user, "have %s/sock port %s/at accept 9000", s.dir, s.dir);
	assert_int_equal(run(opener, "hold 2 1 0 listen give %s/sock", s.dir), 0);
	assert_int_equal(stranger_knock("127.0.0.1", "127.0.0.1", stranger_port(&s, "at")),
			 ETIMEDOUT);
	(void)scratch_await_denial(&s, &e);
	scratch_stop(to);
	assert_string_equal(e.exe, opener);
}

#define LISTENS                                                                                    \
	"@id(\"both\") permit(principal, action == Action::\"listen\", resource);"                 \
	"@id(\"one\") permit(principal in Program::\"%s\", action == Action::\"accept\", resource);"

/*
 * Nobody can lend himself another's permission by lending him the socket: whoever made it can have kept it, and
 * would hear what came in in the other's name.
 */
static void a_listener_lent_to_who_may_accept_stays_its_creators(void **state)
{
	struct postern_event e;
	pid_t to, from;

	(void)state;
	policy(LISTENS, user);
	to = start(user, "have %s/sock port %s/at accept 9000", s.dir, s.dir);
	from = start(opener, "hold 2 1 0 name 127.0.0.1 47913 listen give %s/sock accept 9000",
		     s.dir);
	assert_int_equal(stranger_port(&s, "at"), 47913);
	assert_int_equal(stranger_knock("127.0.0.1", "127.0.0.1", 47913), ETIMEDOUT);
	(void)scratch_await_denial(&s, &e);
	assert_int_equal(e.action, POSTERN_ACCEPT);
	assert_string_equal(e.exe, opener);
	scratch_stop(to);
	scratch_stop(from);
}

static void a_listener_kept_over_exec_is_its_creators(void **state)
{
	static const char *const kept =
		"hold 2 1 0 option 1 2 01000000 name 127.0.0.1 47914 listen keep"
		" exec %s kept port %s/at accept 9000";
	struct postern_event e;
	pid_t pid;

	(void)state;
	policy(LISTENS, opener);
	pid = start(opener, kept, user, s.dir);
	(void)stranger_port(&s, "at");
	assert_int_equal(stranger_connect("127.0.0.1", "127.0.0.1", 47914), 0);
	assert_int_equal(scratch_wait(pid), 0);
	assert_int_equal(scratch_denials(&s, NULL), 0);
	policy(LISTENS, user);
	pid = start(opener, kept, user, s.dir);
	(void)stranger_port(&s, "at");
	assert_int_equal(stranger_knock("127.0.0.1", "127.0.0.1", 47914), ETIMEDOUT);
	(void)scratch_await_denial(&s, &e);
	assert_int_equal(e.action, POSTERN_ACCEPT);
	assert_string_equal(e.exe, opener);
	scratch_stop(pid);
}

/* A fork is the same program, yet another process: asked for itself, and answered alike. */
static void a_forks_use_is_its_own(void **state)
{
	(void)state;
	policy(ONLY, opener);
	assert_int_equal(run(opener, "hold 2 2 0 fork " SAY " " SAY), 0);
	assert_int_equal(scratch_denials(&s, NULL), 0);
}

static void listen_here(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int one = 1;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(listener, 64), 0);
}

static int setup(void **state)
{
	static const char *const none[] = { NULL };

	(void)state;
	netns_enter_own(none);
	scratch_open(&s, "passed");
	scratch_program(&s, "opener", opener);
	scratch_program(&s, "user", user);
	(void)chmod(s.dir, 0777);
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

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_passed_socket_is_two_requests),
		cmocka_unit_test(the_user_is_reported_first),
		cmocka_unit_test(one_inherited_over_exec_is_two_requests),
		cmocka_unit_test(the_opener_is_known_after_its_end),
		cmocka_unit_test(a_connected_socket_passed_stays_its_openers),
		cmocka_unit_test(becoming_another_user_is_changing_hands),
		cmocka_unit_test(a_group_given_up_is_given_up),
		cmocka_unit_test(a_passed_listener_is_its_creators),
		cmocka_unit_test(a_listener_lent_to_who_may_accept_stays_its_creators),
		cmocka_unit_test(a_listener_kept_over_exec_is_its_creators),
		cmocka_unit_test(a_forks_use_is_its_own),
	};

	actor_take(argc, argv);
	return cmocka_run_group_tests(tests, setup, teardown);
}
