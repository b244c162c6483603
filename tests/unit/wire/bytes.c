/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes in messages: the vectors of RFC 4648, every length, and every spelling that is not canonical. */
#include "wire/wire.h"

#include <errno.h>
#include <string.h>

#include "cm.h"

static void the_vectors_of_the_rfc(void **state)
{
	static const char *const vectors[][2] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		_cleanup_buf_ struct buf text = BUF_INIT, bytes = BUF_INIT;
		size_t len = strlen(vectors[i][1]);

		wire_bytes_put(&text, vectors[i][0], strlen(vectors[i][0]));
		assert_int_equal(text.len, len);
		assert_int_equal(wire_bytes_take(vectors[i][1], len, &bytes), 0);
		assert_int_equal(bytes.len, strlen(vectors[i][0]));
		if (len > 0) {
			assert_string_equal(text.data, vectors[i][1]);
			assert_string_equal(bytes.data, vectors[i][0]);
		}
	}
}

static void every_byte_at_every_length(void **state)
{
	unsigned char all[512];

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (unsigned char)(i * 7 + (i >> 8));
	for (size_t n = 1; n <= sizeof(all); n++) {
		_cleanup_buf_ struct buf text = BUF_INIT, bytes = BUF_INIT;

		wire_bytes_put(&text, all, n);
		assert_int_equal(wire_bytes_take(text.data, text.len, &bytes), 0);
		assert_int_equal(bytes.len, n);
		assert_memory_equal(bytes.data, all, n);
	}
}

static void other_spellings_are_refused(void **state)
{
	static const char *const bad[] = {
		"A",	"AA",	 "AAA",	 "Zg=",	   "Zg",       "Zm9vYg", /* not whole groups */
		"Zh==", "Zm9=", /* unused bits set */
		"====", "A===",	 "=AAA", "AA=A",   "Zg==Zg==", /* padding elsewhere */
		"Zm 9", "Zm\n9", "Zm-_", "Zm9v\n", "Zm9\xc3", /* other characters */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		_cleanup_buf_ struct buf bytes = BUF_INIT;

		buf_puts(&bytes, "kept");
		assert_int_equal(wire_bytes_take(bad[i], strlen(bad[i]), &bytes), -EBADMSG);
		assert_int_equal(bytes.len, 4);
	}
}

static void a_nul_is_no_character(void **state)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT;

	(void)state;
	assert_int_equal(wire_bytes_take("Zm9\0", 4, &bytes), -EBADMSG);
	assert_int_equal(wire_bytes_take("\0\0\0\0", 4, &bytes), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_the_rfc),
		cmocka_unit_test(every_byte_at_every_length),
		cmocka_unit_test(other_spellings_are_refused),
		cmocka_unit_test(a_nul_is_no_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
