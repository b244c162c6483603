/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures of FIDO tokens. No token is needed: the bytes that one would sign are signed by keys
 * in memory, and ssh-keygen says whether they are what OpenSSH understands. It accepts an untouched
 * one; this code must not.
 */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <sys/wait.h>

#include "base/file.h"
#include "bundle/armor.h"
#include "bundle/digest.h"
#include "fixture.h"
#include "tmpdir.h"

#define ED25519_TYPE "sk-ssh-ed25519@openssh.com"
#define P256_TYPE "sk-ecdsa-sha2-nistp256@openssh.com"

static const char message[] = "hello\n";

/* A token in memory, and how it signs the next time. */
struct token {
	EVP_PKEY *key;
	bool p256;
	const char *application, *signed_application;
	uint8_t flags, claimed_flags; /* signed, and written into the signature */
	const char *inner_type, *trailing;
	bool negative_r; /* an mpint without the zero byte that keeps it positive */
};

static struct token make_token(bool p256)
{
	struct token t = {
		.p256 = p256,
		.application = "ssh:",
		.signed_application = "ssh:",
		.flags = 1,
		.claimed_flags = 1,
		.inner_type = p256 ? P256_TYPE : ED25519_TYPE,
		.trailing = "",
	};
	struct sign_key k = fixture_key(ALICE);

	t.key = p256 ? EVP_EC_gen("P-256")
		     : EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, k.seed, 32);
	assert_non_null(t.key);
	return t;
}

static void token_free(struct token *t)
{
	EVP_PKEY_free(t->key);
}

static void put_text(struct buf *out, const char *s)
{
	ssh_put_string(out, s, strlen(s));
}

static void put_public(const struct token *t, struct buf *out)
{
	uint8_t raw[80];
	size_t n = sizeof(raw);

	put_text(out, t->p256 ? P256_TYPE : ED25519_TYPE);
	if (t->p256) {
		assert_int_equal(EVP_PKEY_get_octet_string_param(t->key, OSSL_PKEY_PARAM_PUB_KEY,
								 raw, sizeof(raw), &n),
				 1);
		put_text(out, "nistp256");
	} else {
		assert_int_equal(EVP_PKEY_get_raw_public_key(t->key, raw, &n), 1);
	}
	ssh_put_string(out, raw, n);
	put_text(out, t->application);
}

static void put_mpint(struct buf *out, const BIGNUM *number, bool bare)
{
	uint8_t bytes[34] = { 0 };
	int n = BN_bn2bin(number, bytes + 1);
	int zero = !bare && (bytes[1] & 0x80) ? 1 : 0;

	ssh_put_string(out, bytes + 1 - zero, (size_t)(n + zero));
}

/* SSH's encoding of what libcrypto gives in DER. */
static void put_raw_signature(const struct token *t, const uint8_t *bytes, size_t n,
			      struct buf *out)
{
	_cleanup_buf_ struct buf pair = BUF_INIT;
	const uint8_t *at = bytes;
	ECDSA_SIG *rs;

	if (!t->p256) {
		ssh_put_string(out, bytes, n);
		return;
	}
	rs = d2i_ECDSA_SIG(NULL, &at, (long)n);
	assert_non_null(rs);
	put_mpint(&pair, ECDSA_SIG_get0_r(rs), t->negative_r);
	put_mpint(&pair, ECDSA_SIG_get0_s(rs), false);
	ECDSA_SIG_free(rs);
	ssh_put_string(out, pair.data, pair.len);
}

/* Whether the top bit of the DER signature's r is set, so that its mpint begins with a zero. */
static bool has_high_r(const uint8_t *der)
{
	return der[3] == 33;
}

/* SHA256(application) flags counter SHA256(covered), signed by the token. */
static void put_assertion(const struct token *t, const struct buf *covered, struct buf *out)
{
	uint8_t bytes[69], signature[80];
	size_t n;

	assert_int_equal(digest_sha256(t->signed_application, strlen(t->signed_application), bytes),
			 0);
	bytes[32] = t->flags;
	memcpy(bytes + 33, "\0\0\0\7", 4);
	assert_int_equal(digest_sha256(covered->data, covered->len, bytes + 37), 0);
	do {
		EVP_MD_CTX *ctx = EVP_MD_CTX_new();

		n = sizeof(signature);
		assert_int_equal(EVP_DigestSignInit(ctx, NULL, t->p256 ? EVP_sha256() : NULL, NULL,
						    t->key),
				 1);
		assert_int_equal(EVP_DigestSign(ctx, signature, &n, bytes, sizeof(bytes)), 1);
		EVP_MD_CTX_free(ctx);
	} while (t->negative_r && !has_high_r(signature));
	put_text(out, t->inner_type);
	put_raw_signature(t, signature, n, out);
	buf_putc(out, (char)t->claimed_flags);
	buf_put(out, "\0\0\0\7", 4);
	buf_puts(out, t->trailing);
}

static void put_signature_of(const struct token *t, const char *name_space, struct slice m,
			     struct buf *out)
{
	_cleanup_buf_ struct buf blob = BUF_INIT, key = BUF_INIT, assertion = BUF_INIT,
				 covered = BUF_INIT;
	uint8_t hash[32];

	assert_int_equal(digest_sha256(m.p, m.n, hash), 0);
	buf_puts(&covered, "SSHSIG");
	put_text(&covered, name_space);
	put_text(&covered, "");
	put_text(&covered, "sha256");
	ssh_put_string(&covered, hash, sizeof(hash));
	put_assertion(t, &covered, &assertion);
	put_public(t, &key);
	buf_puts(&blob, "SSHSIG");
	ssh_put_u32(&blob, 1);
	ssh_put_string(&blob, key.data, key.len);
	put_text(&blob, name_space);
	put_text(&blob, "");
	put_text(&blob, "sha256");
	ssh_put_string(&blob, assertion.data, assertion.len);
	buf_puts(out, ARMOR_BEGIN);
	base64_encode(blob.data, blob.len, ARMOR_WIDTH, out);
	buf_puts(out, ARMOR_END);
	assert_int_equal(buf_error(out), 0);
}

static void put_signature(const struct token *t, struct buf *out)
{
	put_signature_of(t, "test", (struct slice){ (const uint8_t *)message, strlen(message) },
			 out);
}

static enum bundle_answer verify(const struct token *t)
{
	_cleanup_buf_ struct buf armored = BUF_INIT;
	struct public_key k;

	put_signature(t, &armored);
	return sshsig_verify(armored.data, armored.len, "test", message, strlen(message), &k);
}

/* Whether ssh-keygen takes it. */
static bool openssh_accepts(const char *dir, const struct token *t)
{
	_cleanup_buf_ struct buf armored = BUF_INIT, line = BUF_INIT, key = BUF_INIT;
	char path[256], command[512];
	int status;

	put_signature(t, &armored);
	put_public(t, &key);
	buf_printf(&line, "me %s ", t->p256 ? P256_TYPE : ED25519_TYPE);
	base64_encode(key.data, key.len, 0, &line);
	buf_putc(&line, '\n');
	(void)snprintf(path, sizeof(path), "%s/signature", dir);
	assert_int_equal(file_write_atomic(AT_FDCWD, path, armored.data, armored.len, 0600), 0);
	(void)snprintf(path, sizeof(path), "%s/signers", dir);
	assert_int_equal(file_write_atomic(AT_FDCWD, path, line.data, line.len, 0600), 0);
	(void)snprintf(command, sizeof(command),
		       "cd %s && echo hello | ssh-keygen -Y verify -f signers -I me -n test "
		       "-s signature >/dev/null 2>&1",
		       dir);
	status = system(command);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 127);
	return WEXITSTATUS(status) == 0;
}

static void a_touched_token_signs(void **state)
{
	for (int p256 = 0; p256 < 2; p256++) {
		_cleanup_(token_free) struct token t = make_token(p256);

		assert_int_equal(verify(&t), BUNDLE_OK);
		assert_true(openssh_accepts(*state, &t));
		t.flags = t.claimed_flags = 5;
		assert_int_equal(verify(&t), BUNDLE_OK);
		assert_true(openssh_accepts(*state, &t));
	}
}

static void an_untouched_token_is_refused(void **state)
{
	for (int p256 = 0; p256 < 2; p256++) {
		_cleanup_(token_free) struct token t = make_token(p256);

		t.flags = t.claimed_flags = 0;
		assert_true(openssh_accepts(*state, &t));
		assert_int_equal(verify(&t), BUNDLE_E_SIGNATURE);
		t.flags = t.claimed_flags = 4;
		assert_int_equal(verify(&t), BUNDLE_E_SIGNATURE);
	}
}

/* A root document in which the token signs policy, and nobody else does anything. */
static void make_root(const struct token *t, struct root *ret)
{
	_cleanup_buf_ struct buf json = BUF_INIT, key = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	put_public(t, &key);
	buf_printf(&json,
		   "{\"format\":1,\"version\":1,\"notAfter\":\"2050-01-01T00:00:00Z\",\"keys\":"
		   "{\"token\":\"%s ",
		   t->p256 ? P256_TYPE : ED25519_TYPE);
	base64_encode(key.data, key.len, 0, &json);
	buf_puts(&json, "\"},\"roles\":{\"root\":{\"threshold\":1,\"keys\":[\"token\"]},"
			"\"policy\":{\"threshold\":1,\"keys\":[\"token\"]},"
			"\"revoke\":{\"threshold\":1,\"keys\":[\"token\"]}}}");
	assert_int_equal(root_parse(json.data, json.len, &d, ret), 0);
}

static void a_bundle_s_report_says_who_did_not_touch(void **state)
{
	(void)state;
	for (int p256 = 0; p256 < 2; p256++) {
		_cleanup_(token_free) struct token t = make_token(p256);
		struct root root;

		make_root(&t, &root);
		for (uint8_t touched = 0; touched < 2; touched++) {
			_cleanup_buf_ struct buf payload = BUF_INIT, armored = BUF_INIT,
						 bytes = BUF_INIT;
			struct verify_report report;
			const char *signature;
			struct container c;

			t.flags = t.claimed_flags = touched;
			fixture_policy(1, "2049-01-01T00:00:00Z", &payload);
			put_signature_of(&t, bundle_namespace(BUNDLE_POLICY),
					 (struct slice){ (uint8_t *)payload.data, payload.len },
					 &armored);
			signature = armored.data;
			assert_int_equal(container_build(BUNDLE_POLICY, (uint8_t *)payload.data,
							 payload.len, &signature, 1, &bytes),
					 0);
			assert_int_equal(container_open((uint8_t *)bytes.data, bytes.len, &c),
					 BUNDLE_OK);
			assert_int_equal(container_verify(&c, &root, &report),
					 touched ? BUNDLE_OK : BUNDLE_E_SIGNATURE);
			assert_string_equal(report.signatures[0].key_name, "token");
			assert_int_equal(report.signatures[0].sound, touched);
			if (!touched)
				assert_non_null(strstr(report.signatures[0].why, "nobody touched"));
		}
	}
}

static void a_claimed_touch_is_refused(void **state)
{
	(void)state;
	for (int p256 = 0; p256 < 2; p256++) {
		_cleanup_(token_free) struct token t = make_token(p256);

		t.flags = 0;
		assert_int_equal(verify(&t), BUNDLE_E_SIGNATURE);
		t.flags = 1;
		t.claimed_flags = 5;
		assert_int_equal(verify(&t), BUNDLE_E_SIGNATURE);
	}
}

static void flags_of_other_messages_are_refused(void **state)
{
	static const uint8_t flags[] = { 0x41, 0x81, 0xc1, 0x03, 0x09, 0x11, 0x21 };

	(void)state;
	for (size_t i = 0; i < sizeof(flags); i++) {
		_cleanup_(token_free) struct token t = make_token(i % 2);

		t.flags = t.claimed_flags = flags[i];
		assert_int_equal(verify(&t), BUNDLE_E_SIGNATURE);
	}
}

static void another_application_is_refused(void **state)
{
	static const char *const applications[] = {
		"",
		"0123456789012345678901234567890123456789012345678901234567890123456789",
	};

	(void)state;
	for (int p256 = 0; p256 < 2; p256++) {
		_cleanup_(token_free) struct token t = make_token(p256);

		t.signed_application = "https://example.com";
		assert_int_equal(verify(&t), BUNDLE_E_SIGNATURE);
		t.application = t.signed_application = applications[p256];
		assert_int_equal(verify(&t), BUNDLE_E_FORMAT);
	}
}

static void another_inner_type_or_length_is_refused(void **state)
{
	(void)state;
	for (int p256 = 0; p256 < 2; p256++) {
		_cleanup_(token_free) struct token t = make_token(p256);

		t.inner_type = "ssh-ed25519";
		assert_int_equal(verify(&t), BUNDLE_E_SIGNATURE);
		t.inner_type = p256 ? ED25519_TYPE : P256_TYPE;
		assert_int_equal(verify(&t), BUNDLE_E_SIGNATURE);
		t.inner_type = p256 ? P256_TYPE : ED25519_TYPE;
		t.trailing = "x";
		assert_int_equal(verify(&t), BUNDLE_E_SIGNATURE);
	}
}

static void a_number_spelt_otherwise_is_refused(void **state)
{
	_cleanup_(token_free) struct token t = make_token(true);

	(void)state;
	t.negative_r = true;
	assert_int_equal(verify(&t), BUNDLE_E_SIGNATURE);
}

static void points_off_the_curve_are_refused(void **state)
{
	_cleanup_(token_free) struct token t = make_token(true);
	uint8_t point[P256_POINT_LEN];
	size_t n;

	(void)state;
	assert_int_equal(EVP_PKEY_get_octet_string_param(t.key, OSSL_PKEY_PARAM_PUB_KEY, point,
							 sizeof(point), &n),
			 1);
	assert_int_equal(n, sizeof(point));
	assert_null(p256_check_point((struct slice){ point, n }));
	point[64] ^= 1;
	assert_non_null(p256_check_point((struct slice){ point, n }));
	point[64] ^= 1;
	assert_non_null(p256_check_point((struct slice){ point, n - 1 }));
	point[0] = 0x06; /* the hybrid form: another spelling */
	assert_non_null(p256_check_point((struct slice){ point, n }));
	memset(point, 0, sizeof(point)); /* the point at infinity */
	assert_non_null(p256_check_point((struct slice){ point, 1 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_touched_token_signs, tmpdir_make, tmpdir_remove),
		cmocka_unit_test_setup_teardown(an_untouched_token_is_refused, tmpdir_make,
						tmpdir_remove),
		cmocka_unit_test(a_bundle_s_report_says_who_did_not_touch),
		cmocka_unit_test(a_claimed_touch_is_refused),
		cmocka_unit_test(flags_of_other_messages_are_refused),
		cmocka_unit_test(another_application_is_refused),
		cmocka_unit_test(another_inner_type_or_length_is_refused),
		cmocka_unit_test(a_number_spelt_otherwise_is_refused),
		cmocka_unit_test(points_off_the_curve_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
