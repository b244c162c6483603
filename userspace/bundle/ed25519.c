/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ed25519 (RFC 8032) through libcrypto, which refuses S >= L. What it does not refuse is a public
 * key of small order, for which one signature fits many messages, and a second spelling of a key;
 * both are refused here.
 */
#include "bundle/keytype.h"

#include <string.h>
#include <openssl/evp.h>

/*
 * The y coordinates of the eight points whose order divides 8, little-endian, without the sign bit.
 */
static const uint8_t small_order[][ED25519_KEY_LEN] = {
	{ 0x00 }, /* order 4 */
	{ 0x01 }, /* the neutral element */
	{ 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
	{ 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
	  0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
	  0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
	{ 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
	  0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
	  0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
};

/* Whether y, little-endian, is below p = 2^255 - 19. */
static bool is_reduced(const uint8_t y[ED25519_KEY_LEN])
{
	if (y[31] != 0x7f || y[0] < 0xed)
		return true;
	for (size_t i = 1; i < ED25519_KEY_LEN - 1; i++)
		if (y[i] != 0xff)
			return true;
	return false;
}

const char *ed25519_check_point(struct slice point)
{
	uint8_t y[ED25519_KEY_LEN];

	if (point.n != sizeof(y))
		return "an Ed25519 key has 32 bytes";
	memcpy(y, point.p, sizeof(y));
	y[31] &= 0x7f;
	if (!is_reduced(y))
		return "the key is not in its canonical form";
	for (size_t i = 0; i < sizeof(small_order) / sizeof(small_order[0]); i++)
		if (memcmp(y, small_order[i], sizeof(y)) == 0)
			return "the key is a point of small order: anybody can sign for it";
	return NULL;
}

bool ed25519_verify(struct slice point, struct slice signature, struct slice signed_bytes)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, point.p, point.n);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = key && ctx && signature.n == ED25519_SIGNATURE_LEN &&
		    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
		    EVP_DigestVerify(ctx, signature.p, signature.n, signed_bytes.p,
				     signed_bytes.n) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return good;
}
