/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What attackers would hand to a host: each case a file, with the command that is given it and what that
 * command must answer. People: alice and dave have plain keys, bob an Ed25519 token, carol a P-256 one; the
 * host trusts root document 2, in which root and policy are two of alice, bob and carol, revoke is one of
 * bob and carol with a PIN, and dave has no role.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "token.h"

enum person { ALICE = 1, BOB, CAROL, DAVE, MALLORY, PERSONS };

/* As they are: touched, with a PIN. */
struct token person_token(enum person p);
/* "ssh-ed25519 AAAA…" */
void person_line(enum person p, struct buf *out);
/* An armored signature over a payload of that type ("policy"). */
void person_sign(enum person p, const char *type, const struct buf *payload, struct buf *out);

/* A container of the payload and these armored blocks, whatever they are. */
void container_put(const char *type, const struct buf *payload, const struct buf *blocks, size_t n,
		   struct buf *out);
/* The same, signed by each of the list, which 0 ends. */
void container_signed(const char *type, const struct buf *payload, const enum person *by,
		      struct buf *out);

/*
 * Writes a case: the file, and a line "NAME COMMAND STATUS WORDS" of the table. COMMAND is push, rotate or
 * init.
 */
void case_put(const char *name, const char *command, int status, const char *words,
	      const struct buf *bytes);
/* A file that is no case. */
void file_put(const char *name, const struct buf *bytes);

/* The payload of a small bundle of that version: gzip of JSON, in which `from`, if any, stands as `to`. */
void bundle_payload(unsigned long long version, const char *from, const char *to, struct buf *out);
void bundle_gzip(const void *bytes, size_t len, struct buf *out);
/* Root document 2 with another version, and with `from`, if any, as `to`. */
void root_payload(unsigned long long version, const char *from, const char *to, struct buf *out);
void revoke_payload(unsigned long long version, const char *from, const char *to, struct buf *out);

/* The groups of cases, each in the file of its name. */
void container_cases(void);
void signature_cases(void);
void payload_cases(void);
void document_cases(void);

/* What cannot be made is the test's fault. */
void must(bool done, const char *what);
