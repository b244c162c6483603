/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SSH signatures over one message. Nobody can forge one, so whatever verifies must be the blob that
 * a key of the corpus made, bit for bit: anything else is a second encoding, which must not be.
 */
#include "bundle/bundle.h"

#include "base/base64.h"
#include "bundle/armor.h"
#include "rig/fuzz.h"

static const char message[] = "message";

static bool known(const char *digest)
{
	static const char *const made[] = {
		"367a9cac0392683d5915b765faaac58f444d4c30a823904d75adce7bf2e22035",
		"623bd358d9e75b0a89704822b9c8cecde7a6af89a6c127e29e6dfe99d3bb0ae8",
		"e4caf269a869341bc624c7d0afcd0297d77b768395c6840f0e1aa2aba1aea849",
		"76b264b05e4ed9285456b43b1a95a6c75afd157c241c9b8ecc5ad9baa479ae89",
		"6d8e9d73bbfa2966ad483354e0619be58d204e856174d6db6285f35ba501e0e9",
		"d3a63eaf234ced3d8680cc7b9ee67c9f6d0457a0778ccecee1c68946cfdf7ab3",
	};

	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		if (strcmp(made[i], digest) == 0)
			return true;
	return false;
}

static void verify(const char *text, size_t size)
{
	struct public_key key;
	enum bundle_answer a =
		sshsig_verify(text, size, "policy@postern", message, strlen(message), &key);
	uint8_t blob[ARMOR_BLOB_MAX];
	char digest[65], fingerprint[64];
	size_t n;

	must(a == BUNDLE_OK || a == BUNDLE_E_FORMAT || a == BUNDLE_E_SIGNATURE);
	if (a != BUNDLE_OK)
		return;
	must(armor_open(text, size, blob, &n) == 0);
	must(digest_hex(blob, n, digest) == 0);
	must(known(digest));
	must(public_key_fingerprint(&key, fingerprint) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf armored = BUF_INIT;

	/* As it comes; else as the bytes in the armor, which a fuzzer would hardly reach through it. */
	if (size > 0 && data[0] == '-') {
		verify((const char *)data, size);
		return 0;
	}
	buf_puts(&armored, ARMOR_BEGIN);
	base64_encode(data, size, ARMOR_WIDTH, &armored);
	buf_puts(&armored, ARMOR_END);
	must(buf_error(&armored) == 0);
	verify(armored.data, armored.len);
	return 0;
}
