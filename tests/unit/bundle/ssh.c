/* SPDX-License-Identifier: BSD-2-Clause */
/* SSH's two encodings, at their edges. */
#include "bundle/ssh.h"

#include <string.h>

#include "cm.h"

static struct ssh_reader reader(const char *bytes, size_t n)
{
	return ssh_reader((struct slice){ (const uint8_t *)bytes, n });
}

static void what_is_written_is_read(void **state)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct ssh_reader r;

	(void)state;
	ssh_put_u32(&out, 0xfedcba98);
	ssh_put_string(&out, "abc", 3);
	ssh_put_string(&out, "", 0);
	assert_int_equal(out.len, 15);
	r = reader(out.data, out.len);
	assert_int_equal(ssh_u32(&r), 0xfedcba98);
	assert_false(ssh_done(&r));
	assert_true(slice_is(ssh_string(&r), "abc"));
	assert_true(slice_is(ssh_string(&r), ""));
	assert_true(ssh_done(&r));
}

static void a_string_past_the_end_fails_all_that_follows(void **state)
{
	struct ssh_reader r = reader("\0\0\0\x09"
				     "abcd\0\0\0\0",
				     12);

	(void)state;
	assert_int_equal(ssh_string(&r).n, 0);
	assert_true(r.failed);
	assert_int_equal(ssh_u8(&r), 0);
	assert_int_equal(ssh_u32(&r), 0);
	assert_int_equal(ssh_string(&r).n, 0);
	assert_false(ssh_done(&r));
}

static void lengths_near_the_largest_number_fail(void **state)
{
	static const char *const bytes[] = { "\xff\xff\xff\xff"
					     "abcd",
					     "\x80\0\0\0"
					     "abcd",
					     "\0\0\0\5"
					     "abcd" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct ssh_reader r = reader(bytes[i], 8);

		assert_int_equal(ssh_string(&r).n, 0);
		assert_true(r.failed);
	}
}

static void half_a_number_fails(void **state)
{
	(void)state;
	for (size_t n = 0; n < 4; n++) {
		struct ssh_reader r = reader("\1\1\1\1", n);

		assert_int_equal(ssh_u32(&r), 0);
		assert_false(ssh_done(&r));
	}
}

static void slices_compare_whole(void **state)
{
	const struct slice abc = { (const uint8_t *)"abc", 3 }, ab = { (const uint8_t *)"abx", 2 };

	(void)state;
	assert_true(slice_equal(abc, abc));
	assert_false(slice_equal(abc, ab));
	assert_false(slice_is(abc, "ab"));
	assert_false(slice_is(ab, "abc"));
	assert_true(slice_is(ab, "ab"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(a_string_past_the_end_fails_all_that_follows),
		cmocka_unit_test(lengths_near_the_largest_number_fail),
		cmocka_unit_test(half_a_number_fails),
		cmocka_unit_test(slices_compare_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
