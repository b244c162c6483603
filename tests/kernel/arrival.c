/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections that come in and datagrams that go out again and again: what was let through before is let through at
 * once, but only from and to the same end, by the same user, and as long as the same policy says so.
 */
#include "cm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gate.h"
#include "stranger.h"

#define PORT 47911
#define TIMES 3
#define CHANGES 4
#define ONE "127.0.1.1"
#define TWO "127.0.2.1"

static struct gate g;

static int open_gate(void **state)
{
	(void)state;
	return gate_open(&g, "arrival");
}

static int close_gate(void **state)
{
	(void)state;
	gate_close(&g);
	return 0;
}

/* Whose backlog the kernel fills: nobody has to take what comes. */
static pid_t start_listener(int domain)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(PORT) };
	struct sockaddr_in here = { .sin_family = AF_INET,
				    .sin_port = htons(PORT),
				    .sin_addr.s_addr = htonl(INADDR_ANY) };
	const struct sockaddr *at = domain == AF_INET ? (const struct sockaddr *)&here
						      : (const struct sockaddr *)&any;
	socklen_t len = domain == AF_INET ? sizeof(here) : sizeof(any);
	int on = 1, fd, ready[2];
	char ok = 1;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		scratch_enter(&g.scratch, NULL);
		fd = socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		ok = bind(fd, at, len) == 0 && listen(fd, 256) == 0;
		(void)!write(ready[1], &ok, 1);
		for (;;)
			(void)pause();
	}
	assert_int_equal(read(ready[0], &ok, 1), 1);
	assert_int_equal(ok, 1);
	(void)close(ready[0]);
	(void)close(ready[1]);
	return pid;
}

#define COMES_FROM(zone)                                                                           \
	GATE_LISTEN "@id(\"a\") permit(principal, action == Action::\"accept\", resource) when { " \
		    "resource.ip.isInRange(ip(\"" zone "\")) };"

static void who_came_in_before_comes_in_under_the_same_policy(void **state)
{
	static const int domain[] = { AF_INET, AF_INET6 };

	(void)state;
	for (size_t d = 0; d < 2; d++) {
		pid_t pid;

		(void)gate_apply(&g, COMES_FROM("127.0.0.0/8"));
		pid = start_listener(domain[d]);
		for (int i = 0; i < CHANGES; i++) {
			const char *in = i % 2 ? TWO : ONE, *out = i % 2 ? ONE : TWO;

			(void)gate_apply(&g, i % 2 ? COMES_FROM("127.0.2.0/24")
						   : COMES_FROM("127.0.1.0/24"));
			for (int n = 0; n < TIMES; n++)
				assert_int_equal(stranger_connect(in, "127.0.0.1", PORT), 0);
			assert_int_equal(stranger_knock(out, "127.0.0.1", PORT), ETIMEDOUT);
			assert_int_equal(stranger_connect(in, "127.0.0.1", PORT), 0);
		}
		scratch_stop(pid);
	}
}

static void a_port_that_is_no_longer_ones_own_lets_nobody_in(void **state)
{
	pid_t pid;

	(void)state;
	(void)gate_apply(&g, COMES_FROM("127.0.0.0/8"));
	pid = start_listener(AF_INET);
	for (int n = 0; n < TIMES; n++)
		assert_int_equal(stranger_connect(ONE, "127.0.0.1", PORT), 0);
	(void)gate_apply(&g,
			 "@id(\"a\") permit(principal, action == Action::\"accept\", resource);");
	assert_int_equal(stranger_knock(ONE, "127.0.0.1", PORT), ETIMEDOUT);
	(void)gate_apply(&g, COMES_FROM("127.0.0.0/8"));
	assert_int_equal(stranger_connect(ONE, "127.0.0.1", PORT), 0);
	scratch_stop(pid);
}

/* ---- datagrams -------------------------------------------------------------------------------- */

static int send_to(int fd, const char *address)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };

	(void)inet_pton(AF_INET, address, &to.sin_addr);
	return sendto(fd, "x", 1, 0, (const struct sockaddr *)&to, sizeof(to)) == 1 ? 0 : errno;
}

/* Sends as it is told by bytes: which end, with which user; answers with an errno. */
static void sender(int in, int out)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	unsigned char told, answer;

	while (read(in, &told, 1) == 1) {
		(void)!seteuid(0);
		if (told & 2)
			(void)!seteuid(1000);
		answer = (unsigned char)send_to(fd, told & 1 ? TWO : ONE);
		(void)!write(out, &answer, 1);
	}
	_exit(0);
}

static int told[2], answered[2];

static int sends(int end, int user)
{
	unsigned char tell = (unsigned char)(end | user << 1), answer = 255;

	assert_int_equal(write(told[1], &tell, 1), 1);
	assert_int_equal(read(answered[0], &answer, 1), 1);
	return answer;
}

#define GOES_TO(zone)                                                                              \
	"@id(\"s\") permit(principal, action == Action::\"send\", resource) "                      \
	"when { principal.uid == 0 && resource.ip.isInRange(ip(\"" zone "\")) };"

static void what_was_sent_before_is_sent_under_the_same_policy(void **state)
{
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(told) | pipe(answered), 0);
	(void)gate_apply(&g, GOES_TO("127.0.0.0/8"));
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		scratch_enter(&g.scratch, NULL);
		(void)close(told[1]);
		sender(told[0], answered[1]);
	}
	for (int i = 0; i < CHANGES; i++) {
		(void)gate_apply(&g, i % 2 ? GOES_TO("127.0.2.0/24") : GOES_TO("127.0.1.0/24"));
		for (int n = 0; n < TIMES; n++) {
			assert_int_equal(sends(i % 2, 0), 0);
			assert_int_equal(sends(i % 2, 0), 0);
			assert_int_equal(sends(!(i % 2), 0), EPERM);
			assert_int_equal(sends(i % 2, 1), EPERM);
		}
	}
	(void)close(told[1]);
	assert_int_equal(scratch_wait(pid), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_came_in_before_comes_in_under_the_same_policy),
		cmocka_unit_test(a_port_that_is_no_longer_ones_own_lets_nobody_in),
		cmocka_unit_test(what_was_sent_before_is_sent_under_the_same_policy),
	};

	return cmocka_run_group_tests(tests, open_gate, close_gate);
}
