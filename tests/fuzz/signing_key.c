/* SPDX-License-Identifier: BSD-2-Clause */
/* Private key files: read as a whole key that signs what verifies, or not at all. */
#include "bundle/sign.h"

#include "base/base64.h"
#include "bundle/armor.h"
#include "bundle/bundle.h"
#include "rig/fuzz.h"

static void use(const char *text, size_t size)
{
	static const char message[] = "message";
	_cleanup_buf_ struct buf armored = BUF_INIT;
	struct public_key signer;
	struct sign_key key;

	if (bundle_sign_key_parse(text, size, &key))
		return;
	must(bundle_sign_message(&key, "policy@postern",
				 (struct slice){ (const uint8_t *)message, strlen(message) },
				 &armored) == 0);
	must(sshsig_verify(armored.data, armored.len, "policy@postern", message, strlen(message),
			   &signer) == BUNDLE_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf file = BUF_INIT;

	/* As it comes; else as the bytes in the armor, which a fuzzer would hardly reach through it. */
	if (size > 0 && data[0] == '-') {
		use((const char *)data, size);
		return 0;
	}
	buf_puts(&file, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
	base64_encode(data, size, ARMOR_WIDTH, &file);
	buf_puts(&file, "-----END OPENSSH PRIVATE KEY-----\n");
	must(buf_error(&file) == 0);
	use(file.data, file.len);
	return 0;
}
