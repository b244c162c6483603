/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kinds of keys that may sign, as one table: what is in their public key blob, and what their
 * signature covers. A kind that is not in the table is refused. Layouts: RFC 8709 and OpenSSH's
 * PROTOCOL.u2f.
 */
#pragma once

#include "bundle/ssh.h"

struct key_type;

/* A public key blob taken apart; points into the blob. */
struct key_fields {
	const struct key_type *type;
	struct slice point; /* the public key itself */
	struct slice application; /* FIDO: whom the token signs for */
};

/* What a signature says of the person who made it. */
enum signature_flags {
	SIGNATURE_TOUCH = 1, /* user present */
	SIGNATURE_VERIFY = 4, /* user verified: PIN or fingerprint */
};

/* The same, and how often the token says it has signed; both 0 where the key is in no token. */
struct signature_marks {
	uint8_t flags;
	uint32_t counter;
};

struct key_type {
	const char *name;
	bool hardware; /* a FIDO token: signatures carry flags */
	/* Reads the fields after the type's name. NULL, or why not (static text). */
	const char *(*read)(struct ssh_reader *r, struct key_fields *ret);
	/*
	 * Verifies the fields of a signature after the type's name, over `signed_bytes`. NULL with
	 * what it says of the person, or why not (static text). Whether that is enough is the
	 * caller's question.
	 */
	const char *(*verify)(const struct key_fields *k, struct ssh_reader *signature,
			      struct slice signed_bytes, struct signature_marks *ret);
};

/* The kind of that name, or NULL. */
const struct key_type *key_type_find(struct slice name);

/* Takes a whole public key blob apart. NULL, or why it is refused (static text). */
const char *key_fields_read(struct slice blob, struct key_fields *ret);

/* ---- the kinds' own code --------------------------------------------------------------------- */

enum { ED25519_KEY_LEN = 32, ED25519_SIGNATURE_LEN = 64, P256_POINT_LEN = 65 };

/* NULL, or why this encoding of a point cannot be a key. */
const char *ed25519_check_point(struct slice point);
bool ed25519_verify(struct slice point, struct slice signature, struct slice signed_bytes);

const char *p256_check_point(struct slice point);
/* `signature` is SSH's string of the two mpints r and s; the digest is SHA-256. */
bool p256_verify(struct slice point, struct slice signature, struct slice signed_bytes);

extern const struct key_type key_type_ed25519, key_type_sk_ed25519, key_type_sk_p256;
