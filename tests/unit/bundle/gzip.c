/* SPDX-License-Identifier: BSD-2-Clause */
/* Gzip: the same bytes always, one member, and an end before the memory ends. */
#include "bundle/gzip.h"

#include <errno.h>
#include <string.h>

#include "cm.h"

static void pack(const char *text, size_t len, struct buf *out)
{
	assert_int_equal(gzip_pack(text, len, NULL, out), 0);
}

static void what_is_packed_unpacks(void **state)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 300000 };
	static char text[300000];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i * i % 23);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		_cleanup_buf_ struct buf packed = BUF_INIT, unpacked = BUF_INIT;

		pack(text, sizes[i], &packed);
		assert_int_equal(
			gzip_unpack((uint8_t *)packed.data, packed.len, sizes[i], &unpacked), 0);
		assert_int_equal(unpacked.len, sizes[i]);
		if (sizes[i])
			assert_memory_equal(unpacked.data, text, sizes[i]);
	}
}

static void the_header_has_no_time_and_no_system(void **state)
{
	_cleanup_buf_ struct buf packed = BUF_INIT;

	(void)state;
	pack("hello", 5, &packed);
	assert_memory_equal(packed.data, "\x1f\x8b\x08\0\0\0\0\0\x02\xff", 10);
}

static void a_bomb_is_refused_before_its_memory_is_taken(void **state)
{
	static char zeros[1 << 20];
	_cleanup_buf_ struct buf packed = BUF_INIT, unpacked = BUF_INIT;

	(void)state;
	pack(zeros, sizeof(zeros), &packed);
	assert_true(packed.len < 2048);
	assert_int_equal(gzip_unpack((uint8_t *)packed.data, packed.len, 200000, &unpacked),
			 -E2BIG);
	assert_true(unpacked.cap <= 512 << 10);
	buf_clear(&unpacked);
	assert_int_equal(gzip_unpack((uint8_t *)packed.data, packed.len, sizeof(zeros) - 1,
				     &unpacked),
			 -E2BIG);
}

static void what_follows_is_refused(void **state)
{
	_cleanup_buf_ struct buf packed = BUF_INIT, unpacked = BUF_INIT, twice = BUF_INIT;

	(void)state;
	pack("hello", 5, &packed);
	buf_put(&twice, packed.data, packed.len);
	buf_put(&twice, packed.data, packed.len); /* gunzip would join the two */
	assert_int_equal(gzip_unpack((uint8_t *)twice.data, twice.len, 100, &unpacked), -EBADMSG);
	buf_clear(&unpacked);
	buf_putc(&packed, '\0');
	assert_int_equal(gzip_unpack((uint8_t *)packed.data, packed.len, 100, &unpacked), -EBADMSG);
}

static void every_truncation_is_refused(void **state)
{
	_cleanup_buf_ struct buf packed = BUF_INIT;

	(void)state;
	pack("hello hello hello", 17, &packed);
	for (size_t n = 0; n < packed.len; n++) {
		_cleanup_buf_ struct buf unpacked = BUF_INIT;

		assert_int_equal(gzip_unpack((uint8_t *)packed.data, n, 100, &unpacked), -EBADMSG);
	}
}

static void what_is_no_gzip_is_refused(void **state)
{
	/* zlib's own wrapper, raw deflate, text, a reserved flag. */
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
		{ "\x78\x9c\x03\x00\x00\x00\x00\x01", 8 },
		{ "\x03\x00", 2 },
		{ "{\"format\":1}", 12 },
		{ "\x1f\x8b\x08\xe0\0\0\0\0\x02\xff\x03\0\0\0\0\0\0\0\0\0", 20 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_buf_ struct buf unpacked = BUF_INIT;

		assert_int_equal(gzip_unpack((const uint8_t *)cases[i].bytes, cases[i].len, 100,
					     &unpacked),
				 -EBADMSG);
	}
}

static void a_wrong_checksum_is_refused(void **state)
{
	_cleanup_buf_ struct buf packed = BUF_INIT, unpacked = BUF_INIT;

	(void)state;
	pack("hello", 5, &packed);
	packed.data[packed.len - 6] ^= 1; /* CRC-32 */
	assert_int_equal(gzip_unpack((uint8_t *)packed.data, packed.len, 100, &unpacked), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_packed_unpacks),
		cmocka_unit_test(the_header_has_no_time_and_no_system),
		cmocka_unit_test(a_bomb_is_refused_before_its_memory_is_taken),
		cmocka_unit_test(what_follows_is_refused),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(what_is_no_gzip_is_refused),
		cmocka_unit_test(a_wrong_checksum_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
