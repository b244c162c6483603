/* SPDX-License-Identifier: BSD-2-Clause */
/* SSH signatures: each field that another verifier lets pass is refused here. */
#include "bundle/sshsig.h"
#include "fixture.h"

static const char text[] = "This is a test, this is only a test";

/* The blob of a signature, field by field, so that a test can spoil one. */
struct parts {
	const char *magic;
	uint32_t version;
	uint8_t key[32];
	const char *name_space, *reserved, *hash, *inner_type;
	uint8_t signature[64];
	size_t signature_len;
	const char *trailing, *inner_trailing;
};

/* A good signature by alice in the namespace "test", taken to parts. */
static struct parts good_parts(void)
{
	_cleanup_free_ char *armored = fixture_signature(ALICE, "test", text, strlen(text));
	struct parts p = {
		.magic = "SSHSIG",
		.version = 1,
		.name_space = "test",
		.reserved = "",
		.hash = "sha512",
		.inner_type = "ssh-ed25519",
		.signature_len = 64,
		.trailing = "",
		.inner_trailing = "",
	};
	struct sign_key alice = fixture_key(ALICE);
	struct sshsig s;

	memcpy(p.key, alice.public_key, 32);
	assert_null(sshsig_open(armored, strlen(armored), &s));
	memcpy(p.signature, s.signature.p + s.signature.n - 64, 64);
	return p;
}

static void put_text(struct buf *out, const char *s)
{
	ssh_put_string(out, s, strlen(s));
}

static void put_armor(const struct buf *blob, struct buf *out)
{
	buf_puts(out, ARMOR_BEGIN);
	base64_encode(blob->data, blob->len, ARMOR_WIDTH, out);
	buf_puts(out, ARMOR_END);
	assert_int_equal(buf_error(out), 0);
}

static void join(const struct parts *p, struct buf *out)
{
	_cleanup_buf_ struct buf blob = BUF_INIT, key = BUF_INIT, signature = BUF_INIT;

	fixture_blob(p->key, &key);
	put_text(&signature, p->inner_type);
	ssh_put_string(&signature, p->signature, p->signature_len);
	buf_puts(&signature, p->inner_trailing);
	buf_puts(&blob, p->magic);
	ssh_put_u32(&blob, p->version);
	ssh_put_string(&blob, key.data, key.len);
	put_text(&blob, p->name_space);
	put_text(&blob, p->reserved);
	put_text(&blob, p->hash);
	ssh_put_string(&blob, signature.data, signature.len);
	buf_puts(&blob, p->trailing);
	put_armor(&blob, out);
}

static enum bundle_answer verify(const struct parts *p)
{
	_cleanup_buf_ struct buf armored = BUF_INIT;
	struct public_key k = { .blob_len = 77 };
	enum bundle_answer a;

	join(p, &armored);
	a = sshsig_verify(armored.data, armored.len, "test", text, strlen(text), &k);
	if (a != BUNDLE_OK)
		assert_int_equal(k.blob_len, 77);
	return a;
}

static void a_good_signature_names_its_key(void **state)
{
	_cleanup_free_ char *armored = fixture_signature(ALICE, "test", text, strlen(text));
	_cleanup_buf_ struct buf blob = BUF_INIT;
	struct sign_key alice = fixture_key(ALICE);
	struct public_key k;

	(void)state;
	assert_int_equal(sshsig_verify(armored, strlen(armored), "test", text, strlen(text), &k),
			 BUNDLE_OK);
	fixture_blob(alice.public_key, &blob);
	assert_int_equal(k.blob_len, blob.len);
	assert_memory_equal(k.blob, blob.data, blob.len);
}

static void the_parts_together_are_good(void **state)
{
	struct parts p = good_parts();

	(void)state;
	assert_int_equal(verify(&p), BUNDLE_OK);
}

/*
 * Written by ssh-keygen 9.2 with alice's key: -Y sign -n test, of the text above, with -O
 * hashalg=sha256 too.
 */
static void what_ssh_keygen_wrote_verifies(void **state)
{
	static const char *const files[] = { "tests/golden/bundle/sha512.sig",
					     "tests/golden/bundle/sha256.sig" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		_cleanup_fclose_ FILE *f = fopen(files[i], "r");
		struct public_key k;
		char armored[1024];
		size_t n;

		assert_non_null(f);
		n = fread(armored, 1, sizeof(armored), f);
		assert_int_equal(sshsig_verify(armored, n, "test", text, strlen(text), &k),
				 BUNDLE_OK);
		assert_int_equal(sshsig_verify(armored, n, "test", text, strlen(text) - 1, &k),
				 BUNDLE_E_SIGNATURE);
	}
}

static void another_message_or_purpose_is_refused(void **state)
{
	_cleanup_free_ char *armored = fixture_signature(ALICE, "test", text, strlen(text));
	struct public_key k;

	(void)state;
	assert_int_equal(sshsig_verify(armored, strlen(armored), "test", "other", 5, &k),
			 BUNDLE_E_SIGNATURE);
	assert_int_equal(sshsig_verify(armored, strlen(armored), "tes", text, strlen(text), &k),
			 BUNDLE_E_SIGNATURE);
	assert_int_equal(sshsig_verify(armored, strlen(armored), "test2", text, strlen(text), &k),
			 BUNDLE_E_SIGNATURE);
}

static void spoiled_fields_are_refused(void **state)
{
	const struct parts good = good_parts();
	char long_space[130];
	const struct {
		const char *name;
		size_t offset;
		const char *value;
		enum bundle_answer answer;
	} cases[] = {
		{ "magic", offsetof(struct parts, magic), "SSHSIg", BUNDLE_E_FORMAT },
		{ "empty namespace", offsetof(struct parts, name_space), "", BUNDLE_E_FORMAT },
		{ "long namespace", offsetof(struct parts, name_space), long_space,
		  BUNDLE_E_FORMAT },
		{ "other namespace", offsetof(struct parts, name_space), "tess",
		  BUNDLE_E_SIGNATURE },
		{ "reserved", offsetof(struct parts, reserved), "x", BUNDLE_E_FORMAT },
		{ "hash", offsetof(struct parts, hash), "sha1", BUNDLE_E_FORMAT },
		{ "other hash", offsetof(struct parts, hash), "sha256", BUNDLE_E_SIGNATURE },
		{ "inner type", offsetof(struct parts, inner_type), "ssh-ed25518",
		  BUNDLE_E_SIGNATURE },
		{ "FIDO inner type", offsetof(struct parts, inner_type),
		  "sk-ssh-ed25519@openssh.com", BUNDLE_E_SIGNATURE },
		{ "trailing", offsetof(struct parts, trailing), "x", BUNDLE_E_FORMAT },
		{ "inner trailing", offsetof(struct parts, inner_trailing), "x",
		  BUNDLE_E_SIGNATURE },
	};

	(void)state;
	memset(long_space, 'n', sizeof(long_space) - 1);
	long_space[sizeof(long_space) - 1] = '\0';
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct parts p = good;
		const char **field = (const char **)(void *)((char *)&p + cases[i].offset);
		enum bundle_answer a;

		*field = cases[i].value;
		a = verify(&p);
		if (a != cases[i].answer)
			fail_msg("%s: %s", cases[i].name, bundle_answer_name(a));
	}
}

static void another_version_or_length_is_refused(void **state)
{
	struct parts p = good_parts();

	(void)state;
	p.version = 2;
	assert_int_equal(verify(&p), BUNDLE_E_FORMAT);
	p = good_parts();
	p.signature_len = 63;
	assert_int_equal(verify(&p), BUNDLE_E_SIGNATURE);
	p.signature_len = 0;
	assert_int_equal(verify(&p), BUNDLE_E_SIGNATURE);
}

/* S and S + L satisfy the same equation; only S < L is a signature (RFC 8032, 5.1.7). */
static void a_second_form_of_the_signature_is_refused(void **state)
{
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
					   0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
					   0,	 0,    0,    0,	   0,	 0,    0,    0,
					   0,	 0,    0,    0,	   0,	 0,    0,    0x10 };
	struct parts p = good_parts();
	unsigned carry = 0;

	(void)state;
	for (size_t i = 0; i < 32; i++) {
		carry += p.signature[32 + i] + order[i];
		p.signature[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(carry, 0);
	assert_int_equal(verify(&p), BUNDLE_E_SIGNATURE);
}

/* For the neutral element as key, R = S*B fits every message: libcrypto says yes. */
static void a_key_of_small_order_is_refused(void **state)
{
	struct parts p = good_parts();

	(void)state;
	memset(p.key, 0, sizeof(p.key));
	memset(p.signature, 0, sizeof(p.signature));
	p.key[0] = 1;
	p.signature[0] = 1;
	assert_true(ed25519_verify((struct slice){ p.key, 32 }, (struct slice){ p.signature, 64 },
				   (struct slice){ (const uint8_t *)text, 5 }));
	assert_int_equal(verify(&p), BUNDLE_E_FORMAT);
}

static void every_point_of_small_order_is_refused(void **state)
{
	/* y of the eight points, and the second spellings of those that have one. */
	static const char *const points[] = {
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(points) / sizeof(points[0]); i++) {
		uint8_t point[32];

		for (size_t k = 0; k < 32; k++)
			assert_int_equal(sscanf(points[i / 2] + 2 * k, "%2hhx", &point[k]), 1);
		point[31] |= (uint8_t)(i % 2 ? 0x80 : 0); /* the sign of x */
		assert_non_null(ed25519_check_point((struct slice){ point, 32 }));
	}
}

static void every_truncated_blob_is_refused(void **state)
{
	_cleanup_free_ char *armored = fixture_signature(ALICE, "test", text, strlen(text));
	uint8_t blob[ARMOR_BLOB_MAX];
	struct public_key k;
	size_t len = 0;

	(void)state;
	assert_int_equal(armor_open(armored, strlen(armored), blob, &len), 0);
	for (size_t n = 0; n < len; n++) {
		_cleanup_buf_ struct buf cut = BUF_INIT;
		const struct buf part = { .data = (char *)blob, .len = n };

		put_armor(&part, &cut);
		assert_int_equal(sshsig_verify(cut.data, cut.len, "test", text, strlen(text), &k),
				 BUNDLE_E_FORMAT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_signature_names_its_key),
		cmocka_unit_test(the_parts_together_are_good),
		cmocka_unit_test(what_ssh_keygen_wrote_verifies),
		cmocka_unit_test(another_message_or_purpose_is_refused),
		cmocka_unit_test(spoiled_fields_are_refused),
		cmocka_unit_test(another_version_or_length_is_refused),
		cmocka_unit_test(a_second_form_of_the_signature_is_refused),
		cmocka_unit_test(a_key_of_small_order_is_refused),
		cmocka_unit_test(every_point_of_small_order_is_refused),
		cmocka_unit_test(every_truncated_blob_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
