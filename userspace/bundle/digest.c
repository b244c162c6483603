/* SPDX-License-Identifier: BSD-2-Clause */
/* SHA-2 through libcrypto. */
#include "bundle/digest.h"

#include <errno.h>
#include <stdio.h>
#include <openssl/evp.h>

#include "bundle/bundle.h"

int digest_sha256(const void *bytes, size_t len, uint8_t ret[SHA256_LEN])
{
	return EVP_Digest(bytes, len, ret, NULL, EVP_sha256(), NULL) == 1 ? 0 : -EIO;
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

int digest_hex(const void *bytes, size_t len, char ret[65])
{
	uint8_t digest[SHA256_LEN];
	int r = digest_sha256(bytes, len, digest);

	if (r < 0)
		return r;
	for (size_t i = 0; i < SHA256_LEN; i++)
		(void)snprintf(ret + 2 * i, 3, "%02x", digest[i]);
	return 0;
}
