/* SPDX-License-Identifier: BSD-2-Clause */
/* What systemd is told, and that nothing is told to nobody. */
#include "daemon/notify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cm.h"
#include "tmpdir.h"

/* A socket that listens at `name`; "@" is the abstract space. */
static int listener(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path, name, strlen(name));
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&address,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))),
			 0);
	return fd;
}

static void hears(const char *name)
{
	char text[64] = "";
	int fd = listener(name);

	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	assert_int_equal(notify("READY=1"), 0);
	assert_int_equal(recv(fd, text, sizeof(text), 0), 7);
	assert_string_equal(text, "READY=1");
	(void)close(fd);
}

static void both_kinds_of_sockets_hear(void **state)
{
	char name[128];

	(void)snprintf(name, sizeof(name), "%s/notify", (const char *)*state);
	hears(name);
	(void)snprintf(name, sizeof(name), "@postern-notify-%d", getpid());
	hears(name);
}

static void without_a_socket_nothing_is_said(void **state)
{
	(void)state;
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	assert_int_equal(notify("READY=1"), 0);
}

static void a_socket_that_cannot_be_is_an_error(void **state)
{
	char lengthy[200];

	(void)state;
	memset(lengthy, 'x', sizeof(lengthy) - 1);
	lengthy[0] = '/';
	lengthy[sizeof(lengthy) - 1] = '\0';
	(void)setenv("NOTIFY_SOCKET", lengthy, 1);
	assert_int_equal(notify("READY=1"), -EINVAL);
	(void)setenv("NOTIFY_SOCKET", "relative", 1);
	assert_int_equal(notify("READY=1"), -EINVAL);
	(void)setenv("NOTIFY_SOCKET", "/", 1);
	assert_int_equal(notify("READY=1"), -EINVAL);
	(void)setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1);
	assert_int_equal(notify("READY=1"), -ENOENT);
}

static void the_watchdog_is_ours_and_half_its_time(void **state)
{
	char mine[16];

	(void)state;
	(void)snprintf(mine, sizeof(mine), "%d", getpid());
	(void)setenv("WATCHDOG_USEC", "10000000", 1);
	(void)setenv("WATCHDOG_PID", mine, 1);
	assert_int_equal(notify_watchdog_ms(), 5000);
	(void)setenv("WATCHDOG_PID", "1", 1);
	assert_int_equal(notify_watchdog_ms(), 0);
	(void)unsetenv("WATCHDOG_PID");
	(void)setenv("WATCHDOG_USEC", "18446744073709551615", 1);
	assert_int_equal(notify_watchdog_ms(), 1800000);
	(void)setenv("WATCHDOG_USEC", "nonsense", 1);
	assert_int_equal(notify_watchdog_ms(), 0);
	(void)unsetenv("WATCHDOG_USEC");
	assert_int_equal(notify_watchdog_ms(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_kinds_of_sockets_hear, tmpdir_make,
						tmpdir_remove),
		cmocka_unit_test(without_a_socket_nothing_is_said),
		cmocka_unit_test(a_socket_that_cannot_be_is_an_error),
		cmocka_unit_test(the_watchdog_is_ours_and_half_its_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
