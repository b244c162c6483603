/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opening /dev/net/tun is `create` of kind "tun"; other devices, and making the node, are as without the
 * hook. Named Unix sockets are counted where the kernel shows them, and work.
 */
#include "cm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include "scratch.h"

static struct scratch s;
static char node[256];

/* In the cgroup: 0 or an errno. */
static int in_cgroup(int (*fn)(void))
{
	char path[300];
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		int procs;

		(void)snprintf(path, sizeof(path), "%s/cgroup.procs", s.cgroup);
		procs = open(path, O_WRONLY | O_CLOEXEC);
		_exit(procs < 0 || write(procs, "0", 1) != 1 ? 254 : fn());
	}
	return scratch_wait(pid);
}

/* EPERM is ours; ENODEV and ENXIO are of a kernel without the driver. */
static int open_tun(void)
{
	return open(node, O_RDWR | O_CLOEXEC) < 0 && errno == EPERM ? EPERM : 0;
}

static int make_tun(void)
{
	char other[300];

	(void)snprintf(other, sizeof(other), "%s-made", node);
	return mknod(other, S_IFCHR | 0600, makedev(10, 200)) < 0 ? errno : 0;
}

static int open_others(void)
{
	static const char *const paths[] = { "/dev/null", "/dev/zero", "/dev/urandom" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (open(paths[i], O_RDWR | O_CLOEXEC) < 0)
			return errno;
	return 0;
}

static void apply(const char *policy)
{
	(void)scratch_apply(&s, policy, NULL, NULL);
	(void)scratch_denials(&s, NULL);
}

#define PERMIT_TUN                                                                                 \
	"@id(\"tun\") permit(principal, action == Action::\"create\","                             \
	" resource == SocketKind::\"tun\");"
#define PERMIT_RAW                                                                                 \
	"@id(\"raw\") permit(principal, action == Action::\"create\","                             \
	" resource == SocketKind::\"raw\");"

static void opening_tun_is_a_decision(void **state)
{
	struct postern_event e;

	(void)state;
	apply(PERMIT_RAW);
	assert_int_equal(in_cgroup(open_tun), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.hook, POSTERN_H_DEVICE);
	assert_int_equal(e.action, POSTERN_CREATE);
	assert_int_equal(e.reason, POSTERN_R_DEFAULT_DENY);
	apply(PERMIT_TUN);
	assert_int_equal(in_cgroup(open_tun), 0);
	assert_int_equal(scratch_denials(&s, NULL), 0);
}

static void everything_else_with_devices_is_as_ever(void **state)
{
	(void)state;
	apply(PERMIT_RAW);
	assert_int_equal(in_cgroup(make_tun), 0);
	assert_int_equal(in_cgroup(open_others), 0);
	assert_int_equal(scratch_denials(&s, NULL), 0);
}

/* A named socket: connected to, and sent to. */
static int talk_unix(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int to = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int from = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)snprintf(a.sun_path, sizeof(a.sun_path), "%.90s/socket", s.dir);
	(void)unlink(a.sun_path);
	if (bind(to, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    sendto(from, "x", 1, 0, (struct sockaddr *)&a, sizeof(a)) != 1 ||
	    connect(from, (struct sockaddr *)&a, sizeof(a)) < 0 || send(from, "x", 1, 0) != 1)
		return errno;
	return 0;
}

static void named_unix_sockets_are_counted_and_work(void **state)
{
	uint64_t before;

	(void)state;
	apply("@id(\"none\") forbid(principal, action, resource);");
	before = loader_counter(s.loader, POSTERN_C_UNIX);
	assert_int_equal(in_cgroup(talk_unix), 0);
	assert_int_equal(scratch_denials(&s, NULL), 0);
	assert_int_equal(loader_counter(s.loader, POSTERN_C_UNIX) - before,
			 (scratch_has(&s, "postern_conn_un") ? 1 : 0) +
				 (scratch_has(&s, "postern_send_un") ? 1 : 0));
}

static int setup(void **state)
{
	(void)state;
	scratch_open(&s, "device");
	(void)snprintf(node, sizeof(node), "%.100s/tun", s.dir);
	if (mknod(node, S_IFCHR | 0600, makedev(10, 200)) < 0)
		return -1;
	scratch_load(&s);
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
		cmocka_unit_test(opening_tun_is_a_decision),
		cmocka_unit_test(everything_else_with_devices_is_as_ever),
		cmocka_unit_test(named_unix_sockets_are_counted_and_work),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
