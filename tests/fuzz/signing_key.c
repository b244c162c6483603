/* SPDX-License-Identifier: BSD-2-Clause */
/* Private key files: read as a whole key that signs what verifies, or not at all. */
#include "bundle/sign.h"

#include "bundle/bundle.h"
#include "rig/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char message[] = "message";
	_cleanup_buf_ struct buf armored = BUF_INIT;
	struct public_key signer;
	struct sign_key key;

	if (bundle_sign_key_parse((const char *)data, size, &key))
		return 0;
	must(bundle_sign_message(&key, "policy@postern",
				 (struct slice){ (const uint8_t *)message, strlen(message) },
				 &armored) == 0);
	must(sshsig_verify(armored.data, armored.len, "policy@postern", message, strlen(message),
			   &signer) == BUNDLE_OK);
	return 0;
}
