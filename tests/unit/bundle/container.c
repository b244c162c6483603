/* SPDX-License-Identifier: BSD-2-Clause */
/* Containers: one spelling of the header, exact lengths, nothing after the last signature. */
#include "fixture.h"

#include <errno.h>

#define BLOCK "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"

static void a_built_container_opens(void **state)
{
	const char *const armored[] = { BLOCK, BLOCK };
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	struct container c;

	(void)state;
	assert_int_equal(container_build(BUNDLE_POLICY, (const uint8_t *)"payload", 7, armored, 2,
					 &bytes),
			 0);
	assert_string_equal(bytes.data, "postern1 policy 7 2\npayload" BLOCK BLOCK);
	assert_int_equal(container_open((uint8_t *)bytes.data, bytes.len, &c), BUNDLE_OK);
	assert_int_equal(c.type, BUNDLE_POLICY);
	assert_int_equal(c.payload_len, 7);
	assert_memory_equal(c.payload, "payload", 7);
	assert_int_equal(c.n_signatures, 2);
	assert_ptr_equal(c.signatures[1], bytes.data + bytes.len - strlen(BLOCK));
	assert_int_equal(c.signature_len[1], strlen(BLOCK));
}

static void an_unsigned_container_opens(void **state)
{
	static const char bytes[] = "postern1 root 2 0\n{}";
	struct container c;

	(void)state;
	assert_int_equal(container_open((const uint8_t *)bytes, strlen(bytes), &c), BUNDLE_OK);
	assert_int_equal(c.type, BUNDLE_ROOT);
	assert_int_equal(c.n_signatures, 0);
}

static void a_signature_is_added_at_the_end(void **state)
{
	static const char bytes[] = "postern1 revoke 2 1\n{}" BLOCK;
	_cleanup_buf_ struct buf out = BUF_INIT;

	(void)state;
	assert_int_equal(
		container_add_signature((const uint8_t *)bytes, strlen(bytes), BLOCK, &out), 0);
	assert_string_equal(out.data, "postern1 revoke 2 2\n{}" BLOCK BLOCK);
}

static void what_is_no_container_is_refused(void **state)
{
	static const struct {
		const char *text;
		enum bundle_answer answer;
	} cases[] = {
		{ "", BUNDLE_E_FORMAT },
		{ "postern1", BUNDLE_E_FORMAT },
		{ "postern1 policy 2 0", BUNDLE_E_FORMAT },
		{ "postern2 policy 2 0\n{}", BUNDLE_E_FORMAT },
		{ "Postern1 policy 2 0\n{}", BUNDLE_E_FORMAT },
		{ " postern1 policy 2 0\n{}", BUNDLE_E_FORMAT },
		{ "postern1  policy 2 0\n{}", BUNDLE_E_FORMAT },
		{ "postern1 policy  2 0\n{}", BUNDLE_E_FORMAT },
		{ "postern1 policy 2 0 \n{}", BUNDLE_E_FORMAT },
		{ "postern1 policy 2 0\r\n{}", BUNDLE_E_FORMAT },
		{ "postern1 policy\t2 0\n{}", BUNDLE_E_FORMAT },
		{ "postern1 beacon 2 0\n{}", BUNDLE_E_FORMAT },
		{ "postern1 polic 2 0\n{}", BUNDLE_E_FORMAT },
		{ "postern1 policy 02 0\n{}", BUNDLE_E_FORMAT },
		{ "postern1 policy 2 00\n{}", BUNDLE_E_FORMAT },
		{ "postern1 policy +2 0\n{}", BUNDLE_E_FORMAT },
		{ "postern1 policy -2 0\n{}", BUNDLE_E_FORMAT },
		{ "postern1 policy 0x2 0\n{}", BUNDLE_E_FORMAT },
		{ "postern1 policy 2\n{}", BUNDLE_E_FORMAT },
		{ "postern1 policy 2 0 0\n{}", BUNDLE_E_FORMAT },
		{ "postern1 policy 3 0\n{}", BUNDLE_E_FORMAT },
		{ "postern1 policy 1 0\n{}", BUNDLE_E_FORMAT },
		{ "postern1 policy 2 0\n{}\n", BUNDLE_E_FORMAT },
		{ "postern1 policy 2 1\n{}", BUNDLE_E_FORMAT },
		{ "postern1 policy 2 0\n{}" BLOCK, BUNDLE_E_FORMAT },
		{ "postern1 policy 2 1\n{}" BLOCK BLOCK, BUNDLE_E_FORMAT },
		{ "postern1 policy 2 1\n{}\n" BLOCK, BUNDLE_E_FORMAT },
		{ "postern1 policy 2 1\n{}" BLOCK "x", BUNDLE_E_FORMAT },
		{ "postern1 policy 33554433 0\n{}", BUNDLE_E_SIZE },
		{ "postern1 policy 2 17\n{}", BUNDLE_E_SIZE },
		{ "postern1 policy 999999999999999999 0\n{}", BUNDLE_E_SIZE },
		{ "postern1 policy 18446744073709551618 0\n{}", BUNDLE_E_FORMAT },
		{ "postern1 policy 99999999999999999999999999999999999999999999 0\n{}",
		  BUNDLE_E_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct container c = { .payload_len = 77 };
		enum bundle_answer a =
			container_open((const uint8_t *)cases[i].text, strlen(cases[i].text), &c);

		if (a != cases[i].answer)
			fail_msg("\"%s\": %s", cases[i].text, bundle_answer_name(a));
		assert_int_equal(c.payload_len, 77);
	}
}

static void every_truncation_is_refused(void **state)
{
	static const char bytes[] = "postern1 policy 7 2\npayload" BLOCK BLOCK;

	(void)state;
	for (size_t n = 0; n < strlen(bytes); n++) {
		/* A copy of that size, so that a read past it is noticed. */
		uint8_t *cut = malloc(n ? n : 1);
		struct container c;

		assert_non_null(cut);
		memcpy(cut, bytes, n);
		assert_int_equal(container_open(cut, n, &c), BUNDLE_E_FORMAT);
		free(cut);
	}
}

static void a_long_signature_is_refused(void **state)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	struct container c;

	(void)state;
	buf_puts(&bytes, "postern1 policy 2 1\n{}-----BEGIN SSH SIGNATURE-----\n");
	for (int i = 0; i < 24 << 10; i += 64)
		buf_puts(&bytes,
			 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
	buf_puts(&bytes, "-----END SSH SIGNATURE-----\n");
	assert_int_equal(container_open((uint8_t *)bytes.data, bytes.len, &c), BUNDLE_E_FORMAT);
}

static void what_is_no_signature_is_not_added(void **state)
{
	static const char *const bad[] = {
		"",
		"x",
		(BLOCK BLOCK),
		(BLOCK "x"),
		("x" BLOCK),
		"-----BEGIN SSH SIGNATURE-----\nAAAA\n",
		"-----BEGIN SSH SIGNATURE-----\r\nAAAA\r\n-----END SSH SIGNATURE-----\r\n",
	};
	static const char bytes[] = "postern1 policy 2 0\n{}";

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		_cleanup_buf_ struct buf out = BUF_INIT;

		assert_int_equal(container_add_signature((const uint8_t *)bytes, strlen(bytes),
							 bad[i], &out),
				 -EBADMSG);
		assert_int_equal(container_build(BUNDLE_POLICY, (const uint8_t *)"{}", 2, &bad[i],
						 1, &out),
				 -EBADMSG);
		assert_int_equal(out.len, 0);
	}
}

static void sixteen_signatures_are_the_most(void **state)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT, out = BUF_INIT;
	const char *armored[17];

	(void)state;
	for (size_t i = 0; i < 17; i++)
		armored[i] = BLOCK;
	assert_int_equal(container_build(BUNDLE_POLICY, NULL, 0, armored, 17, &bytes), -E2BIG);
	assert_int_equal(container_build(BUNDLE_POLICY, NULL, 0, armored, 16, &bytes), 0);
	assert_int_equal(container_add_signature((uint8_t *)bytes.data, bytes.len, BLOCK, &out),
			 -E2BIG);
	assert_int_equal(out.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_built_container_opens),
		cmocka_unit_test(an_unsigned_container_opens),
		cmocka_unit_test(a_signature_is_added_at_the_end),
		cmocka_unit_test(what_is_no_container_is_refused),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(a_long_signature_is_refused),
		cmocka_unit_test(what_is_no_signature_is_not_added),
		cmocka_unit_test(sixteen_signatures_are_the_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
