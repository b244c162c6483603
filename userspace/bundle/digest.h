/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHA-2 of whole messages, and a message whose digests are taken once however many signatures it
 * has.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bundle/ssh.h"

enum { SHA256_LEN = 32, SHA512_LEN = 64 };

/* 0 or -EIO when libcrypto cannot. */
int digest_sha256(const void *bytes, size_t len, uint8_t ret[SHA256_LEN]);

struct message {
	struct slice bytes;
	uint8_t sha256[SHA256_LEN], sha512[SHA512_LEN];
	bool have_sha256, have_sha512;
};

/*
 * The digest of a message by SSHSIG's name of the algorithm. False for other algorithms, or when
 * libcrypto cannot.
 */
bool message_digest(struct message *m, struct slice algorithm, struct slice *ret);
