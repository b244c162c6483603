/* SPDX-License-Identifier: BSD-2-Clause */
/* Which login a process belongs to, as the kernel counts them. */
#include "identity/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cm.h"

/* A child that waits to be killed; with `own` it begins a login session of its own, if it may. */
struct child {
	pid_t pid;
	int pidfd;
};

static struct child start(bool own)
{
	struct child c;
	int ready[2];
	char byte;

	assert_int_equal(pipe(ready), 0);
	c.pid = fork();
	assert_true(c.pid >= 0);
	if (c.pid == 0) {
		int fd = own ? open("/proc/self/loginuid", O_WRONLY) : -1;

		if (fd >= 0)
			(void)!write(fd, "4242", 4);
		(void)!write(ready[1], "", 1);
		for (;;)
			(void)pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
	(void)close(ready[1]);
	c.pidfd = (int)syscall(SYS_pidfd_open, c.pid, 0);
	assert_true(c.pidfd >= 0);
	return c;
}

static void end(const struct child *c)
{
	(void)kill(c->pid, SIGKILL);
	(void)waitpid(c->pid, NULL, 0);
	(void)close(c->pidfd);
}

static void a_child_is_in_its_parents_session(void **state)
{
	struct child c = start(false), d = start(false);
	struct identity_login of_c, of_d;

	(void)state;
	assert_int_equal(identity_process_login(c.pid, c.pidfd, &of_c), 0);
	assert_int_equal(identity_process_login(d.pid, d.pidfd, &of_d), 0);
	assert_int_equal(of_c.session, of_d.session);
	assert_int_equal(of_c.loginuid, of_d.loginuid);
	end(&c);
	end(&d);
}

struct search {
	uint32_t session;
	bool found, none;
};

static void look(uint32_t session, void *arg)
{
	struct search *s = arg;

	s->found |= session == s->session;
	s->none |= session == UINT32_MAX;
}

/* Each that has no login can begin one, and gets a number that nobody else has. */
static void each_login_is_a_session_of_its_own(void **state)
{
	struct child c = start(true), d = start(true);
	struct identity_login of_c, of_d, ours;
	struct search s = { 0 };
	int self = (int)syscall(SYS_pidfd_open, getpid(), 0);

	(void)state;
	assert_int_equal(identity_process_login(getpid(), self, &ours), 0);
	(void)close(self);
	assert_int_equal(identity_process_login(c.pid, c.pidfd, &of_c), 0);
	assert_int_equal(identity_process_login(d.pid, d.pidfd, &of_d), 0);
	if (of_c.loginuid == 4242) {
		assert_int_equal(of_d.loginuid, 4242);
		assert_int_not_equal(of_c.session, of_d.session);
		s.session = of_c.session;
		assert_int_equal(identity_each_session(look, &s), 0);
		assert_true(s.found);
	} else {
		/* whoever runs this has a login already, which cannot be changed without privilege */
		assert_int_equal(of_c.session, ours.session);
		assert_int_not_equal(ours.session, UINT32_MAX);
	}
	assert_false(s.none);
	end(&c);
	end(&d);
}

static void who_has_ended_has_none(void **state)
{
	struct identity_login login = { 7, 7 };
	struct child c = start(false);

	(void)state;
	assert_int_equal(kill(c.pid, SIGKILL), 0);
	while (identity_process_login(c.pid, c.pidfd, &login) != -ESRCH)
		login = (struct identity_login){ 7, 7 };
	assert_int_equal(login.session, 7);
	/* its pid may be another's by then: the pidfd tells */
	assert_int_equal(identity_process_login(getpid(), c.pidfd, &login), -ESRCH);
	assert_int_equal(identity_process_login(getpid(), -1, &login), -ESRCH);
	assert_int_equal(login.session, 7);
	end(&c);
}

static void the_machine_has_a_name(void **state)
{
	char name[256] = "";

	(void)state;
	assert_int_equal(identity_machine(name, sizeof(name)), 0);
	assert_true(strlen(name) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_child_is_in_its_parents_session),
		cmocka_unit_test(each_login_is_a_session_of_its_own),
		cmocka_unit_test(who_has_ended_has_none),
		cmocka_unit_test(the_machine_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
