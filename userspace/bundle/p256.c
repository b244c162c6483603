/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ECDSA over NIST P-256 with SHA-256 through libcrypto, from SSH's encoding of r and s (RFC 5656
 * section 3.1.2).
 */
#include "bundle/keytype.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

enum { COORDINATE_LEN = 32 };

/* A key of the point; libcrypto checks that it is on the curve. NULL when it is not. */
static EVP_PKEY *make_key(struct slice point)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)(uintptr_t) "P-256", 5),
		OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)point.p,
					point.n),
		OSSL_PARAM_END,
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	if (!ctx || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

const char *p256_check_point(struct slice point)
{
	EVP_PKEY *key;

	if (point.n != P256_POINT_LEN || point.p[0] != 0x04)
		return "a P-256 key is an uncompressed point of 65 bytes";
	key = make_key(point);
	if (!key)
		return "the key is not a point of the curve P-256";
	EVP_PKEY_free(key);
	return NULL;
}

/* A positive mpint of at most 256 bits in its one minimal form, as a number; NULL for another. */
static BIGNUM *read_mpint(struct ssh_reader *r)
{
	struct slice s = ssh_string(r);

	if (r->failed || s.n == 0 || (s.p[0] & 0x80))
		return NULL;
	if (s.p[0] == 0 && (s.n == 1 || !(s.p[1] & 0x80)))
		return NULL;
	if (s.n > COORDINATE_LEN + (size_t)(s.p[0] == 0))
		return NULL;
	return BN_bin2bn(s.p, (int)s.n, NULL);
}

/* DER of (r, s) in *ret, owned by the caller through OPENSSL_free. Its length, or 0. */
static int encode_der(struct slice signature, uint8_t **ret)
{
	struct ssh_reader reader = ssh_reader(signature);
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = read_mpint(&reader);
	BIGNUM *s = r ? read_mpint(&reader) : NULL;
	int n = 0;

	if (pair && r && s && ssh_done(&reader) && ECDSA_SIG_set0(pair, r, s) == 1) {
		r = s = NULL; /* now of the pair */
		n = i2d_ECDSA_SIG(pair, ret);
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(pair);
	return n > 0 ? n : 0;
}

bool p256_verify(struct slice point, struct slice signature, struct slice signed_bytes)
{
	EVP_PKEY *key = make_key(point);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t *der = NULL;
	int der_len = encode_der(signature, &der);
	bool good = key && ctx && der_len > 0 &&
		    EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
		    EVP_DigestVerify(ctx, der, (size_t)der_len, signed_bytes.p, signed_bytes.n) ==
			    1;

	OPENSSL_free(der);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return good;
}
