/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections: streams keep their order, a slow reader costs bounded memory, and all ends are
 * noticed.
 */
#include "wire/wire.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"

#include "answering.h"
#include "cm.h"

static struct answering a;

static int start(void **state)
{
	(void)state;
	answering_start(&a, false);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	answering_stop(&a);
	return 0;
}

static int in_order(const json_t *reply, void *arg)
{
	json_int_t *next = arg;
	const json_t *n = json_object_get(reply, "n");

	if (!n) /* the last one is empty */
		return 0;
	assert_int_equal(json_integer_value(n), *next);
	(*next)++;
	return 0;
}

static void ten_thousand_replies_come_in_order(void **state)
{
	_cleanup_wire_client_ struct wire_client *c = NULL;
	json_int_t next = 0;
	char *error = NULL;

	(void)state;
	assert_int_equal(wire_open(a.path, &c), 0);
	assert_int_equal(wire_call_more(c, WIRE_INTERFACE ".Trace",
					json_pack("{s:i, s:i}", "last", 10000, "size", 100),
					in_order, &next, &error),
			 0);
	assert_int_equal(next, 10000);
}

/* Waits until the server says that so many streams have ended; false after two seconds. */
static bool ended(long long n)
{
	for (int i = 0; i < 200; i++) {
		if (answering_count(&a, "ended") >= n)
			return true;
		(void)poll(NULL, 0, 10);
	}
	return false;
}

static const char follow[] = "{\"method\":\"org.postern.Controller.Trace\",\"more\":true,"
			     "\"parameters\":{\"last\":1,\"size\":1,\"follow\":true}}";

static void a_stream_ends_with_its_reader(void **state)
{
	long long before = answering_count(&a, "ended");
	int fd = answering_connect(&a);
	char reply[256];

	(void)state;
	assert_int_equal(fd_write_all(fd, follow, sizeof(follow)), 0);
	assert_true(recv(fd, reply, sizeof(reply), 0) > 0);
	assert_int_equal(answering_count(&a, "ended"), before);
	(void)close(fd);
	assert_true(ended(before + 1));
}

/*
 * 80 MB for somebody who never reads: the server goes on answering others, and forgets it all when
 * they leave.
 */
static void a_reader_that_never_reads_stops_only_itself(void **state)
{
	static const char flood[] = "{\"method\":\"org.postern.Controller.Trace\",\"more\":true,"
				    "\"parameters\":{\"last\":10000,\"size\":8000}}";
	long long before = answering_count(&a, "ended");
	int fd = answering_connect(&a);

	(void)state;
	assert_int_equal(fd_write_all(fd, flood, sizeof(flood)), 0);
	for (int i = 0; i < 20; i++)
		assert_true(answering_count(&a, "calls") > 0);
	assert_int_equal(answering_count(&a, "ended"), before);
	(void)close(fd);
	assert_true(ended(before + 1));
}

/* Calls that nobody reads the answers of are not even taken up. */
static void answers_that_nobody_reads_stop_the_calls(void **state)
{
	static const char call[] = "{\"method\":\"org.varlink.service.GetInterfaceDescription\","
				   "\"parameters\":{\"interface\":\"org.postern.Controller\"}}";
	long long before = answering_count(&a, "calls"), taken;
	int fd = answering_connect(&a);

	(void)state;
	for (int i = 0; i < 5000; i++)
		if (send(fd, call, sizeof(call), MSG_DONTWAIT | MSG_NOSIGNAL) <
		    (ssize_t)sizeof(call))
			break;
	taken = answering_count(&a, "calls") - before;
	assert_true(taken < 1000);
	(void)close(fd);
	assert_true(answering_count(&a, "calls") > 0);
}

static void half_a_call_is_none(void **state)
{
	long long before = answering_count(&a, "calls");
	int fd = answering_connect(&a);

	(void)state;
	assert_int_equal(fd_write_all(fd, follow, sizeof(follow) - 1), 0); /* no NUL */
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	assert_int_equal(recv(fd, &(char){ 0 }, 1, 0), 0);
	(void)close(fd);
	assert_int_equal(answering_count(&a, "calls"), before + 1); /* the count itself */
}

static const char status_call[] = "{\"method\":\"org.postern.Controller.GetStatus\"}";

/* Who says nothing more still reads: all that he asked is answered, more than is taken up at a time. */
static void what_came_before_the_end_is_answered(void **state)
{
	enum { CALLS = 50 };
	int fd = answering_connect(&a), replies = 0;
	char bytes[4096];
	ssize_t n;

	(void)state;
	for (int i = 0; i < CALLS; i++)
		assert_int_equal(fd_write_all(fd, status_call, sizeof(status_call)), 0);
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0)
		for (ssize_t i = 0; i < n; i++)
			replies += bytes[i] == '\0';
	assert_int_equal(n, 0);
	assert_int_equal(replies, CALLS);
	(void)close(fd);
}

/* A stream has nobody left who could end it. */
static void a_stream_ends_with_its_input(void **state)
{
	long long before = answering_count(&a, "ended");
	int fd = answering_connect(&a);
	char reply[256];

	(void)state;
	assert_int_equal(fd_write_all(fd, follow, sizeof(follow)), 0);
	assert_true(recv(fd, reply, sizeof(reply), 0) > 0);
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	assert_true(ended(before + 1));
	(void)close(fd);
}

/* A thousand calls that want no answer are there at once with somebody else's single one: his turn comes. */
static void many_calls_make_nobody_wait(void **state)
{
	static const char oneway[] =
		"{\"method\":\"org.postern.Controller.GetStatus\",\"oneway\":true}";
	int flood = answering_connect(&a), other = answering_connect(&a);
	long long before = answering_count(&a, "calls"), seen;
	_cleanup_buf_ struct buf calls = BUF_INIT, in = BUF_INIT;
	_cleanup_json_ json_t *reply = NULL;
	char bytes[4096];
	ssize_t n;

	(void)state;
	while (calls.len < 1000 * sizeof(oneway))
		buf_put(&calls, oneway, sizeof(oneway));
	assert_int_equal(kill(a.pid, SIGSTOP), 0);
	assert_int_equal(fd_write_all(flood, calls.data, calls.len), 0);
	assert_int_equal(fd_write_all(other, status_call, sizeof(status_call)), 0);
	assert_int_equal(kill(a.pid, SIGCONT), 0);
	n = recv(other, bytes, sizeof(bytes), 0);
	assert_true(n > 0);
	buf_put(&in, bytes, (size_t)n);
	assert_int_equal(wire_take(&in, sizeof(bytes), &reply), 1);
	seen = json_integer_value(json_object_get(json_object_get(reply, "parameters"), "calls"));
	assert_true(seen - before < 100);
	(void)close(flood);
	(void)close(other);
}

/* 48 MiB without an end: an admin is told, and the connection closed. */
static void a_call_without_an_end_is_refused(void **state)
{
	_cleanup_free_ char *block = malloc(1 << 20);
	int fd = answering_connect(&a);
	char reply[512] = "";

	(void)state;
	assert_non_null(block);
	memset(block, ' ', 1 << 20);
	for (int i = 0; i < 50; i++)
		if (send(fd, block, 1 << 20, MSG_NOSIGNAL) < 0)
			break;
	assert_true(recv(fd, reply, sizeof(reply) - 1, 0) > 0);
	assert_non_null(strstr(reply, "InvalidParameter"));
	assert_true(recv(fd, reply, sizeof(reply), 0) <= 0);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_thousand_replies_come_in_order),
		cmocka_unit_test(a_stream_ends_with_its_reader),
		cmocka_unit_test(a_reader_that_never_reads_stops_only_itself),
		cmocka_unit_test(answers_that_nobody_reads_stop_the_calls),
		cmocka_unit_test(half_a_call_is_none),
		cmocka_unit_test(what_came_before_the_end_is_answered),
		cmocka_unit_test(a_stream_ends_with_its_input),
		cmocka_unit_test(many_calls_make_nobody_wait),
		cmocka_unit_test(a_call_without_an_end_is_refused),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
