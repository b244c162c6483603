/* SPDX-License-Identifier: BSD-2-Clause */
/* Live processes and sockets: this very process and sockets of its own. */
#include "daemon/living.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "identity/identity.h"

#include "cm.h"

struct sought {
	unsigned long inode;
	bool held;
};

static void seek(unsigned long inode, void *arg)
{
	struct sought *s = arg;

	s->held |= inode == s->inode;
}

/* The row of the socket that has that port here; NULL. */
static const struct living_socket *row_of(const struct living_sockets *all, uint16_t port,
					  uint8_t protocol)
{
	for (size_t i = 0; i < all->all.n; i++)
		if (all->all.items[i].local_port == port && all->all.items[i].protocol == protocol)
			return &all->all.items[i];
	return NULL;
}

static uint16_t port_of(int fd)
{
	struct sockaddr_in6 at;
	socklen_t len = sizeof(at);

	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	return ntohs(at.sin6_port);
}

static void a_listener_is_found_and_its_holder(void **state)
{
	const struct sockaddr_in at = { .sin_family = AF_INET,
					.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	_cleanup_close_ int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	static const uint8_t expected[16] = { [10] = 0xff, 0xff, 127, 0, 0, 1 };
	struct living_sockets all = { 0 };
	const struct living_socket *row;
	struct sought s = { 0 };

	(void)state;
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(living_sockets_read(&all), 0);
	row = row_of(&all, port_of(fd), POSTERN_TCP);
	assert_non_null(row);
	assert_int_equal(row->state, LIVING_LISTENS);
	assert_true(row->v4);
	assert_memory_equal(row->local, expected, 16);
	s.inode = row->inode;
	living_holds(getpid(), seek, &s);
	assert_true(s.held);
	s = (struct sought){ .inode = 1 };
	living_holds(getpid(), seek, &s);
	assert_false(s.held);
	vec_free(&all.all);
}

static void six_is_read_as_six(void **state)
{
	const struct sockaddr_in6 at = { .sin6_family = AF_INET6,
					 .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	static const uint8_t expected[16] = { [15] = 1 };
	_cleanup_close_ int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct living_sockets all = { 0 };
	const struct living_socket *row;

	(void)state;
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(living_sockets_read(&all), 0);
	row = row_of(&all, port_of(fd), POSTERN_UDP);
	assert_non_null(row);
	assert_false(row->v4);
	assert_memory_equal(row->local, expected, 16);
	vec_free(&all.all);
}

static void this_process_is_known(void **state)
{
	_cleanup_free_ char *root = NULL;
	char exe[POSTERN_PATH_MAX], self[POSTERN_PATH_MAX];
	struct postern_event e;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	(void)state;
	assert_true(n > 0);
	self[n] = '\0';
	living_exe(getpid(), exe);
	assert_string_equal(exe, self);
	assert_int_equal(living_parent(getpid()), getppid());
	living_exe(1 << 30, exe);
	assert_string_equal(exe, "");
	assert_int_equal(living_parent(1 << 30), 0);
	assert_int_equal(identity_cgroup_root(&root), 0);
	assert_int_equal(living_record(root, getpid(), &e), 0);
	assert_int_equal(e.uid, geteuid());
	assert_int_equal(e.gid, getegid());
	assert_int_equal(e.process.tgid, getpid());
	assert_int_equal(e.exe_len, n);
	assert_true(e.cgroup_id > 0);
	assert_int_equal(living_record("/nowhere", getpid(), &e), -ENOENT);
	assert_true(living_record(root, 1 << 30, &e) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_listener_is_found_and_its_holder),
		cmocka_unit_test(six_is_read_as_six),
		cmocka_unit_test(this_process_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
