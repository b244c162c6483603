/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages in a stream: whole ones come out one by one, and nothing else does. */
#include "wire/wire.h"

#include <errno.h>
#include <string.h>

#include "cm.h"

enum { MOST = 64 };

static void two_messages_come_out_one_by_one(void **state)
{
	_cleanup_buf_ struct buf in = BUF_INIT;
	_cleanup_json_ json_t *first = NULL, *second = NULL, *none = NULL;

	(void)state;
	buf_put(&in, "{\"a\":1}\0{\"b\":2}\0{\"c\"", 20);
	assert_int_equal(wire_take(&in, MOST, &first), 1);
	assert_int_equal(wire_take(&in, MOST, &second), 1);
	assert_int_equal(wire_take(&in, MOST, &none), 0);
	assert_int_equal(json_integer_value(json_object_get(first, "a")), 1);
	assert_int_equal(json_integer_value(json_object_get(second, "b")), 2);
	assert_null(none);
	assert_int_equal(in.len, 4);
}

static void what_is_put_is_taken(void **state)
{
	_cleanup_buf_ struct buf stream = BUF_INIT;
	_cleanup_json_ json_t *sent = json_pack("{s:s}", "text", "a \"b\" \n c"), *got = NULL;

	(void)state;
	assert_int_equal(wire_put(&stream, sent), 0);
	assert_int_equal(stream.data[stream.len - 1], '\0');
	assert_int_equal(wire_take(&stream, MOST, &got), 1);
	assert_true(json_equal(sent, got));
	assert_int_equal(stream.len, 0);
}

static void an_empty_stream_holds_nothing(void **state)
{
	_cleanup_buf_ struct buf in = BUF_INIT;
	json_t *none = NULL;

	(void)state;
	assert_int_equal(wire_take(&in, MOST, &none), 0);
	assert_null(none);
}

/* Exactly as many bytes as allowed pass; one more does not, ended or not. */
static void longer_than_allowed_is_refused(void **state)
{
	_cleanup_buf_ struct buf fits = BUF_INIT, ended = BUF_INIT, endless = BUF_INIT;
	_cleanup_json_ json_t *got = NULL;
	json_t *none = NULL;

	(void)state;
	buf_put(&fits, "{\"a\":12}", 9);
	assert_int_equal(wire_take(&fits, 8, &got), 1);
	buf_put(&ended, "{\"a\":123}", 10);
	assert_int_equal(wire_take(&ended, 8, &none), -EMSGSIZE);
	buf_put(&endless, "{\"a\":123}", 9);
	assert_int_equal(wire_take(&endless, 8, &none), -EMSGSIZE);
	assert_null(none);
}

static void what_is_no_object_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"[]",
		"1",
		"\"text\"",
		"null",
		"{",
		"{}}",
		"{\"a\":1,\"a\":2}",
		"{\"a\":\"\xff\"}",
		"{'a':1}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		_cleanup_buf_ struct buf in = BUF_INIT;
		json_t *none = NULL;

		buf_put(&in, bad[i], strlen(bad[i]) + 1);
		assert_int_equal(wire_take(&in, MOST, &none), -EBADMSG);
		assert_null(none);
	}
}

static void nesting_is_bounded(void **state)
{
	_cleanup_buf_ struct buf in = BUF_INIT;
	json_t *none = NULL;

	(void)state;
	buf_puts(&in, "{\"a\":");
	for (int i = 0; i < 100000; i++)
		buf_putc(&in, '[');
	buf_putc(&in, '\0');
	assert_int_equal(wire_take(&in, 1 << 20, &none), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_messages_come_out_one_by_one),
		cmocka_unit_test(what_is_put_is_taken),
		cmocka_unit_test(an_empty_stream_holds_nothing),
		cmocka_unit_test(longer_than_allowed_is_refused),
		cmocka_unit_test(what_is_no_object_is_refused),
		cmocka_unit_test(nesting_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
