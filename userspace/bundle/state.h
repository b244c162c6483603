/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DIR/trust.json: what a host remembers, as a document with a checksum. The checksum is against
 * torn and rotten files, not against people: whoever can write there is root.
 */
#pragma once

#include "bundle/bundle.h"

#define TRUST_FILE "trust.json"
#define ROOT_FILE "root.postern"
/* The root document that trust.json names, where a rotation was cut off before its last step. */
#define NEXT_ROOT_FILE "root.next.postern"

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

/* DIR/trust.json. BUNDLE_OK, -ENOENT without diags, BUNDLE_E_TRUST with, or -ENOMEM. */
int state_load(const char *dir, struct diags *d, struct remembered *ret);
/* Replaces DIR/trust.json. 0 or -errno. */
int state_store(const char *dir, const struct remembered *state);

/*
 * The root document that `state` names, from wherever a crash left it; the files are moved by nobody.
 * BUNDLE_OK, -ENOENT without diags, BUNDLE_E_TRUST with, or -ENOMEM. `state` may be NULL: any.
 */
int state_load_root(const char *dir, struct diags *d, const struct remembered *state,
		    struct root *ret, char ret_digest[65]);

/* What of the state's files could not be read, as a diagnostic. BUNDLE_E_TRUST or -ENOMEM. */
int state_unreadable(struct diags *d, const char *dir, const char *name, int error);

/*
 * Reads a file of the directory. 0 with text owned by the caller, -EPERM when somebody else than root and us
 * owns it or the directory, or others may write there; or -errno.
 */
int state_read(const char *dir, const char *name, char **ret, size_t *ret_len);
/* Replaces a file of the directory, readable by its owner only. 0 or -errno. */
int state_write(const char *dir, const char *name, const void *bytes, size_t len);
/* Gives a file of the directory another's name. 0 or -errno. */
int state_move(const char *dir, const char *from, const char *to);
