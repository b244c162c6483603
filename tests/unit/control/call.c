/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls: each gets one answer, in order; a method that is not, may not or makes no sense gets none
 * of its work done.
 */
#include "wire/wire.h"

#include <errno.h>
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

/* Sends bytes, and reads answers until `n` NULs came or the server hung up; how many came. */
static size_t talk(const char *bytes, size_t len, size_t n, struct buf *out)
{
	_cleanup_close_ int fd = answering_connect(&a);
	size_t got = 0;

	assert_int_equal(fd_write_all(fd, bytes, len), 0);
	while (got < n) {
		char c[4096];
		ssize_t r = recv(fd, c, sizeof(c), 0);

		if (r <= 0)
			break;
		buf_put(out, c, (size_t)r);
		for (ssize_t i = 0; i < r; i++)
			got += c[i] == '\0';
	}
	return got;
}

/* Calls a method; the error's name, or "" for none. */
static const char *fails_with(const char *method, json_t *parameters)
{
	static char name[128];
	_cleanup_wire_client_ struct wire_client *c = NULL;
	_cleanup_json_ json_t *got = NULL;
	_cleanup_free_ char *error = NULL;
	int r;

	assert_int_equal(wire_open(a.path, &c), 0);
	r = wire_call(c, method, parameters, &got, &error);
	assert_true(r == 0 || r == -EREMOTEIO);
	(void)snprintf(name, sizeof(name), "%s", error ? error : "");
	return name;
}

static void it_says_what_it_is(void **state)
{
	_cleanup_wire_client_ struct wire_client *c = NULL;
	_cleanup_json_ json_t *info = NULL, *text = NULL;
	char *error = NULL;

	(void)state;
	assert_int_equal(wire_open(a.path, &c), 0);
	assert_int_equal(wire_call(c, "org.varlink.service.GetInfo", NULL, &info, &error), 0);
	assert_string_equal(json_string_value(json_object_get(info, "version")), "1.2.3");
	assert_int_equal(json_array_size(json_object_get(info, "interfaces")), 2);
	assert_int_equal(wire_call(c, "org.varlink.service.GetInterfaceDescription",
				   json_pack("{s:s}", "interface", WIRE_INTERFACE), &text, &error),
			 0);
	assert_string_equal(json_string_value(json_object_get(text, "description")),
			    wire_description());
}

static void calls_in_one_packet_are_answered_in_order(void **state)
{
	static const char calls[] =
		"{\"method\":\"org.varlink.service.GetInfo\"}\0"
		"{\"method\":\"org.postern.Controller.Push\",\"parameters\":{\"bundle\":\"abc\"}}\0"
		"{\"method\":\"a.b.C\"}";
	_cleanup_buf_ struct buf out = BUF_INIT;
	const char *second, *third;

	(void)state;
	assert_int_equal(talk(calls, sizeof(calls), 3, &out), 3);
	assert_non_null(strstr(out.data, "posternd"));
	second = out.data + strlen(out.data) + 1;
	assert_string_equal(second, "{\"parameters\":{\"length\":3}}");
	third = second + strlen(second) + 1;
	assert_non_null(strstr(third, "MethodNotFound"));
}

static void a_oneway_call_gets_no_answer(void **state)
{
	static const char calls[] =
		"{\"method\":\"org.postern.Controller.Push\",\"oneway\":true,\"parameters\":{\"bundle\":\"abc\"}}\0"
		"{\"method\":\"org.postern.Controller.Push\",\"oneway\":true}\0"
		"{\"method\":\"org.postern.Controller.Push\",\"parameters\":{\"bundle\":\"abcd\"}}";
	_cleanup_buf_ struct buf out = BUF_INIT;

	(void)state;
	assert_int_equal(talk(calls, sizeof(calls), 1, &out), 1);
	assert_string_equal(out.data, "{\"parameters\":{\"length\":4}}");
}

static void a_big_call_of_an_admin_arrives_whole(void **state)
{
	_cleanup_wire_client_ struct wire_client *c = NULL;
	_cleanup_json_ json_t *got = NULL;
	_cleanup_free_ char *big = malloc(8 << 20);
	char *error = NULL;

	(void)state;
	assert_non_null(big);
	memset(big, 'A', 8 << 20);
	assert_int_equal(wire_open(a.path, &c), 0);
	assert_int_equal(wire_call(c, WIRE_INTERFACE ".Push",
				   json_pack("{s:s#}", "bundle", big, 8 << 20), &got, &error),
			 0);
	assert_int_equal(json_integer_value(json_object_get(got, "length")), 8 << 20);
}

static void what_is_not_there_is_said(void **state)
{
	(void)state;
	assert_string_equal(fails_with("org.postern.Controller.Fly", NULL),
			    "org.varlink.service.MethodNotFound");
	assert_string_equal(fails_with("org.postern.ControllerXPush", NULL),
			    "org.varlink.service.MethodNotFound");
	assert_string_equal(fails_with("Push", NULL), "org.varlink.service.MethodNotFound");
	assert_string_equal(fails_with("", NULL), "org.varlink.service.MethodNotFound");
	assert_string_equal(fails_with("org.varlink.service.GetInterfaceDescription",
				       json_pack("{s:s}", "interface", "a.b")),
			    "org.varlink.service.InterfaceNotFound");
}

static void wrong_parameters_are_said(void **state)
{
	(void)state;
	assert_string_equal(fails_with("org.postern.Controller.Push", NULL),
			    "org.varlink.service.InvalidParameter");
	assert_string_equal(fails_with("org.postern.Controller.Push",
				       json_pack("{s:i}", "bundle", 1)),
			    "org.varlink.service.InvalidParameter");
	assert_string_equal(fails_with("org.varlink.service.GetInterfaceDescription", NULL),
			    "org.varlink.service.InvalidParameter");
}

/* Each of these ends its own connection, without an answer; the server lives on. */
static void what_is_no_call_ends_the_connection(void **state)
{
	static const char *const bad[] = {
		"",
		"hello",
		"[]",
		"{}",
		"{\"method\":7}",
		"{\"method\":\"org.varlink.service.GetInfo\",\"parameters\":[]}",
		"{\"method\":\"org.varlink.service.GetInfo\",\"more\":1}",
		"{\"method\":\"org.varlink.service.GetInfo\",\"oneway\":\"no\"}",
		"{\"method\":\"org.varlink.service.GetInfo\",\"more\":true,\"oneway\":true}",
		"{\"method\":\"org.varlink.service.GetInfo\",\"method\":\"x\"}",
	};
	const size_t n = sizeof(bad) / sizeof(bad[0]);
	long long before = answering_count(&a, "badInput");

	(void)state;
	for (size_t i = 0; i < n; i++) {
		_cleanup_buf_ struct buf out = BUF_INIT;

		assert_int_equal(talk(bad[i], strlen(bad[i]) + 1, 1, &out), 0);
	}
	assert_int_equal(answering_count(&a, "badInput"), before + (long long)n);
}

static void bad_input_leaves_others_alone(void **state)
{
	_cleanup_close_ int good = answering_connect(&a);
	_cleanup_buf_ struct buf out = BUF_INIT;
	static const char call[] = "{\"method\":\"org.varlink.service.GetInfo\"}";
	char answer[512];

	(void)state;
	assert_int_equal(fd_write_all(good, call, 10), 0);
	assert_int_equal(talk("nonsense", 9, 1, &out), 0);
	assert_int_equal(fd_write_all(good, call + 10, sizeof(call) - 10), 0);
	assert_true(recv(good, answer, sizeof(answer), 0) > 0);
	assert_non_null(strstr(answer, "posternd"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_what_it_is),
		cmocka_unit_test(calls_in_one_packet_are_answered_in_order),
		cmocka_unit_test(a_oneway_call_gets_no_answer),
		cmocka_unit_test(a_big_call_of_an_admin_arrives_whole),
		cmocka_unit_test(what_is_not_there_is_said),
		cmocka_unit_test(wrong_parameters_are_said),
		cmocka_unit_test(what_is_no_call_ends_the_connection),
		cmocka_unit_test(bad_input_leaves_others_alone),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
