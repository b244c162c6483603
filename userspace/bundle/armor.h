/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The armor of an SSH signature (PROTOCOL.sshsig, "Armored format"): base64 in lines between two
 * fixed lines. Strict: LF only, no blank lines, lines of one width of at most 76 (the last
 * may be shorter), nothing before or after.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define ARMOR_BEGIN "-----BEGIN SSH SIGNATURE-----\n"
#define ARMOR_END "-----END SSH SIGNATURE-----\n"

enum {
	ARMOR_MAX = 24 << 10, /* bytes of an armored block */
	ARMOR_BLOB_MAX = 16 << 10, /* bytes in it: room for post-quantum signatures */
	ARMOR_WIDTH = 70, /* what ssh-keygen writes */
};

/*
 * Length of the armored block that `text` begins with, or 0 when it does not begin with one of at
 * most ARMOR_MAX bytes. What is between the two lines is not looked at.
 */
size_t armor_length(const char *text, size_t len);

/* The bytes in a block that fills `text` exactly. 0, -EBADMSG or -E2BIG. */
int armor_open(const char *text, size_t len, uint8_t ret[ARMOR_BLOB_MAX], size_t *ret_len);

/* Lines of base64 alone, as between the two lines; also what a private key file holds. */
int armor_body(const char *text, size_t len, uint8_t *ret, size_t cap, size_t *ret_len);
