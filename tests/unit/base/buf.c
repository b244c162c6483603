/* SPDX-License-Identifier: BSD-2-Clause */
/* Byte buffer: bytes stay bytes, and an error sticks until it is seen. */
#include "base/buf.h"

#include <errno.h>
#include <string.h>

#include "cm.h"

static void text_is_always_terminated(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	(void)state;
	assert_null(b.data);
	for (size_t i = 0; i < 1000; i++) {
		buf_putc(&b, 'x');
		assert_int_equal(b.len, i + 1);
		assert_int_equal(strlen(b.data), i + 1);
	}
	assert_int_equal(buf_error(&b), 0);
}

static void bytes_may_hold_nul(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	(void)state;
	buf_put(&b, "a\0b", 3);
	buf_put(&b, "", 0);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "a\0b", 4);
}

static void printf_grows_the_buffer(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	(void)state;
	buf_puts(&b, ">");
	buf_printf(&b, "%0300d|%s", 0, "end");
	assert_int_equal(b.len, 1 + 300 + 4);
	assert_string_equal(b.data + 301, "|end");
}

static void clear_keeps_memory_not_content(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	const char *memory;

	(void)state;
	buf_clear(&b); /* at rest: nothing to do */
	assert_null(b.data);
	buf_puts(&b, "abc");
	memory = b.data;
	buf_clear(&b);
	assert_int_equal(b.len, 0);
	assert_string_equal(b.data, "");
	assert_ptr_equal(b.data, memory);
}

static void take_leaves_the_buffer_at_rest(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	_cleanup_free_ char *text = NULL, *empty = NULL;

	(void)state;
	buf_puts(&b, "abc");
	text = buf_take(&b);
	assert_string_equal(text, "abc");
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	empty = buf_take(&b);
	assert_string_equal(empty, "");
}

static void too_much_is_a_sticky_error(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	(void)state;
	buf_puts(&b, "abc");
	buf_put(&b, "never read", SIZE_MAX / 2);
	assert_int_equal(buf_error(&b), -ENOMEM);
	buf_puts(&b, "def");
	buf_printf(&b, "%d", 1);
	assert_int_equal(b.len, 3);
	assert_string_equal(b.data, "abc");
	assert_int_equal(buf_error(&b), -ENOMEM);
}

static void a_buffer_in_error_gives_no_text(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_puts(&b, "abc");
	buf_put(&b, "never read", SIZE_MAX);
	assert_null(buf_take(&b));
	assert_null(b.data);
	assert_int_equal(buf_error(&b), 0);
}

static void free_is_valid_at_rest(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_free(&b);
	buf_puts(&b, "x");
	buf_free(&b);
	buf_free(&b);
	assert_null(b.data);
	assert_int_equal(b.cap, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_always_terminated),
		cmocka_unit_test(bytes_may_hold_nul),
		cmocka_unit_test(printf_grows_the_buffer),
		cmocka_unit_test(clear_keeps_memory_not_content),
		cmocka_unit_test(take_leaves_the_buffer_at_rest),
		cmocka_unit_test(too_much_is_a_sticky_error),
		cmocka_unit_test(a_buffer_in_error_gives_no_text),
		cmocka_unit_test(free_is_valid_at_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
