/* SPDX-License-Identifier: BSD-2-Clause */
/* Real connects and sends of real programs in a scratch cgroup: every way to name a destination. */
#include "cm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "actor.h"
#include "scratch.h"

static struct scratch s;
static char good[256], bad[256];
static int listener[2] = { -1, -1 };
static char port[8];

/* One port that is listened on over TCP, IPv4 and IPv6; UDP needs nobody. */
static void listen_here(void)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	socklen_t len = sizeof(any);

	listener[0] = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener[0], (struct sockaddr *)&any, len), 0);
	assert_int_equal(listen(listener[0], 64), 0);
	assert_int_equal(getsockname(listener[0], (struct sockaddr *)&any, &len), 0);
	(void)snprintf(port, sizeof(port), "%u", ntohs(any.sin6_port));
}

static int run(const char *program, const char *kind, const char *address)
{
	char words[256];

	(void)snprintf(words, sizeof(words), "%s %s %s", kind, address, port);
	return scratch_run(&s, NULL, program, words);
}

static void policy(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void policy(const char *fmt, ...)
{
	char text[2048];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	(void)scratch_apply(&s, text, NULL, NULL);
}

#define LOOPBACK_FOR_GOOD                                                                            \
	"@id(\"good\") permit(principal in Program::\"%s\", action in Action::\"egress\", resource)" \
	" when { resource.ip.isLoopback() };\n"

static const struct {
	const char *kind, *address;
} ways[] = {
	{ "tcp4", "127.0.0.1" },
	{ "tcp4", "0.0.0.0" },
	{ "tcp6", "::1" },
	{ "tcp6", "::" },
	{ "tcp6", "::ffff:127.0.0.1" },
	{ "tcp6", "::ffff:0.0.0.0" },
	{ "udp4", "127.0.0.1" },
	{ "udp4", "0.0.0.0" },
	{ "udp6", "::1" },
	{ "udp6", "::" },
	{ "udp6", "::ffff:127.0.0.1" },
	{ "mixed", "127.0.0.1" },
	{ "send4", "127.0.0.1" },
	{ "send4", "0.0.0.0" },
	{ "send6", "::1" },
	{ "send6", "::" },
	{ "send6", "::ffff:127.0.0.1" },
	{ "unspec4", "127.0.0.1" },
	{ "control4", "127.0.0.1" },
	{ "control6", "::1" },
	{ "control6", "::ffff:127.0.0.1" },
};

static void a_permitted_program_gets_through(void **state)
{
	(void)state;
	policy(LOOPBACK_FOR_GOOD, good);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		int r = run(good, ways[i].kind, ways[i].address);

		if (r)
			fail_msg("%s %s: %s", ways[i].kind, ways[i].address, strerror(r));
	}
	assert_int_equal(scratch_denials(&s, NULL), 0);
}

static void another_program_does_not(void **state)
{
	struct postern_event e;

	(void)state;
	policy(LOOPBACK_FOR_GOOD, good);
	(void)scratch_denials(&s, NULL);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		int r = run(bad, ways[i].kind, ways[i].address);

		if (r != EPERM)
			fail_msg("%s %s: %s", ways[i].kind, ways[i].address, strerror(r));
		assert_int_equal(scratch_denials(&s, &e), 1);
		assert_string_equal(e.exe, bad);
		assert_int_equal(e.reason, POSTERN_R_DEFAULT_DENY);
		assert_int_equal(e.port, atoi(port));
	}
}

/* The same destination under another name is the same destination. */
static void a_forbidden_address_is_forbidden_by_every_name(void **state)
{
	static const char *const v4[] = { "tcp4 127.0.0.1",   "tcp6 ::ffff:127.0.0.1",
					  "tcp4 0.0.0.0",     "tcp6 ::ffff:0.0.0.0",
					  "send4 127.0.0.1",  "send6 ::ffff:127.0.0.1",
					  "unspec4 127.0.0.1" };
	struct postern_event e;
	char words[256];

	(void)state;
	policy("@id(\"all\") permit(principal, action in Action::\"egress\", resource);"
	       "@id(\"not-v4\") forbid(principal, action in Action::\"egress\", resource)"
	       " when { resource.ip == ip(\"127.0.0.1\") };");
	(void)scratch_denials(&s, NULL);
	for (size_t i = 0; i < sizeof(v4) / sizeof(v4[0]); i++) {
		(void)snprintf(words, sizeof(words), "%s %s", v4[i], port);
		assert_int_equal(scratch_run(&s, NULL, good, words), EPERM);
		assert_int_equal(scratch_denials(&s, &e), 1);
		assert_int_equal(e.reason, POSTERN_R_FORBID);
		assert_true(e.v4);
	}
	assert_int_equal(run(good, "tcp6", "::1"), 0);
	assert_int_equal(run(good, "send6", "::1"), 0);
}

/* A connected socket that sends with a control message shows no address: its peer is judged. */
static void a_connected_send_is_judged_by_its_peer(void **state)
{
	struct postern_event e;

	(void)state;
	policy("@id(\"connect\") permit(principal, action == Action::\"connect\", resource);");
	(void)scratch_denials(&s, NULL);
	assert_int_equal(run(good, "control4", "127.0.0.1"), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.action, POSTERN_SEND);
	assert_int_equal(e.port, atoi(port));
	assert_memory_equal(e.addr + 12, "\x7f\x00\x00\x01", 4);
	assert_int_equal(run(good, "control6", "::1"), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.port, atoi(port));
	assert_false(e.v4);
	assert_int_equal(e.addr[15], 1);
}

static void a_port_and_a_protocol_are_told_apart(void **state)
{
	(void)state;
	policy("@id(\"tcp\") permit(principal, action == Action::\"connect\", resource)"
	       " when { resource.protocol == \"tcp\" && resource.port == %s };",
	       port);
	assert_int_equal(run(good, "tcp4", "127.0.0.1"), 0);
	assert_int_equal(run(good, "udp4", "127.0.0.1"), EPERM);
	assert_int_equal(scratch_run(&s, NULL, good, "tcp4 127.0.0.1 1"), EPERM);
}

/* domain, type, protocol as numbers: what has paths that no address hook sees. */
static void other_kinds_of_socket_do_not_exist(void **state)
{
	static const char *const kinds[] = {
		"socket 2 3 1",	  "socket 2 3 255", "socket 10 3 58",  "socket 2 2 1",
		"socket 10 2 58", "socket 2 2 136", "socket 10 2 136", "socket 2 1 262",
	};
	struct postern_event e;

	(void)state;
	policy("@id(\"all\") permit(principal, action in Action::\"egress\", resource);");
	(void)scratch_denials(&s, NULL);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		int r = scratch_run(&s, NULL, good, kinds[i]);

		/* a kind that this kernel does not have is refused before anybody is asked */
		if (r == EPROTONOSUPPORT || r == ESOCKTNOSUPPORT || r == EACCES)
			continue;
		if (r != EPERM)
			fail_msg("%s: %s", kinds[i], strerror(r));
		assert_int_equal(scratch_denials(&s, &e), 1);
		assert_int_equal(e.reason, POSTERN_R_DEFAULT_DENY);
		assert_int_equal(e.action, POSTERN_CREATE);
	}
	assert_int_equal(scratch_run(&s, NULL, good, "socket 2 1 0 socket 10 2 17"), 0);
}

/* A kind that a policy permits exists, and no other; whoever else asks is named. */
static void a_permitted_kind_exists(void **state)
{
	struct postern_event e;

	(void)state;
	policy("@id(\"raw\") permit(principal in Program::\"%s\", action == Action::\"create\","
	       " resource == SocketKind::\"raw\");",
	       good);
	(void)scratch_denials(&s, NULL);
	assert_int_equal(scratch_run(&s, NULL, good, "socket 2 3 1"), 0);
	assert_int_equal(scratch_run(&s, NULL, good, "socket 10 3 58"), 0);
	assert_int_equal(scratch_denials(&s, NULL), 0);
	/* MPTCP: newer kernels, such as 7.3, have no UDP-Lite any more */
	assert_int_equal(scratch_run(&s, NULL, good, "socket 2 1 262"), EPERM);
	assert_int_equal(scratch_run(&s, NULL, bad, "socket 2 3 1"), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 2);
	assert_string_equal(e.exe, bad);
	assert_int_equal(e.protocol, POSTERN_NO_PROTOCOL);
	assert_int_equal(e.type, SOCK_RAW);
}

static void observing_lets_through_and_tells(void **state)
{
	(void)state;
	policy("@id(\"none\") @mode(\"observe\") forbid(principal, action, resource);"
	       "@id(\"all\") permit(principal, action in Action::\"egress\", resource);");
	(void)scratch_denials(&s, NULL);
	struct postern_event e;
	assert_int_equal(run(good, "tcp4", "127.0.0.1"), 0);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.verdict, POSTERN_WOULD_DENY);
	assert_int_equal(e.reason, POSTERN_R_FORBID);
}

static int setup(void **state)
{
	(void)state;
	scratch_open(&s, "connect");
	scratch_program(&s, "good", good);
	scratch_program(&s, "bad", bad);
	scratch_load(&s);
	listen_here();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	(void)close(listener[0]);
	scratch_close(&s);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_permitted_program_gets_through),
		cmocka_unit_test(another_program_does_not),
		cmocka_unit_test(a_forbidden_address_is_forbidden_by_every_name),
		cmocka_unit_test(a_connected_send_is_judged_by_its_peer),
		cmocka_unit_test(a_port_and_a_protocol_are_told_apart),
		cmocka_unit_test(other_kinds_of_socket_do_not_exist),
		cmocka_unit_test(a_permitted_kind_exists),
		cmocka_unit_test(observing_lets_through_and_tells),
	};

	actor_take(argc, argv);
	return cmocka_run_group_tests(tests, setup, teardown);
}
