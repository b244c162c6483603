/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DIR/trust.json: what a host remembers, as a document with a checksum. The checksum is against
 * torn and rotten files, not against people: whoever can write there is root.
 */
#pragma once

#include "bundle/bundle.h"

#define TRUST_FILE "trust.json"
#define ROOT_FILE "root.postern"

/* All of struct trust but the root document itself, of which it has the version and the digest. */
struct remembered {
	uint64_t root_version, policy_version, revoke_version;
	char root_digest[65], policy_digest[65], revoke_digest[65];
	int64_t time_floor_ms;
};

/* 0, -EBADMSG with diags, or -ENOMEM. */
int state_parse(const char *text, size_t len, struct diags *d, struct remembered *ret);

/* The text, owned by the caller, or NULL for lack of memory. */
char *state_text(const struct remembered *state);

/* Reads a file of the directory. 0 with text owned by the caller, or -errno. */
int state_read(const char *dir, const char *name, char **ret, size_t *ret_len);
/* Replaces a file of the directory, readable by its owner only. 0 or -errno. */
int state_write(const char *dir, const char *name, const void *bytes, size_t len);
