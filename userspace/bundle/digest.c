/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-2 through libcrypto. */
#include "bundle/digest.h"

#include <errno.h>
#include <stdio.h>
#include <openssl/evp.h>

#include "bundle/bundle.h"

/*
 * Looked up among what libcrypto's providers offer once and not for each digest: that walks through a megabyte of it.
 * Kept until the end.
 */
static const EVP_MD *sha256(void)
{
	static EVP_MD *found;

	if (!found)
		found = EVP_MD_fetch(NULL, "SHA256", NULL);
	return found;
}

int digest_sha256(const void *bytes, size_t len, uint8_t ret[SHA256_LEN])
{
	return EVP_Digest(bytes, len, ret, NULL, sha256(), NULL) == 1 ? 0 : -EIO;
}

bool message_digest(struct message *m, struct slice algorithm, struct slice *ret)
{
	if (slice_is(algorithm, "sha256")) {
		if (!m->have_sha256 && digest_sha256(m->bytes.p, m->bytes.n, m->sha256) < 0)
			return false;
		m->have_sha256 = true;
		*ret = (struct slice){ m->sha256, SHA256_LEN };
		return true;
	}
	if (slice_is(algorithm, "sha512")) {
		if (!m->have_sha512 &&
		    EVP_Digest(m->bytes.p, m->bytes.n, m->sha512, NULL, EVP_sha512(), NULL) != 1)
			return false;
		m->have_sha512 = true;
		*ret = (struct slice){ m->sha512, SHA512_LEN };
		return true;
	}
	return false;
}

static void spell(const uint8_t digest[SHA256_LEN], char ret[65])
{
	for (size_t i = 0; i < SHA256_LEN; i++)
		(void)snprintf(ret + 2 * i, 3, "%02x", digest[i]);
}

int digest_hex(const void *bytes, size_t len, char ret[65])
{
	uint8_t digest[SHA256_LEN];
	int r = digest_sha256(bytes, len, digest);

	if (r == 0)
		spell(digest, ret);
	return r;
}

/* Not one of ours: libcrypto's own under a name that others may know. */
static EVP_MD_CTX *context(struct digest_stream *s)
{
	return (EVP_MD_CTX *)s;
}

int digest_begin(struct digest_stream **ret)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	if (!c || EVP_DigestInit_ex(c, sha256(), NULL) != 1) {
		EVP_MD_CTX_free(c);
		return -ENOMEM;
	}
	*ret = (struct digest_stream *)c;
	return 0;
}

int digest_add(struct digest_stream *s, const void *bytes, size_t len)
{
	return EVP_DigestUpdate(context(s), bytes, len) == 1 ? 0 : -EIO;
}

int digest_end(struct digest_stream *s, char ret[65])
{
	uint8_t digest[SHA256_LEN];

	if (EVP_DigestFinal_ex(context(s), digest, NULL) != 1)
		return -EIO;
	spell(digest, ret);
	return 0;
}

void digest_drop(struct digest_stream **s)
{
	EVP_MD_CTX_free(context(*s));
	*s = NULL;
}
