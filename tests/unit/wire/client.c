/* SPDX-License-Identifier: BSD-2-Clause */
/* The calling end against a controller that says what each test tells it to. */
#include "wire/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/file.h"

#include "cm.h"

#define METHOD WIRE_INTERFACE ".GetStatus"

struct fake {
	char dir[32];
	char path[64];
	pid_t pid;
};

/* Reads one call, then says `reply` (which may hold NULs) and hangs up. Runs in the child. */
static void serve(int listener, const char *reply, size_t len)
{
	int fd = accept(listener, NULL, NULL);
	char call[4096];

	if (fd < 0 || read(fd, call, sizeof(call)) <= 0)
		_exit(1);
	_exit(fd_write_all(fd, reply, len) < 0);
}

static void fake_start(struct fake *f, const char *reply, size_t len)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(f->dir, "/tmp/postern-client-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	(void)snprintf(f->path, sizeof(f->path), "%s/socket", f->dir);
	strcpy(address.sun_path, f->path);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, 1), 0);
	f->pid = fork();
	assert_true(f->pid >= 0);
	if (f->pid == 0)
		serve(listener, reply, len);
	(void)close(listener);
}

static void fake_end(struct fake *f)
{
	(void)waitpid(f->pid, NULL, 0);
	(void)unlink(f->path);
	(void)rmdir(f->dir);
}

/* One call against one canned answer: what wire_call answers. */
static int ask(const char *reply, size_t len, json_t **ret, char **ret_error)
{
	_cleanup_wire_client_ struct wire_client *c = NULL;
	struct fake f;
	int r;

	fake_start(&f, reply, len);
	assert_int_equal(wire_open(f.path, &c), 0);
	r = wire_call(c, METHOD, json_pack("{s:i}", "n", 1), ret, ret_error);
	wire_close(&c);
	fake_end(&f);
	return r;
}

#define SAYS(text) text, sizeof(text)

static void a_reply_is_its_parameters(void **state)
{
	_cleanup_json_ json_t *got = NULL, *empty = NULL;
	char *error = NULL;

	(void)state;
	assert_int_equal(ask(SAYS("{\"parameters\":{\"a\":7}}"), &got, &error), 0);
	assert_int_equal(json_integer_value(json_object_get(got, "a")), 7);
	assert_int_equal(ask(SAYS("{}"), &empty, &error), 0);
	assert_int_equal(json_object_size(empty), 0);
	assert_null(error);
}

static void an_error_has_name_and_parameters(void **state)
{
	_cleanup_json_ json_t *got = NULL;
	_cleanup_free_ char *error = NULL;

	(void)state;
	assert_int_equal(ask(SAYS("{\"error\":\"a.b.C\",\"parameters\":{\"exit\":4}}"), &got,
			     &error),
			 -EREMOTEIO);
	assert_string_equal(error, "a.b.C");
	assert_int_equal(json_integer_value(json_object_get(got, "exit")), 4);
}

static void what_is_no_reply_is_refused(void **state)
{
	json_t *got = NULL;
	char *error = NULL;

	(void)state;
	assert_int_equal(ask(SAYS("[]"), &got, &error), -EBADMSG);
	assert_int_equal(ask(SAYS("{\"parameters\":[]}"), &got, &error), -EBADMSG);
	assert_int_equal(ask(SAYS("{\"error\":5}"), &got, &error), -EBADMSG);
	assert_int_equal(ask(SAYS("{\"parameters\":{},\"continues\":true}"), &got, &error),
			 -EBADMSG);
	assert_null(got);
	assert_null(error);
}

static void a_controller_that_hangs_up_is_an_error(void **state)
{
	json_t *got = NULL;
	char *error = NULL;

	(void)state;
	assert_int_equal(ask("", 0, &got, &error), -ECONNRESET);
	assert_int_equal(ask("{\"parameters\":{}}", 17, &got, &error), -ECONNRESET); /* no NUL */
	assert_null(got);
}

static int count(const json_t *reply, void *arg)
{
	int *n = arg;

	(*n)++;
	return (int)json_integer_value(json_object_get(reply, "stop"));
}

static int ask_more(const char *reply, size_t len, int *n, char **ret_error)
{
	_cleanup_wire_client_ struct wire_client *c = NULL;
	struct fake f;
	int r;

	fake_start(&f, reply, len);
	assert_int_equal(wire_open(f.path, &c), 0);
	r = wire_call_more(c, METHOD, NULL, count, n, ret_error);
	wire_close(&c);
	fake_end(&f);
	return r;
}

#define MORE "{\"parameters\":{},\"continues\":true}"

static void a_stream_ends_with_the_reply_that_does_not_continue(void **state)
{
	char *error = NULL;
	int n = 0;

	(void)state;
	assert_int_equal(ask_more(SAYS(MORE "\0" MORE "\0{}"), &n, &error), 0);
	assert_int_equal(n, 3);
}

static void a_stream_ends_when_the_caller_says_so(void **state)
{
	char *error = NULL;
	int n = 0;

	(void)state;
	assert_int_equal(ask_more(SAYS(MORE "\0{\"parameters\":{\"stop\":5},\"continues\":true}"),
				  &n, &error),
			 5);
	assert_int_equal(n, 2);
}

static void a_stream_may_break(void **state)
{
	_cleanup_free_ char *error = NULL;
	int n = 0;

	(void)state;
	assert_int_equal(ask_more(SAYS(MORE), &n, &error), -ECONNRESET);
	assert_null(error);
	assert_int_equal(ask_more(SAYS(MORE "\0{\"error\":\"x.Y\"}"), &n, &error), -EREMOTEIO);
	assert_string_equal(error, "x.Y");
	assert_int_equal(n, 2);
}

static void no_controller_is_told_apart(void **state)
{
	struct wire_client *c = NULL;
	char lengthy[200];

	(void)state;
	memset(lengthy, 'x', sizeof(lengthy));
	lengthy[sizeof(lengthy) - 1] = '\0';
	assert_int_equal(wire_open("/nonexistent/control.sock", &c), -ENOENT);
	assert_int_equal(wire_open(lengthy, &c), -ENAMETOOLONG);
	assert_int_equal(wire_open("", &c), -ENAMETOOLONG);
	assert_null(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reply_is_its_parameters),
		cmocka_unit_test(an_error_has_name_and_parameters),
		cmocka_unit_test(what_is_no_reply_is_refused),
		cmocka_unit_test(a_controller_that_hangs_up_is_an_error),
		cmocka_unit_test(a_stream_ends_with_the_reply_that_does_not_continue),
		cmocka_unit_test(a_stream_ends_when_the_caller_says_so),
		cmocka_unit_test(a_stream_may_break),
		cmocka_unit_test(no_controller_is_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
