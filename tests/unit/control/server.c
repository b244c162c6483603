/* SPDX-License-Identifier: BSD-2-Clause */
/* The socket: its file, its permissions, who gets in and as what. */
#include "control/control.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "answering.h"
#include "cm.h"

enum { NOBODY_UID = 65534 };

static int listen_on(const char *path)
{
	const struct control_config cfg = { .path = path, .version = "1" };
	_cleanup_loop_ struct loop *l = NULL;
	_cleanup_control_server_ struct control_server *s = NULL;
	int r;

	assert_int_equal(loop_new(&l), 0);
	r = control_listen(l, &cfg, &s);
	control_close(&s);
	return r;
}

static void only_its_group_may_connect(void **state)
{
	struct answering a;
	struct stat st;

	(void)state;
	answering_start(&a, false);
	assert_int_equal(stat(a.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	answering_stop(&a);
	answering_start(&a, true);
	assert_int_equal(stat(a.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0666);
	answering_stop(&a);
}

static void a_living_server_keeps_its_socket(void **state)
{
	struct answering a;

	(void)state;
	answering_start(&a, false);
	assert_int_equal(listen_on(a.path), -EADDRINUSE);
	assert_true(answering_count(&a, "calls") > 0);
	answering_stop(&a);
}

static void the_socket_of_a_dead_server_is_replaced(void **state)
{
	char dir[] = "/tmp/postern-server-XXXXXX", path[64];
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/socket", dir);
	assert_int_equal(wire_address(path, &address), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	(void)close(fd);
	assert_int_equal(listen_on(path), 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(rmdir(dir), 0);
}

static void another_file_is_left_alone(void **state)
{
	char path[] = "/tmp/postern-server-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(listen_on(path), -EEXIST);
	assert_int_equal(unlink(path), 0);
	(void)close(fd);
}

static void a_path_that_cannot_be_is_an_error(void **state)
{
	char lengthy[200];

	(void)state;
	memset(lengthy, 'x', sizeof(lengthy) - 1);
	lengthy[sizeof(lengthy) - 1] = '\0';
	assert_int_equal(listen_on(lengthy), -ENAMETOOLONG);
	assert_int_equal(listen_on("/nonexistent/socket"), -ENOENT);
}

/* Whether a call is answered within two seconds: the server learns by and by who left. */
static bool gets_in_again(const struct answering *a)
{
	for (int i = 0; i < 200; i++) {
		_cleanup_wire_client_ struct wire_client *c = NULL;
		_cleanup_json_ json_t *got = NULL;
		char *error = NULL;

		assert_int_equal(wire_open(a->path, &c), 0);
		if (wire_call(c, WIRE_INTERFACE ".GetStatus", NULL, &got, &error) == 0)
			return true;
		(void)poll(NULL, 0, 10);
	}
	return false;
}

static void one_user_gets_sixteen_connections(void **state)
{
	struct answering a;
	int fds[16];
	char byte;

	(void)state;
	answering_start(&a, false);
	for (int i = 0; i < 16; i++)
		fds[i] = answering_connect(&a);
	{
		_cleanup_close_ int more = answering_connect(&a);

		assert_int_equal(recv(more, &byte, 1, 0), 0);
	}
	for (int i = 0; i < 16; i++)
		(void)close(fds[i]);
	assert_true(gets_in_again(&a));
	assert_true(answering_count(&a, "overQuota") >= 1);
	answering_stop(&a);
}

/* Becomes a user without any group but their own. Only root becomes another. */
static bool become(uid_t uid)
{
	if (uid == geteuid())
		return true;
	return setgroups(0, NULL) == 0 && setresgid(uid, uid, uid) == 0 &&
	       setresuid(uid, uid, uid) == 0;
}

/* The role that a user has, "" if they cannot connect; method errors come through *ret_error. */
static void role_of_user(const struct answering *a, uid_t uid, char *ret, size_t size)
{
	int answer[2];
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(answer), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct wire_client *c = NULL;
		json_t *got = NULL;
		char *error = NULL;
		const char *role = "";

		if (become(uid) && wire_open(a->path, &c) == 0) {
			(void)wire_call(c, WIRE_INTERFACE ".GetStatus", NULL, &got, &error);
			role = error ? error : json_string_value(json_object_get(got, "role"));
		}
		_exit(write(answer[1], role, strlen(role)) < 0);
	}
	(void)close(answer[1]);
	n = read(answer[0], ret, size - 1);
	ret[n > 0 ? n : 0] = '\0';
	(void)close(answer[0]);
	(void)waitpid(pid, NULL, 0);
}

static void the_kernel_says_who_asks(void **state)
{
	char role[64];
	struct answering a;

	(void)state;
	answering_start(&a, true);
	role_of_user(&a, geteuid(), role, sizeof(role));
	assert_string_equal(role, "admin");
	if (geteuid() == 0) {
		role_of_user(&a, NOBODY_UID, role, sizeof(role));
		assert_string_equal(role, "reader");
	}
	answering_stop(&a);
}

/*
 * Without a group of readers the file's mode keeps others out; with the file open to them, their
 * role does.
 */
static void others_may_nothing(void **state)
{
	char role[64];
	struct answering a;

	(void)state;
	answering_start(&a, false);
	if (geteuid() == 0) {
		role_of_user(&a, NOBODY_UID, role, sizeof(role));
		assert_string_equal(role, "");
		assert_int_equal(chmod(a.path, 0666), 0);
		role_of_user(&a, NOBODY_UID, role, sizeof(role));
		assert_string_equal(role, WIRE_INTERFACE ".NotAllowed");
		assert_int_equal(answering_count(&a, "notAllowed"), 1);
	}
	assert_int_equal(answering_count(&a, "badInput"), 0);
	answering_stop(&a);
}

/* What WhoAmI answers on a connection: the number of a member. */
static json_int_t number(struct wire_client *c, const char *member)
{
	_cleanup_json_ json_t *got = NULL;
	char *error = NULL;

	assert_int_equal(wire_call(c, WIRE_INTERFACE ".WhoAmI", NULL, &got, &error), 0);
	assert_true(json_is_true(json_object_get(got, "alive")));
	return json_integer_value(json_object_get(got, member));
}

static void everybody_may_connect_and_nothing_more(void **state)
{
	char role[64];
	struct answering a;
	struct stat st;

	(void)state;
	answering_start_open(&a);
	assert_int_equal(stat(a.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0666);
	if (geteuid() == 0) {
		role_of_user(&a, NOBODY_UID, role, sizeof(role));
		assert_string_equal(role, WIRE_INTERFACE ".NotAllowed");
	}
	answering_stop(&a);
}

static void each_connection_has_its_number_and_its_process(void **state)
{
	_cleanup_wire_client_ struct wire_client *one = NULL, *two = NULL, *three = NULL;
	json_int_t first, second;
	struct answering a;

	(void)state;
	answering_start_open(&a);
	assert_int_equal(wire_open(a.path, &one), 0);
	assert_int_equal(wire_open(a.path, &two), 0);
	first = number(one, "connection");
	second = number(two, "connection");
	assert_int_not_equal(first, second);
	assert_int_equal(number(one, "connection"), first);
	assert_int_equal(number(one, "pid"), getpid());
	wire_close(&one);
	wire_close(&two);
	assert_int_equal(wire_open(a.path, &three), 0);
	assert_true(number(three, "connection") > second);
	wire_close(&three);
	answering_stop(&a);
}

/* As that user: connects so many times and stays. The child's pid, once all that got in have been answered. */
static pid_t crowd(const struct answering *a, uid_t uid, int n, int *ret_answered)
{
	int said[2];
	char count;
	pid_t pid;

	assert_int_equal(pipe(said), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct wire_client *c;
		json_t *got;
		char *error;

		count = 0;
		if (!become(uid))
			_exit(1);
		for (int i = 0; i < n; i++)
			count += wire_open(a->path, &c) == 0 &&
				 wire_call(c, WIRE_INTERFACE ".WhoAmI", NULL, &got, &error) == 0;
		(void)!write(said[1], &count, 1);
		for (;;)
			(void)pause();
	}
	assert_int_equal(read(said[0], &count, 1), 1);
	(void)close(said[0]);
	(void)close(said[1]);
	*ret_answered += count;
	return pid;
}

/* Nine accounts of strangers take what all strangers may have, and no more. */
static void strangers_leave_room(void **state)
{
	enum { ACCOUNTS = 9, EACH = 16, FIRST_UID = 70000 };
	_cleanup_wire_client_ struct wire_client *mine = NULL;
	pid_t pids[ACCOUNTS];
	struct answering a;
	int answered = 0;

	(void)state;
	if (geteuid() != 0)
		return; /* one account cannot be nine */
	answering_start_open(&a);
	for (int i = 0; i < ACCOUNTS; i++)
		pids[i] = crowd(&a, FIRST_UID + (uid_t)i, EACH, &answered);
	assert_int_equal(answered, 128);
	assert_int_equal(answering_count(&a, "overQuota"), ACCOUNTS * EACH - 128);
	assert_int_equal(wire_open(a.path, &mine), 0);
	assert_true(number(mine, "connection") > 0);
	for (int i = 0; i < ACCOUNTS; i++) {
		(void)kill(pids[i], SIGKILL);
		(void)waitpid(pids[i], NULL, 0);
	}
	wire_close(&mine);
	answering_stop(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_its_group_may_connect),
		cmocka_unit_test(a_living_server_keeps_its_socket),
		cmocka_unit_test(the_socket_of_a_dead_server_is_replaced),
		cmocka_unit_test(another_file_is_left_alone),
		cmocka_unit_test(a_path_that_cannot_be_is_an_error),
		cmocka_unit_test(one_user_gets_sixteen_connections),
		cmocka_unit_test(the_kernel_says_who_asks),
		cmocka_unit_test(others_may_nothing),
		cmocka_unit_test(everybody_may_connect_and_nothing_more),
		cmocka_unit_test(each_connection_has_its_number_and_its_process),
		cmocka_unit_test(strangers_leave_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
