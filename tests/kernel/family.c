/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What only LSM programs see. Where they do not run, each of these goes through, which is a limit that
 * `doctor` names: the test asserts that, too, so that it is noticed when it ends.
 */
#include "cm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"

#define AF_VSOCK_NUMBER 40
#define AF_XDP_NUMBER 44

static struct scratch s;
static bool seen; /* LSM programs run here */

static void enter(void)
{
	char path[300];
	int procs;

	(void)snprintf(path, sizeof(path), "%s/cgroup.procs", s.cgroup);
	procs = open(path, O_WRONLY | O_CLOEXEC);
	if (procs < 0 || write(procs, "0", 1) != 1)
		_exit(254);
	(void)close(procs);
}

/* In the cgroup: 0 or an errno. */
static int in_cgroup(int (*fn)(int arg), int arg)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		enter();
		_exit(fn(arg));
	}
	return scratch_wait(pid);
}

static void apply(const char *policy)
{
	(void)scratch_apply(&s, policy, NULL, NULL);
	(void)scratch_denials(&s, NULL);
}

/* A kernel without such sockets says so only after the programs were asked. */
static int make(int family)
{
	int type = family == AF_XDP_NUMBER || family == AF_PACKET ? SOCK_RAW : SOCK_DGRAM;

	if (family == AF_VSOCK_NUMBER)
		type = SOCK_STREAM;
	if (socket(family, type | SOCK_CLOEXEC, 0) >= 0)
		return 0;
	return errno == EAFNOSUPPORT || errno == ESOCKTNOSUPPORT ? 0 : errno;
}

#define PERMIT_KIND(kind)                                                                          \
	"@id(\"kind\") permit(principal, action == Action::\"create\","                            \
	" resource == SocketKind::\"" kind "\");"

static const struct {
	int family;
	const char *permit;
} families[] = {
	{ AF_PACKET, PERMIT_KIND("packet") },
	{ AF_VSOCK_NUMBER, PERMIT_KIND("vsock") },
	{ AF_XDP_NUMBER, PERMIT_KIND("xdp") },
	{ AF_CAN, PERMIT_KIND("other") },
};

static void other_families_are_decisions(void **state)
{
	struct postern_event e;

	(void)state;
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		apply(PERMIT_KIND("raw"));
		assert_int_equal(in_cgroup(make, families[i].family), seen ? EPERM : 0);
		assert_int_equal(scratch_denials(&s, &e), seen ? 1 : 0);
		if (seen) {
			assert_int_equal(e.hook, POSTERN_H_LSM);
			assert_int_equal(e.action, POSTERN_CREATE);
			assert_int_equal(e.family, families[i].family);
		}
		apply(families[i].permit);
		assert_int_equal(in_cgroup(make, families[i].family), 0);
		assert_int_equal(scratch_denials(&s, NULL), 0);
	}
}

static void unix_and_netlink_are_not_governed(void **state)
{
	(void)state;
	apply("@id(\"none\") forbid(principal, action, resource);");
	assert_int_equal(in_cgroup(make, AF_UNIX), 0);
	assert_int_equal(in_cgroup(make, AF_NETLINK), 0);
	assert_int_equal(scratch_denials(&s, NULL), 0);
}

/* The kernel chooses the port at listen(): no bind was asked about. */
static int listen_unnamed(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd < 0 || listen(fd, 1) < 0 ? errno : 0;
}

static void listening_on_an_unnamed_port_is_a_decision(void **state)
{
	struct postern_event e;

	(void)state;
	apply("@id(\"egress\") permit(principal, action in Action::\"egress\", resource);");
	assert_int_equal(in_cgroup(listen_unnamed, AF_INET), seen ? EPERM : 0);
	assert_int_equal(scratch_denials(&s, &e), seen ? 1 : 0);
	if (seen)
		assert_int_equal(e.action, POSTERN_LISTEN);
	assert_int_equal(in_cgroup(listen_unnamed, AF_INET6), seen ? EPERM : 0);
	apply("@id(\"listen\") permit(principal, action == Action::\"listen\", resource);");
	assert_int_equal(in_cgroup(listen_unnamed, AF_INET), 0);
	assert_int_equal(in_cgroup(listen_unnamed, AF_INET6), 0);
	/* both wildcards, or neither */
	apply("@id(\"v6\") permit(principal, action == Action::\"listen\", resource)"
	      " when { resource.ip.isIpv6() };");
	assert_int_equal(in_cgroup(listen_unnamed, AF_INET6), seen ? EPERM : 0);
}

static int connected(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0 ? -1 : fd;
}

union control {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

static int pass(int over, int fd)
{
	union control c = { .head = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec byte = { "x", 1 };
	struct msghdr m = { .msg_iov = &byte,
			    .msg_iovlen = 1,
			    .msg_control = &c,
			    .msg_controllen = sizeof(c.room) };

	memcpy(CMSG_DATA(&c.head), &fd, sizeof(fd));
	return sendmsg(over, &m, 0) == 1 ? 0 : -1;
}

/* Whether a descriptor arrived. */
static bool receive(int over)
{
	union control c = { .room = { 0 } };
	char x;
	struct iovec byte = { &x, 1 };
	struct msghdr m = { .msg_iov = &byte,
			    .msg_iovlen = 1,
			    .msg_control = &c,
			    .msg_controllen = sizeof(c.room) };

	return recvmsg(over, &m, MSG_CMSG_CLOEXEC) == 1 && !(m.msg_flags & MSG_CTRUNC) &&
	       m.msg_controllen > 0;
}

/* Root opens and connects, and passes the socket to a process of that user: 0 when it arrives. */
static int pass_to(int uid)
{
	int over[2], status;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, over) < 0)
		return 252;
	pid = fork();
	if (pid == 0) {
		if (setuid((uid_t)uid) < 0)
			_exit(251);
		_exit(receive(over[1]) ? 0 : EPERM);
	}
	if (pass(over[0], connected()) < 0)
		return 250;
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 249;
}

static void a_socket_that_comes_in_is_judged_for_both(void **state)
{
	struct postern_event e;

	(void)state;
	apply("@id(\"root\") permit(principal in User::\"#0\", action in Action::\"egress\","
	      " resource);");
	assert_int_equal(in_cgroup(pass_to, 0), 0);
	assert_int_equal(scratch_denials(&s, NULL), 0);
	assert_int_equal(in_cgroup(pass_to, 65534), seen ? EPERM : 0);
	assert_int_equal(scratch_denials(&s, &e), seen ? 1 : 0);
	if (seen) {
		assert_int_equal(e.uid, 65534);
		assert_int_equal(e.party, POSTERN_USER);
		assert_int_equal(e.hook, POSTERN_H_LSM);
	}
}

static int setup(void **state)
{
	(void)state;
	scratch_open(&s, "family");
	scratch_load(&s);
	apply(PERMIT_KIND("raw"));
	seen = scratch_has(&s, "postern_family");
	print_message("LSM programs %s here\n", seen ? "run" : "do not run");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scratch_close(&s);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_families_are_decisions),
		cmocka_unit_test(unix_and_netlink_are_not_governed),
		cmocka_unit_test(listening_on_an_unnamed_port_is_a_decision),
		cmocka_unit_test(a_socket_that_comes_in_is_judged_for_both),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
