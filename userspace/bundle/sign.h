/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signing, apart from all verifying: nothing that posternd uses may refer to these names, so that
 * the linker leaves their object files out of it.
 */
#pragma once

#include "base/diag.h"
#include "bundle/keytype.h"

/* An ssh-ed25519 key pair in memory. Wipe it with bundle_sign_key_wipe. */
struct sign_key {
	uint8_t seed[32]; /* RFC 8032's private key */
	uint8_t public_key[ED25519_KEY_LEN];
};

void bundle_sign_key_wipe(struct sign_key *k);

/*
 * Reads an unencrypted OpenSSH private key (PROTOCOL.key) from the text of its file. NULL, or why
 * not (static text).
 */
const char *bundle_sign_key_parse(const char *text, size_t len, struct sign_key *ret);

/* Appends the armored signature that `ssh-keygen -Y sign` would write. 0, -ENOMEM or -EIO. */
int bundle_sign_message(const struct sign_key *k, const char *name_space, struct slice message,
			struct buf *out);
