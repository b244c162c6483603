/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-256 at once and in portions: FIPS 180-2's own examples. */
#include "cm.h"

#include <string.h>

#include "bundle/bundle.h"

#define OF_NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define OF_ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define OF_MILLION_A "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

static void bytes_have_their_digest(void **state)
{
	char hex[65];

	(void)state;
	assert_int_equal(digest_hex("", 0, hex), 0);
	assert_string_equal(hex, OF_NOTHING);
	assert_int_equal(digest_hex("abc", 3, hex), 0);
	assert_string_equal(hex, OF_ABC);
}

static void portions_are_one_text(void **state)
{
	static char a[1000];
	struct digest_stream *s = NULL;
	char hex[65];

	(void)state;
	memset(a, 'a', sizeof(a));
	assert_int_equal(digest_begin(&s), 0);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(digest_add(s, a, sizeof(a)), 0);
	assert_int_equal(digest_end(s, hex), 0);
	assert_string_equal(hex, OF_MILLION_A);
	digest_drop(&s);
}

static void no_portion_is_no_text(void **state)
{
	struct digest_stream *s = NULL;
	char hex[65];

	(void)state;
	assert_int_equal(digest_begin(&s), 0);
	assert_int_equal(digest_end(s, hex), 0);
	assert_string_equal(hex, OF_NOTHING);
	digest_drop(&s);
	digest_drop(&s);
	assert_null(s);
}

static void one_byte_is_another_digest(void **state)
{
	char hex[65], other[65];

	(void)state;
	assert_int_equal(digest_hex("abc\0", 4, hex), 0);
	assert_string_not_equal(hex, OF_ABC);
	assert_int_equal(digest_hex("abC", 3, other), 0);
	assert_string_not_equal(hex, other);
	assert_string_not_equal(other, OF_ABC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_have_their_digest),
		cmocka_unit_test(portions_are_one_text),
		cmocka_unit_test(no_portion_is_no_text),
		cmocka_unit_test(one_byte_is_another_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
