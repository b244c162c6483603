/* SPDX-License-Identifier: BSD-2-Clause */
/* What is signed, by what, and how OpenSSH writes it down. */
#include "token.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/sha.h>
#include <string.h>

#include "base/base64.h"

static const char *const types[] = {
	[TOKEN_PLAIN] = "ssh-ed25519",
	[TOKEN_ED25519] = "sk-ssh-ed25519@openssh.com",
	[TOKEN_P256] = "sk-ecdsa-sha2-nistp256@openssh.com",
};

struct token token_make(enum token_kind kind, uint8_t seed)
{
	return (struct token){ .kind = kind,
			       .seed = seed,
			       .flags = TOKEN_TOUCHED | TOKEN_VERIFIED,
			       .counter = 1,
			       .application = "ssh:" };
}

static void put_u32(struct buf *out, uint32_t v)
{
	const uint8_t be[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
				(uint8_t)v };

	buf_put(out, be, sizeof(be));
}

static void put_string(struct buf *out, const void *bytes, size_t n)
{
	put_u32(out, (uint32_t)n);
	buf_put(out, bytes, n);
}

static void put_text(struct buf *out, const char *s)
{
	put_string(out, s, strlen(s));
}

/* The point of a private number of P-256: 65 bytes. */
static bool point_of(const uint8_t seed[32], uint8_t ret[65])
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	BIGNUM *number = BN_bin2bn(seed, 32, NULL);
	EC_POINT *point = group ? EC_POINT_new(group) : NULL;
	bool ok = point && number && EC_POINT_mul(group, point, number, NULL, NULL, NULL) == 1 &&
		  EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, ret, 65, NULL) ==
			  65;

	EC_POINT_free(point);
	BN_free(number);
	EC_GROUP_free(group);
	return ok;
}

static EVP_PKEY *p256_key(const uint8_t seed[32])
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	BIGNUM *number = BN_bin2bn(seed, 32, NULL);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;
	uint8_t point[65];

	if (build && ctx && number && point_of(seed, point) &&
	    OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number) == 1 &&
	    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, 65) == 1)
		params = OSSL_PARAM_BLD_to_param(build);
	if (params && EVP_PKEY_fromdata_init(ctx) == 1)
		(void)EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(number);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *key_of(const struct token *t)
{
	uint8_t seed[32];

	memset(seed, t->seed, sizeof(seed));
	if (t->kind == TOKEN_P256)
		return p256_key(seed);
	return EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof(seed));
}

static int put_public(const struct token *t, struct buf *out)
{
	uint8_t raw[65], seed[32];
	size_t n = sizeof(raw);
	EVP_PKEY *key = key_of(t);
	int ok = key != NULL;

	memset(seed, t->seed, sizeof(seed));
	if (ok && t->kind == TOKEN_P256)
		ok = point_of(seed, raw);
	else if (ok)
		ok = EVP_PKEY_get_raw_public_key(key, raw, &n);
	EVP_PKEY_free(key);
	put_text(out, types[t->kind]);
	if (t->kind == TOKEN_P256)
		put_text(out, "nistp256");
	put_string(out, raw, n);
	if (t->kind != TOKEN_PLAIN)
		put_text(out, t->application);
	return ok ? buf_error(out) : -EIO;
}

int token_public(const struct token *t, struct buf *out)
{
	_cleanup_buf_ struct buf blob = BUF_INIT;
	int r = put_public(t, &blob);

	if (r < 0)
		return r;
	buf_printf(out, "%s ", types[t->kind]);
	base64_encode(blob.data, blob.len, 0, out);
	return buf_error(out);
}

static int sign_raw(const struct token *t, const struct buf *bytes, uint8_t ret[80], size_t *ret_n)
{
	EVP_PKEY *key = key_of(t);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const EVP_MD *md = t->kind == TOKEN_P256 ? EVP_sha256() : NULL;
	int ok;

	*ret_n = 80;
	ok = key && ctx && EVP_DigestSignInit(ctx, NULL, md, NULL, key) == 1 &&
	     EVP_DigestSign(ctx, ret, ret_n, (const uint8_t *)bytes->data, bytes->len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return ok ? 0 : -EIO;
}

static void put_mpint(struct buf *out, const BIGNUM *number)
{
	uint8_t bytes[34] = { 0 };
	int n = BN_bn2bin(number, bytes + 1), zero = bytes[1] & 0x80 ? 1 : 0;

	put_string(out, bytes + 1 - zero, (size_t)(n + zero));
}

/* SSH's pair of numbers out of libcrypto's DER. */
static int put_pair(const uint8_t *der, size_t n, struct buf *out)
{
	_cleanup_buf_ struct buf pair = BUF_INIT;
	ECDSA_SIG *rs = d2i_ECDSA_SIG(NULL, &der, (long)n);

	if (!rs)
		return -EIO;
	put_mpint(&pair, ECDSA_SIG_get0_r(rs));
	put_mpint(&pair, ECDSA_SIG_get0_s(rs));
	ECDSA_SIG_free(rs);
	put_string(out, pair.data, pair.len);
	return 0;
}

/* SHA256(application) flags counter SHA256(tbs): what a token signs. */
static void put_covered(const struct token *t, const struct buf *tbs, struct buf *out)
{
	uint8_t digest[32];

	if (t->kind == TOKEN_PLAIN) {
		buf_put(out, tbs->data, tbs->len);
		return;
	}
	(void)SHA256((const uint8_t *)t->application, strlen(t->application), digest);
	buf_put(out, digest, sizeof(digest));
	buf_putc(out, (char)t->flags);
	put_u32(out, t->counter);
	(void)SHA256((const uint8_t *)tbs->data, tbs->len, digest);
	buf_put(out, digest, sizeof(digest));
}

static int put_signature(const struct token *t, const struct buf *tbs, struct buf *out)
{
	_cleanup_buf_ struct buf covered = BUF_INIT, inner = BUF_INIT;
	uint8_t raw[80];
	size_t n;
	int r;

	put_covered(t, tbs, &covered);
	r = sign_raw(t, &covered, raw, &n);
	if (r < 0)
		return r;
	put_text(&inner, types[t->kind]);
	if (t->kind == TOKEN_P256)
		r = put_pair(raw, n, &inner);
	else
		put_string(&inner, raw, n);
	if (t->kind != TOKEN_PLAIN) {
		buf_putc(&inner, (char)(t->lies ? t->claimed_flags : t->flags));
		put_u32(&inner, t->lies ? t->claimed_counter : t->counter);
	}
	put_string(out, inner.data, inner.len);
	return r;
}

int token_sign(const struct token *t, const char *name_space, const void *message, size_t len,
	       struct buf *out)
{
	_cleanup_buf_ struct buf tbs = BUF_INIT, blob = BUF_INIT, public = BUF_INIT;
	uint8_t digest[SHA512_DIGEST_LENGTH];
	int r = put_public(t, &public);

	if (r < 0)
		return r;
	(void)SHA512(message, len, digest);
	buf_puts(&tbs, "SSHSIG");
	put_text(&tbs, name_space);
	put_text(&tbs, "");
	put_text(&tbs, "sha512");
	put_string(&tbs, digest, sizeof(digest));

	buf_puts(&blob, "SSHSIG");
	put_u32(&blob, 1);
	put_string(&blob, public.data, public.len);
	put_text(&blob, t->name_space_in_blob ? t->name_space_in_blob : name_space);
	put_text(&blob, "");
	put_text(&blob, "sha512");
	r = put_signature(t, &tbs, &blob);
	if (r < 0)
		return r;
	buf_puts(out, "-----BEGIN SSH SIGNATURE-----\n");
	base64_encode(blob.data, blob.len, 70, out);
	buf_puts(out, "-----END SSH SIGNATURE-----\n");
	return buf_error(out);
}
