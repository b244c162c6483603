/* SPDX-License-Identifier: BSD-2-Clause */
/* Armor: base64 in lines between two lines, spelt in one way. */
#include "bundle/armor.h"

#include <errno.h>
#include <string.h>

#include "cm.h"

#define B "-----BEGIN SSH SIGNATURE-----\n"
#define E "-----END SSH SIGNATURE-----\n"
#define LINE_OF_76 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static int open_text(const char *text, size_t *ret_len)
{
	uint8_t blob[ARMOR_BLOB_MAX];

	return armor_open(text, strlen(text), blob, ret_len);
}

static void lines_are_joined(void **state)
{
	static const char text[] = B "aGVsbG8g\nd29ybGQ=\n" E;
	uint8_t blob[ARMOR_BLOB_MAX];
	size_t len = 0;

	(void)state;
	assert_int_equal(armor_open(text, strlen(text), blob, &len), 0);
	assert_int_equal(len, 11);
	assert_memory_equal(blob, "hello world", 11);
	assert_int_equal(open_text(B LINE_OF_76 "\n" E, &len), 0);
	assert_int_equal(len, 57);
}

static void a_block_ends_at_its_end_line(void **state)
{
	static const char text[] = B "aGVs\n" E B "aGVs\n" E;

	(void)state;
	assert_int_equal(armor_length(text, strlen(text)), strlen(text) / 2);
	assert_int_equal(armor_length(text, strlen(text) / 2), strlen(text) / 2);
	assert_int_equal(armor_length(text, strlen(text) / 2 - 1), 0);
	assert_int_equal(armor_length(text + 1, strlen(text) - 1), 0);
	assert_int_equal(armor_length(text, 0), 0);
}

static void other_spellings_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		B,
		B E E,
		B "aGVs" E,
		B "\naGVs\n" E,
		B "aGVs\n\n" E,
		B "aGVs\r\n" E,
		B " aGVs\n" E,
		B "aGVs \n" E,
		B "aGVsbG8gd29ybGR=\n" E, /* stray bits in the last group */
		B "aGVsbG8gd29ybGQ\n" E, /* no padding */
		B "aGVsbG8=\nd29ybGQ=\n" E, /* padding in the middle */
		B "aGV-\n" E,
		B "====\n" E,
		B "aGVs\n" E "\n",
		"\n" B "aGVs\n" E,
		B B "aGVs\n" E,
		B "Version: 1\n\naGVs\n" E,
		B LINE_OF_76 "A\nAAA\n" E,
		B "aGVs\nbG8gd29y\n" E, /* lines of two widths */
		B "aGVsbG8g\nd29y\nbGQ=\n" E,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		size_t len = 77;

		if (open_text(bad[i], &len) != -EBADMSG)
			fail_msg("opened: %s", bad[i]);
		assert_int_equal(len, 77);
	}
}

static void what_is_too_long_is_refused(void **state)
{
	static char text[ARMOR_MAX + 1024];
	uint8_t blob[ARMOR_BLOB_MAX];
	size_t len = 77, n = strlen(B);

	(void)state;
	memcpy(text, B, n);
	/* 16 KiB and three bytes, in an armor that is not too long itself. */
	for (; n < strlen(B) + 21849 + 21849 / 76; n += 77)
		memcpy(text + n, LINE_OF_76 "\n", 77);
	memcpy(text + n, E, strlen(E) + 1);
	assert_true(strlen(text) < ARMOR_MAX);
	assert_int_equal(armor_open(text, strlen(text), blob, &len), -E2BIG);
	for (; n < ARMOR_MAX; n += 77)
		memcpy(text + n, LINE_OF_76 "\n", 77);
	memcpy(text + n, E, strlen(E) + 1);
	assert_int_equal(armor_open(text, strlen(text), blob, &len), -E2BIG);
	assert_int_equal(len, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_joined),
		cmocka_unit_test(a_block_ends_at_its_end_line),
		cmocka_unit_test(other_spellings_are_refused),
		cmocka_unit_test(what_is_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
