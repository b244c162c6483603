/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys of people, in memory and from fixed seeds: plain Ed25519, and what FIDO tokens with Ed25519 and
 * P-256 would sign (PROTOCOL.sshsig, PROTOCOL.u2f of OpenSSH). A test says what the token claims: touch,
 * PIN, counter, another application, other bytes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum token_kind { TOKEN_PLAIN, TOKEN_ED25519, TOKEN_P256, TOKEN_KINDS };

enum { TOKEN_TOUCHED = 1, TOKEN_VERIFIED = 4 };

struct token {
	enum token_kind kind;
	uint8_t seed; /* 32 times this byte is the private key */
	uint8_t flags; /* TOKEN_TOUCHED … */
	uint32_t counter;
	const char *application; /* "ssh:" */
	/* what is written into the signature, where it is not what was signed */
	bool lies;
	uint8_t claimed_flags;
	uint32_t claimed_counter;
	const char *name_space_in_blob; /* NULL: the one that was signed */
};

/* A token as honest ones are: touched, verified, counter 1. */
struct token token_make(enum token_kind kind, uint8_t seed);

/* "sk-ssh-ed25519@openssh.com AAAA…", as in a .pub file without its comment. 0 or -EIO. */
int token_public(const struct token *t, struct buf *out);

/* The armored SSHSIG over a message in a namespace. 0 or -EIO. */
int token_sign(const struct token *t, const char *name_space, const void *message, size_t len,
	       struct buf *out);
