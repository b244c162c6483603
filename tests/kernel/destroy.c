/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets really destroyed: exactly the one meant, of each family, here and in another network namespace. */
#include "cm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <net/if.h>

#include "base/cleanup.h"
#include "revoke/revoke.h"

static struct revoker *revoker;
static int home = -1; /* our own network namespace */

/* A connection over loopback: [0] connected, [1] accepted (TCP) or bound (UDP). */
struct pair {
	int fd[2];
	int listener;
};

static void address(struct sockaddr_storage *to, socklen_t *len, int family, const char *text)
{
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;

	memset(to, 0, sizeof(*to));
	to->ss_family = (sa_family_t)family;
	*len = family == AF_INET ? sizeof(*v4) : sizeof(*v6);
	if (family == AF_INET)
		assert_int_equal(inet_pton(family, text, &v4->sin_addr), 1);
	else
		assert_int_equal(inet_pton(family, text, &v6->sin6_addr), 1);
}

static struct pair pair_new(int family, int type, const char *text)
{
	struct sockaddr_storage any;
	struct pair p = { { -1, -1 }, -1 };
	socklen_t len;

	address(&any, &len, family, text);
	p.listener = socket(family, type | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(p.listener, (struct sockaddr *)&any, len), 0);
	assert_int_equal(getsockname(p.listener, (struct sockaddr *)&any, &len), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(p.listener, 8), 0);
	p.fd[0] = socket(family, type | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(p.fd[0], (struct sockaddr *)&any, len), 0);
	if (type == SOCK_STREAM)
		p.fd[1] = accept(p.listener, NULL, NULL);
	else
		p.fd[1] = dup(p.listener);
	assert_true(p.fd[1] >= 0);
	return p;
}

static void pair_close(struct pair *p)
{
	(void)close(p->fd[0]);
	(void)close(p->fd[1]);
	(void)close(p->listener);
}

static uint16_t ends(const struct sockaddr_storage *from, uint8_t to[16])
{
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)from;
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;

	if (from->ss_family == AF_INET6) {
		memcpy(to, &v6->sin6_addr, 16);
		return ntohs(v6->sin6_port);
	}
	memset(to, 0, 16);
	to[10] = to[11] = 0xff;
	memcpy(to + 12, &v4->sin_addr, 4);
	return ntohs(v4->sin_port);
}

/* What the kernel side would have written of a socket. */
static struct revoke_cut cut_of(int fd)
{
	struct revoke_cut c = { .step = REVOKE_DESTROY, .seen.netns = revoke_own_netns() };
	struct sockaddr_storage here = { 0 }, there = { 0 };
	socklen_t len = sizeof(here), cookie = sizeof(c.seen.cookie), word = sizeof(int);
	int protocol;

	assert_int_equal(getsockname(fd, (struct sockaddr *)&here, &len), 0);
	len = sizeof(there);
	assert_int_equal(getpeername(fd, (struct sockaddr *)&there, &len), 0);
	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_COOKIE, &c.seen.cookie, &cookie), 0);
	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &word), 0);
	c.seen.family = here.ss_family;
	c.seen.ip_protocol = (uint16_t)protocol;
	c.seen.state = TCP_ESTABLISHED;
	c.seen.local_port = ends(&here, c.seen.local);
	c.seen.peer_port = ends(&there, c.seen.peer);
	c.seen.who.process.tgid = (uint32_t)getpid();
	return c;
}

/* The error that the application gets. */
static int said_by(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;

	if (poll(&p, 1, 2000) != 1)
		return ETIMEDOUT;
	return recv(fd, &byte, 1, MSG_DONTWAIT) < 0 ? errno : 0;
}

static bool lives(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 0 && send(fd, "x", 1, MSG_NOSIGNAL) == 1;
}

static void cut(int fd, enum revoke_result expect)
{
	struct revoke_cut c = cut_of(fd);
	int error = 77;

	assert_int_equal(revoker_do(revoker, &c, &error), expect);
	assert_int_equal(error, 0);
}

static const struct {
	int family, type;
	const char *address;
} kinds[] = {
	{ AF_INET, SOCK_STREAM, "127.0.0.1" },
	{ AF_INET6, SOCK_STREAM, "::1" },
	{ AF_INET6, SOCK_STREAM, "::ffff:127.0.0.1" },
	{ AF_INET, SOCK_DGRAM, "127.0.0.1" },
	{ AF_INET6, SOCK_DGRAM, "::1" },
	{ AF_INET6, SOCK_DGRAM, "::ffff:127.0.0.1" },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static void each_kind_hears_of_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct pair p = pair_new(kinds[i].family, kinds[i].type, kinds[i].address);

		cut(p.fd[0], REVOKE_CUT);
		assert_int_equal(said_by(p.fd[0]), ECONNABORTED);
		pair_close(&p);
	}
}

/* The other end of TCP is told at once, too. */
static void the_other_end_is_reset(void **state)
{
	struct pair p = pair_new(AF_INET, SOCK_STREAM, "127.0.0.1");

	(void)state;
	cut(p.fd[1], REVOKE_CUT);
	assert_int_equal(said_by(p.fd[1]), ECONNABORTED);
	assert_int_equal(said_by(p.fd[0]), ECONNRESET);
	pair_close(&p);
}

static void neighbours_live_on(void **state)
{
	(void)state;
	for (size_t i = 0; i < KINDS; i++) {
		struct pair a = pair_new(kinds[i].family, kinds[i].type, kinds[i].address);
		struct pair b = pair_new(kinds[i].family, kinds[i].type, kinds[i].address);

		cut(a.fd[0], REVOKE_CUT);
		assert_true(lives(b.fd[0]));
		assert_true(said_by(a.fd[0]) == ECONNABORTED);
		pair_close(&a);
		pair_close(&b);
	}
}

/* A connection that has come to lie between the same ends is another one. */
static void another_cookie_is_another_socket(void **state)
{
	struct pair p = pair_new(AF_INET, SOCK_STREAM, "127.0.0.1");
	struct revoke_cut c = cut_of(p.fd[0]);
	int error = 77;

	(void)state;
	c.seen.cookie++;
	assert_int_equal(revoker_do(revoker, &c, &error), REVOKE_GONE);
	assert_int_equal(error, 0);
	assert_true(lives(p.fd[0]));
	pair_close(&p);
}

static void what_has_ended_is_gone(void **state)
{
	struct pair p = pair_new(AF_INET6, SOCK_STREAM, "::1");
	struct revoke_cut c = cut_of(p.fd[0]);
	int error;

	(void)state;
	cut(p.fd[0], REVOKE_CUT);
	assert_int_equal(revoker_do(revoker, &c, &error), REVOKE_GONE);
	pair_close(&p);
}

static void a_namespace_of_nobody_is_left(void **state)
{
	struct pair p = pair_new(AF_INET, SOCK_STREAM, "127.0.0.1");
	struct revoke_cut c = cut_of(p.fd[0]);
	int error = 77;

	(void)state;
	c.seen.netns = 1;
	assert_int_equal(revoker_do(revoker, &c, &error), REVOKE_LEFT);
	assert_int_equal(error, 0);
	c = cut_of(p.fd[0]);
	c.step = REVOKE_DROP;
	assert_int_equal(revoker_do(revoker, &c, &error), REVOKE_LEFT);
	assert_true(lives(p.fd[0]));
	pair_close(&p);
}

/* What the kernel does not understand fails by itself; the next one is cut all the same. */
static void one_failure_is_no_others(void **state)
{
	struct pair p = pair_new(AF_INET, SOCK_STREAM, "127.0.0.1");
	struct revoke_cut c = cut_of(p.fd[0]);
	int error = 0;

	(void)state;
	c.seen.family = 250;
	assert_int_equal(revoker_do(revoker, &c, &error), REVOKE_FAILED);
	assert_int_equal(error, -EINVAL);
	cut(p.fd[0], REVOKE_CUT);
	pair_close(&p);
}

static void loopback_up(void)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &lo), 0);
}

/* Another process lives there, we do not; where we are afterwards is where we were. */
static void another_namespace_is_reached(void **state)
{
	uint32_t mine = revoke_own_netns();
	int away[2], stay[2];
	struct revoke_cut c;
	struct pair p;
	pid_t pid;
	char byte;

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	loopback_up();
	p = pair_new(AF_INET, SOCK_STREAM, "127.0.0.1");
	c = cut_of(p.fd[0]);
	assert_true(pipe2(away, O_CLOEXEC) == 0 && pipe2(stay, O_CLOEXEC) == 0);
	pid = fork();
	if (pid == 0) {
		(void)close(stay[1]);
		if (write(away[1], "x", 1) != 1)
			_exit(1);
		_exit(read(stay[0], &byte, 1) != 0);
	}
	assert_int_equal(read(away[0], &byte, 1), 1);
	assert_int_equal(setns(home, CLONE_NEWNET), 0);
	assert_int_not_equal(c.seen.netns, mine);
	for (int hint = 0; hint < 2; hint++) {
		struct revoke_cut again = c;
		int error = 77;

		/* without the process that opened it, whoever else lives there will do */
		again.seen.who.process.tgid = hint ? (uint32_t)pid : 0;
		assert_int_equal(revoker_do(revoker, &again, &error),
				 hint ? REVOKE_GONE : REVOKE_CUT);
		assert_int_equal(error, 0);
		revoker_rest(revoker);
	}
	assert_int_equal(said_by(p.fd[0]), ECONNABORTED);
	assert_int_equal(revoke_own_netns(), mine);
	(void)close(stay[1]);
	pair_close(&p);
}

static int setup(void **state)
{
	(void)state;
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	assert_true(home >= 0);
	assert_int_equal(revoker_new(&revoker), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	revoker_free(&revoker);
	(void)close(home);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_hears_of_it),
		cmocka_unit_test(the_other_end_is_reset),
		cmocka_unit_test(neighbours_live_on),
		cmocka_unit_test(another_cookie_is_another_socket),
		cmocka_unit_test(what_has_ended_is_gone),
		cmocka_unit_test(a_namespace_of_nobody_is_left),
		cmocka_unit_test(one_failure_is_no_others),
		cmocka_unit_test(another_namespace_is_reached),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
