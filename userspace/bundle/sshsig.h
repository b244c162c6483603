/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One SSH signature (PROTOCOL.sshsig):
 *   blob   = "SSHSIG" uint32 1, string publickey, namespace, reserved, hash, signature
 *   signed = "SSHSIG" string namespace, reserved, hash, H(message)
 * Stricter than ssh-keygen -Y verify: `reserved` of the blob is not signed, so it must be empty.
 */
#pragma once

#include "bundle/armor.h"
#include "bundle/digest.h"
#include "bundle/keytype.h"

enum { SSHSIG_VERSION = 1, NAMESPACE_MAX = 128 };

struct sshsig {
	struct slice key_blob, name_space, hash, signature; /* point into blob */
	struct key_fields key;
	uint8_t blob[ARMOR_BLOB_MAX];
};

/* Takes one armored block apart, without verifying it. NULL, or why not (static text). */
const char *sshsig_open(const char *armored, size_t len, struct sshsig *ret);

/* Verifies it, whether anybody touched the token or not. NULL, or why not (static text). */
const char *sshsig_check_bytes(const struct sshsig *s, const char *name_space, struct message *m,
			       struct signature_marks *ret);

/*
 * The same, and a signature that nobody touched the token for is refused, which ssh-keygen -Y
 * verify does not do.
 */
const char *sshsig_check(const struct sshsig *s, const char *name_space, struct message *m,
			 struct signature_marks *ret);

/* Whether the person has to be asked for, and was not. */
bool sshsig_is_untouched(const struct sshsig *s, const struct signature_marks *marks);

/* Appends the bytes that a signature covers, given the message's digest. */
void sshsig_put_signed(const char *name_space, struct slice hash, struct slice digest,
		       struct buf *out);
