/* SPDX-License-Identifier: BSD-2-Clause */
/* Counting signatures: who counts, and what the report says of those who do not. */
#include "bundle/armor.h"
#include "fixture.h"

static void make(const uint8_t *seeds, struct buf *bytes, struct container *ret)
{
	_cleanup_buf_ struct buf payload = BUF_INIT;

	fixture_policy(1, "2049-01-01T00:00:00Z", &payload);
	fixture_container(BUNDLE_POLICY, &payload, seeds, bytes);
	assert_int_equal(container_open((uint8_t *)bytes->data, bytes->len, ret), BUNDLE_OK);
}

static void two_of_two_are_enough(void **state)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	struct verify_report report;
	struct container c;
	struct root root;

	(void)state;
	fixture_root(2, &root);
	make((const uint8_t[]){ BOB, ALICE, 0 }, &bytes, &c);
	assert_int_equal(container_verify(&c, &root, &report), BUNDLE_OK);
	assert_int_equal(report.n, 2);
	assert_int_equal(report.counted, 2);
	assert_int_equal(report.threshold, 2);
	assert_string_equal(report.signatures[0].key_name, "bob");
	assert_string_equal(report.signatures[1].key_name, "alice");
	assert_true(report.signatures[1].counted);
	assert_null(report.signatures[1].why);
	assert_memory_equal(report.signatures[0].fingerprint, "SHA256:", 7);
	assert_int_equal(container_verify(&c, &root, NULL), BUNDLE_OK);
}

static void the_report_says_why_others_do_not_count(void **state)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	struct verify_report report;
	struct container c;
	struct root root;

	(void)state;
	fixture_root(2, &root);
	make((const uint8_t[]){ MALLORY, CAROL, ALICE, ALICE, 0 }, &bytes, &c);
	assert_int_equal(container_verify(&c, &root, &report), BUNDLE_E_THRESHOLD);
	assert_int_equal(report.counted, 1);
	assert_string_equal(report.signatures[0].key_name, "");
	assert_true(report.signatures[0].sound);
	assert_false(report.signatures[0].in_role);
	assert_non_null(strstr(report.signatures[0].why, "does not list"));
	assert_string_equal(report.signatures[1].key_name, "carol");
	assert_false(report.signatures[1].in_role);
	assert_true(report.signatures[2].counted);
	assert_false(report.signatures[3].counted);
	assert_true(report.signatures[3].in_role);
	assert_non_null(strstr(report.signatures[3].why, "counts once"));
}

static void a_spoiled_signature_spoils_no_other(void **state)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	struct verify_report report;
	struct container c;
	struct root root;

	(void)state;
	fixture_root(1, &root);
	make((const uint8_t[]){ ALICE, BOB, 0 }, &bytes, &c);
	/* Into the base64 of the first: first its armor, then its signature. */
	*(char *)(uintptr_t)(c.signatures[0] + strlen(ARMOR_BEGIN)) = '*';
	assert_int_equal(container_verify(&c, &root, &report), BUNDLE_OK);
	assert_false(report.signatures[0].sound);
	assert_non_null(strstr(report.signatures[0].why, "armor"));
	assert_true(report.signatures[1].counted);
}

static void signatures_of_another_payload_are_refused(void **state)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	struct verify_report report;
	struct container c;
	struct root root;

	(void)state;
	fixture_root(1, &root);
	make((const uint8_t[]){ ALICE, 0 }, &bytes, &c);
	c.payload_len--;
	assert_int_equal(container_verify(&c, &root, &report), BUNDLE_E_SIGNATURE);
	assert_true(report.signatures[0].in_role);
	assert_false(report.signatures[0].sound);
}

static void another_type_is_another_purpose(void **state)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	struct container c;
	struct root root;

	(void)state;
	fixture_root(1, &root);
	make((const uint8_t[]){ ALICE, BOB, 0 }, &bytes, &c);
	c.type = BUNDLE_ROOT;
	assert_int_equal(container_verify(&c, &root, NULL), BUNDLE_E_SIGNATURE);
	c.type = BUNDLE_REVOKE;
	assert_int_equal(container_verify(&c, &root, NULL), BUNDLE_E_SIGNATURE);
}

static void nobody_is_not_enough(void **state)
{
	_cleanup_buf_ struct buf unsigned_bytes = BUF_INIT, bytes = BUF_INIT;
	struct verify_report report;
	struct container c;
	struct root root;

	(void)state;
	fixture_root(1, &root);
	make((const uint8_t[]){ 0 }, &unsigned_bytes, &c);
	assert_int_equal(container_verify(&c, &root, &report), BUNDLE_E_UNSIGNED);
	assert_int_equal(report.n, 0);
	/* Not even with a threshold of nobody, which no root document can have. */
	root.roles[BUNDLE_POLICY].threshold = 0;
	assert_int_equal(container_verify(&c, &root, &report), BUNDLE_E_UNSIGNED);
	make((const uint8_t[]){ CAROL, 0 }, &bytes, &c);
	assert_int_equal(container_verify(&c, &root, &report), BUNDLE_E_KEY);
}

static void a_demanded_touch_is_not_given_by_software(void **state)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	struct verify_report report;
	struct container c;
	struct root root;

	(void)state;
	fixture_root(1, &root);
	make((const uint8_t[]){ ALICE, 0 }, &bytes, &c);
	root.roles[BUNDLE_POLICY].touch = true;
	assert_int_equal(container_verify(&c, &root, &report), BUNDLE_E_THRESHOLD);
	assert_non_null(strstr(report.signatures[0].why, "demands a touch"));
	root.roles[BUNDLE_POLICY].touch = false;
	root.roles[BUNDLE_POLICY].verify = true;
	assert_int_equal(container_verify(&c, &root, &report), BUNDLE_E_THRESHOLD);
	assert_non_null(strstr(report.signatures[0].why, "demands a PIN"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_of_two_are_enough),
		cmocka_unit_test(the_report_says_why_others_do_not_count),
		cmocka_unit_test(a_spoiled_signature_spoils_no_other),
		cmocka_unit_test(signatures_of_another_payload_are_refused),
		cmocka_unit_test(another_type_is_another_purpose),
		cmocka_unit_test(nobody_is_not_enough),
		cmocka_unit_test(a_demanded_touch_is_not_given_by_software),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
