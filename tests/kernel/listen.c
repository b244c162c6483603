/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may listen where, and who may come in: real listeners in a scratch cgroup, strangers outside it. */
#include "cm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "actor.h"
#include "netns.h"
#include "scratch.h"
#include "stranger.h"

#define PORT 47901
#define OTHER 47902

static struct scratch s;
static char server[256], other[256];

static void policy(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void policy(const char *fmt, ...)
{
	char text[2048];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	(void)scratch_apply(&s, text, NULL, NULL);
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

/* Addresses of our own network namespace: two zones, and where servers are. */
static const char *const addresses[] = { "fd91:1::1", "fd91:2::1", "fd91:9::1", NULL };

/* One port for one program, for who comes from one zone of each family. */
#define ONE_PORT                                                                                   \
	"@id(\"listen\") permit(principal in Program::\"%s\", action == Action::\"listen\","       \
	" resource) when { resource.port == 47901 };"                                              \
	"@id(\"accept\") permit(principal in Program::\"%s\", action == Action::\"accept\","       \
	" resource) when { (resource.ip.isInRange(ip(\"127.0.1.0/24\")) ||"                        \
	" resource.ip.isInRange(ip(\"fd91:1::/64\"))) && resource.localPort == 47901 };"

static void the_port_and_the_program_are_told_apart(void **state)
{
	static const char *const kinds[] = { "2 1 0", "2 2 0", "10 1 0", "10 2 0" };
	static const char *const at[] = { "127.0.0.1", "127.0.0.1", "::1", "::1" };
	struct postern_event e;

	(void)state;
	policy(ONE_PORT, server, server);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(run(server, "hold %s name %s %d", kinds[i], at[i], PORT), 0);
		assert_int_equal(run(server, "hold %s name %s 0", kinds[i], at[i]), 0);
		assert_int_equal(scratch_denials(&s, &e), 0);
		assert_int_equal(run(server, "hold %s name %s %d", kinds[i], at[i], OTHER), EPERM);
		assert_int_equal(scratch_denials(&s, &e), 1);
		assert_string_equal(e.exe, server);
		assert_int_equal(e.action, POSTERN_LISTEN);
		assert_int_equal(e.port, OTHER);
		assert_int_equal(e.local_port, OTHER);
		assert_int_equal(e.protocol, i & 1 ? POSTERN_UDP : POSTERN_TCP);
		assert_int_equal(e.v4, i < 2);
		assert_int_equal(e.reason, POSTERN_R_DEFAULT_DENY);
		assert_int_equal(run(other, "hold %s name %s %d", kinds[i], at[i], PORT), EPERM);
		assert_int_equal(scratch_denials(&s, &e), 1);
		assert_string_equal(e.exe, other);
	}
}

static void an_address_of_no_family_is_an_address(void **state)
{
	(void)state;
	policy(ONE_PORT, server, server);
	assert_int_equal(run(server, "hold 2 1 0 name-any-family 0.0.0.0 %d", PORT), 0);
	assert_int_equal(run(server, "hold 2 1 0 name-any-family 0.0.0.0 %d", OTHER), EPERM);
	assert_int_equal(scratch_denials(&s, NULL), 1);
}

/* "::" is IPv4 as well, unless the socket is for IPv6 alone. */
static void a_wildcard_of_both_families_is_two_requests(void **state)
{
	struct postern_event e;

	(void)state;
	policy("@id(\"v6\") permit(principal, action == Action::\"listen\", resource) when"
	       " { resource.ip == ip(\"::\") };");
	assert_int_equal(run(server, "hold 10 1 0 name :: %d", PORT), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_true(e.v4);
	assert_int_equal(e.addr[15], 0);
	assert_int_equal(run(server, "hold 10 1 0 option 41 26 01000000 name :: %d", PORT), 0);
	assert_int_equal(run(server, "hold 10 1 0 name ::ffff:0.0.0.0 %d", PORT), EPERM);
	(void)scratch_denials(&s, NULL);
	policy("@id(\"v4\") permit(principal, action == Action::\"listen\", resource) when"
	       " { resource.ip == ip(\"0.0.0.0\") };");
	assert_int_equal(run(server, "hold 10 1 0 name :: %d", PORT), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_false(e.v4);
	assert_int_equal(run(server, "hold 10 1 0 name ::ffff:0.0.0.0 %d", PORT), 0);
	policy("@id(\"both\") permit(principal, action == Action::\"listen\", resource);");
	assert_int_equal(run(server, "hold 10 1 0 name :: %d", PORT), 0);
	assert_int_equal(scratch_denials(&s, &e), 0);
}

#define SERVE "hold %s option 1 2 01000000 name %s %d listen port %s/at accept 9000 get 9000"

/* A visit to a server of `kind` at `at`; what it names is told as who was refused, where it does not pass. */
struct visit {
	const char *kind, *at, *from, *to;
	bool passes;
};

static void refusal_names(const struct postern_event *e, const struct visit *v, pid_t server_pid)
{
	bool v4 = !strchr(v->from, ':');
	uint8_t from[16] = { 0 };

	assert_int_equal(inet_pton(v4 ? AF_INET : AF_INET6, v->from, from + (v4 ? 12 : 0)), 1);
	assert_int_equal(e->action, POSTERN_ACCEPT);
	assert_int_equal(e->hook, POSTERN_H_INGRESS);
	assert_int_equal(e->reason, POSTERN_R_DEFAULT_DENY);
	assert_string_equal(e->exe, server);
	assert_int_equal(e->process.tgid, server_pid);
	assert_int_equal(e->local_port, PORT);
	assert_int_equal(e->v4, v4);
	assert_memory_equal(e->addr + (v4 ? 12 : 0), from + (v4 ? 12 : 0), v4 ? 4 : 16);
}

static void who_comes_from_the_zone_gets_in(void **state)
{
	static const struct visit rows[] = {
		{ "2 1 0", "127.0.0.1", "127.0.1.1", "127.0.0.1", true },
		{ "2 1 0", "127.0.0.1", "127.0.2.1", "127.0.0.1", false },
		{ "2 1 0", "0.0.0.0", "127.0.1.1", "127.0.0.3", true },
		{ "10 1 0", "::", "127.0.1.1", "127.0.0.1", true },
		{ "10 1 0", "::", "127.0.2.1", "127.0.0.1", false },
		{ "10 1 0", "fd91:9::1", "fd91:1::1", "fd91:9::1", true },
		{ "10 1 0", "fd91:9::1", "fd91:2::1", "fd91:9::1", false },
		{ "10 1 0", "::", "fd91:1::1", "fd91:9::1", true },
		{ "10 1 0", "::", "fd91:2::1", "fd91:9::1", false },
		{ "10 1 0", "::1", "::1", "::1", false },
	};
	struct postern_event e;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct visit *v = &rows[i];
		pid_t pid;
		int r;

		policy(ONE_PORT, server, server);
		pid = start(server, SERVE, v->kind, v->at, PORT, s.dir);
		assert_int_equal(stranger_port(&s, "at"), PORT);
		r = (v->passes ? stranger_connect : stranger_knock)(v->from, v->to, PORT);
		if (r != (v->passes ? 0 : ETIMEDOUT))
			fail_msg("%s -> %s: %s", v->from, v->to, strerror(r));
		if (v->passes) {
			(void)scratch_wait(pid);
			assert_int_equal(scratch_denials(&s, NULL), 0);
			continue;
		}
		(void)scratch_await_denial(&s, &e);
		refusal_names(&e, v, pid);
		scratch_stop(pid);
	}
}

static void whose_datagram_comes_from_the_zone_is_heard(void **state)
{
	static const struct visit rows[] = {
		{ "2 2 0", "127.0.0.1", "127.0.1.1", "127.0.0.1", true },
		{ "2 2 0", "127.0.0.1", "127.0.2.1", "127.0.0.1", false },
		{ "10 2 0", "::", "127.0.2.1", "127.0.0.1", false },
		{ "10 2 0", "fd91:9::1", "fd91:1::1", "fd91:9::1", true },
		{ "10 2 0", "fd91:9::1", "fd91:2::1", "fd91:9::1", false },
		{ "10 2 0", "::", "fd91:2::1", "fd91:9::1", false },
	};
	struct postern_event e;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct visit *v = &rows[i];
		uint16_t own;
		pid_t pid;
		int fd;

		policy(ONE_PORT, server, server);
		fd = stranger_socket(v->from, &own);
		pid = start(server, "hold %s name %s %d port %s/at get 9000", v->kind, v->at, PORT,
			    s.dir);
		assert_int_equal(stranger_port(&s, "at"), PORT);
		stranger_send(fd, v->to, PORT);
		if (v->passes) {
			assert_int_equal(scratch_wait(pid), 0);
			assert_int_equal(scratch_denials(&s, NULL), 0);
		} else {
			(void)scratch_await_denial(&s, &e);
			refusal_names(&e, v, pid);
			assert_int_equal(e.port, own);
			scratch_stop(pid);
		}
		(void)close(fd);
	}
}

/* Nobody named the port: the first packet asks. */
static void listening_without_a_name_is_listening(void **state)
{
	struct postern_event e;
	uint16_t port;
	pid_t pid;

	(void)state;
	policy("@id(\"accept\") permit(principal, action == Action::\"accept\", resource);");
	pid = start(server, "hold 2 1 0 listen port %s/at accept 9000", s.dir);
	if (scratch_has(&s, "postern_listen")) {
		/* at once, before there is a port */
		assert_int_equal(scratch_wait(pid), EPERM);
		port = 0;
	} else {
		port = stranger_port(&s, "at");
		assert_int_equal(stranger_knock("127.0.0.1", "127.0.0.1", port), ETIMEDOUT);
		scratch_stop(pid);
	}
	(void)scratch_await_denial(&s, &e);
	assert_int_equal(e.action, POSTERN_LISTEN);
	assert_int_equal(e.port, port);
	assert_string_equal(e.exe, server);
	policy("@id(\"in\") permit(principal, action in Action::\"ingress\", resource);");
	pid = start(server, "hold 2 1 0 listen port %s/at accept 9000", s.dir);
	port = stranger_port(&s, "at");
	assert_int_equal(stranger_connect("127.0.0.1", "127.0.0.1", port), 0);
	assert_int_equal(scratch_wait(pid), 0);
	assert_int_equal(scratch_denials(&s, NULL), 0);
}

/* What was admitted to listen is asked again when the policy has changed. */
static void a_listener_loses_its_port(void **state)
{
	struct postern_event e;
	pid_t pid;

	(void)state;
	policy("@id(\"in\") permit(principal, action in Action::\"ingress\", resource);");
	pid = start(server, SERVE, "2 1 0", "127.0.0.1", PORT, s.dir);
	(void)stranger_port(&s, "at");
	policy("@id(\"accept\") permit(principal, action == Action::\"accept\", resource);");
	assert_int_equal(stranger_knock("127.0.0.1", "127.0.0.1", PORT), ETIMEDOUT);
	(void)scratch_await_denial(&s, &e);
	assert_int_equal(e.action, POSTERN_LISTEN);
	policy("@id(\"in\") permit(principal, action in Action::\"ingress\", resource);");
	assert_int_equal(stranger_connect("127.0.0.1", "127.0.0.1", PORT), 0);
	(void)scratch_wait(pid);
}

static void a_forbid_of_listening_names_itself(void **state)
{
	struct postern_event e;

	(void)state;
	policy("@id(\"any\") permit(principal, action in Action::\"ingress\", resource);"
	       "@id(\"low\") forbid(principal, action == Action::\"listen\", resource) when"
	       " { resource.port < 47902 };");
	assert_int_equal(run(server, "hold 2 1 0 name 127.0.0.1 %d", PORT), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.reason, POSTERN_R_FORBID);
	assert_int_equal(run(server, "hold 2 1 0 name 127.0.0.1 %d", OTHER), 0);
}

static void observing_lets_in_and_tells(void **state)
{
	struct postern_event e;
	pid_t pid;

	(void)state;
	policy("@id(\"none\") @mode(\"observe\") forbid(principal, action, resource);"
	       "@id(\"all\") permit(principal, action in Action::\"ingress\", resource);");
	pid = start(server, SERVE, "2 1 0", "127.0.0.1", PORT, s.dir);
	(void)stranger_port(&s, "at");
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.verdict, POSTERN_WOULD_DENY);
	assert_int_equal(e.action, POSTERN_LISTEN);
	assert_int_equal(stranger_connect("127.0.0.1", "127.0.0.1", PORT), 0);
	(void)scratch_wait(pid);
	(void)scratch_await_denial(&s, &e);
	assert_int_equal(e.verdict, POSTERN_WOULD_DENY);
	assert_int_equal(e.action, POSTERN_ACCEPT);
}

static int setup(void **state)
{
	(void)state;
	netns_enter_own(addresses);
	scratch_open(&s, "listen");
	scratch_program(&s, "server", server);
	scratch_program(&s, "other", other);
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
		cmocka_unit_test(the_port_and_the_program_are_told_apart),
		cmocka_unit_test(an_address_of_no_family_is_an_address),
		cmocka_unit_test(a_wildcard_of_both_families_is_two_requests),
		cmocka_unit_test(who_comes_from_the_zone_gets_in),
		cmocka_unit_test(whose_datagram_comes_from_the_zone_is_heard),
		cmocka_unit_test(listening_without_a_name_is_listening),
		cmocka_unit_test(a_listener_loses_its_port),
		cmocka_unit_test(a_forbid_of_listening_names_itself),
		cmocka_unit_test(observing_lets_in_and_tells),
	};

	actor_take(argc, argv);
	return cmocka_run_group_tests(tests, setup, teardown);
}
