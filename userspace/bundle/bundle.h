/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Door of bundle/: the signed container, who may sign it, and what a host remembers of what it
 * accepted. Bytes are verified before anything is inflated or parsed.
 *
 *   file    = "postern1 " type " " payload-length " " signature-count "\n" payload armored-SSHSIG*
 *   policy  = gzip of one JSON document; root, revoke = one JSON document
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <postern/phase.h>

#include "base/diag.h"
#include "base/json.h"

/* ---- answers --------------------------------------------------------------------------------- */

/* Documented answers of reading and verifying; each has its own message, event and counter. */
enum bundle_answer {
	BUNDLE_OK = 0,
	BUNDLE_E_FORMAT, /* not a bundle: header, lengths, trailing bytes */
	BUNDLE_E_SIZE, /* a hard limit */
	BUNDLE_E_TYPE, /* another type than the one asked for */
	BUNDLE_E_UNSIGNED, /* no signature at all */
	BUNDLE_E_KEY, /* signatures are sound, but by no key of the role */
	BUNDLE_E_SIGNATURE, /* no signature verifies */
	BUNDLE_E_THRESHOLD, /* fewer distinct keys of the role than it demands */
	BUNDLE_E_PAYLOAD, /* signed, but does not inflate or is not the document it should be */
	BUNDLE_E_AUDIENCE, /* for other hosts */
	BUNDLE_E_ROLLBACK, /* older than what was accepted */
	BUNDLE_E_EQUIVOCATION, /* same version, other bytes */
	BUNDLE_E_JUMP, /* so far ahead that no later version would be left (fast-forward) */
	BUNDLE_E_GAP, /* a root document that does not follow the one in force */
	BUNDLE_E_EXPIRED,
	BUNDLE_E_TRUST, /* no root document, or a damaged trust state */
	BUNDLE_ANSWERS,
};

/* "unknown-key", "threshold", …: stable words for output; and one sentence with what to try next. */
const char *bundle_answer_name(enum bundle_answer a);
const char *bundle_answer_hint(enum bundle_answer a);

/* ---- container ------------------------------------------------------------------------------- */

enum bundle_type { BUNDLE_ROOT, BUNDLE_POLICY, BUNDLE_REVOKE, BUNDLE_TYPES };
/* The word of the header: "policy". */
const char *bundle_type_name(enum bundle_type t);
/* The SSHSIG namespace of a type: "policy@postern". */
const char *bundle_namespace(enum bundle_type t);

/* A container taken apart; points into the caller's bytes, owns nothing. */
struct container {
	enum bundle_type type;
	const uint8_t *payload;
	size_t payload_len;
	const char *signatures[16]; /* armored blocks */
	size_t signature_len[16];
	size_t n_signatures;
};

/* Takes the bytes apart without reading the payload. A bundle_answer. */
enum bundle_answer container_open(const uint8_t *bytes, size_t len, struct container *ret);

/*
 * Puts a container together: header, payload, the armored signatures. 0, -EBADMSG when one is not
 * armored, -E2BIG or -ENOMEM.
 */
int container_build(enum bundle_type type, const uint8_t *payload, size_t len,
		    const char *const *armored, size_t n, struct buf *out);

/* Adds one armored signature to a container's bytes. 0, -EBADMSG, -E2BIG or -ENOMEM. */
int container_add_signature(const uint8_t *bytes, size_t len, const char *armored, struct buf *out);

/* SHA-256 of bytes, as 64 hex digits and a NUL. */
int digest_hex(const void *bytes, size_t len, char ret[65]);

/* The same over bytes that come in portions. */
struct digest_stream;
/* 0 or -ENOMEM. */
int digest_begin(struct digest_stream **ret);
/* 0 or -EIO, and then the stream is good for nothing but digest_drop(). */
int digest_add(struct digest_stream *s, const void *bytes, size_t len);
/* The digest of all that was added; 0 or -EIO. */
int digest_end(struct digest_stream *s, char ret[65]);
void digest_drop(struct digest_stream **s);

/* ---- keys and the root document -------------------------------------------------------------- */

#define KEY_BLOB_MAX 512

struct public_key {
	char name[64]; /* as the root document calls it */
	uint8_t blob[KEY_BLOB_MAX]; /* SSH wire format; compared whole, never by fingerprint */
	size_t blob_len;
};

#define ROOT_KEYS_MAX 64

struct role {
	unsigned threshold; /* 1… */
	uint8_t key[ROOT_KEYS_MAX]; /* indexes into root.keys */
	size_t n;
	bool touch, verify; /* demands on FIDO keys; kept, refused for ssh-ed25519 keys */
};

struct root {
	uint64_t version;
	int64_t not_after_ms; /* 0: none */
	struct public_key keys[ROOT_KEYS_MAX];
	size_t n_keys;
	struct role roles[BUNDLE_TYPES];
};

/* "ssh-ed25519 AAAA… comment" into a key. 0 or -EINVAL with *ret_why (static text). */
int public_key_parse(const char *text, struct public_key *ret, const char **ret_why);
#define KEY_DIGEST 32 /* bytes */
/* SHA-256 of a key's blob: what its fingerprint is a text of. 0 or -EIO. */
int public_key_digest(const struct public_key *k, uint8_t ret[KEY_DIGEST]);
/* "SHA256:…" as ssh-keygen -l prints it; of a key, and of its digest. And back: 0 or -EINVAL. */
int public_key_fingerprint(const struct public_key *k, char ret[64]);
int fingerprint_of_digest(const uint8_t digest[KEY_DIGEST], char ret[64]);
int fingerprint_parse(const char *text, uint8_t ret[KEY_DIGEST]);

/* A root document from its payload bytes. 0, -EBADMSG with diags, -ENOMEM. */
int root_parse(const char *json, size_t len, struct diags *d, struct root *ret);

/*
 * A root document from its container, which must be signed as its own root role demands.
 * `ret_digest` is the SHA-256 of the payload. A bundle_answer with diags, or -ENOMEM.
 */
int root_open(const uint8_t *bytes, size_t len, struct diags *d, struct root *ret,
	      char ret_digest[65]);

/* ---- verifying ------------------------------------------------------------------------------- */

/* What was found of one signature, for `postern verify`. */
struct signature_report {
	bool sound; /* the signature itself verifies */
	bool token; /* made in a FIDO token: the next two are meant */
	bool touched, verified; /* by somebody; with a PIN or fingerprint */
	uint32_t counter; /* of the token's signatures */
	bool in_role;
	bool counted; /* towards the threshold: sound, in the role, and first of its key */
	char fingerprint[64];
	char key_name[64]; /* from the root, or "" */
	const char *key_type; /* "ssh-ed25519"; static, or NULL when the signature cannot be read */
	const char *why; /* static text: why it does not count, or NULL */
};

struct verify_report {
	struct signature_report signatures[16];
	size_t n;
	unsigned counted, threshold;
};

/*
 * Verifies a container's signatures over its raw payload bytes under the root's role for its type.
 * `report` may be NULL. Reads nothing of the payload. A bundle_answer.
 */
enum bundle_answer container_verify(const struct container *c, const struct root *root,
				    struct verify_report *report);

/*
 * Strict SSHSIG verification of one armored block over a message (PROTOCOL.sshsig). For tests and
 * verify.
 */
enum bundle_answer sshsig_verify(const char *armored, size_t len, const char *name_space,
				 const void *message, size_t message_len,
				 struct public_key *ret_key);

/* What one signature says, once its bytes are verified; whether that is enough is not asked. */
struct signature {
	struct public_key key; /* its name is "" */
	bool token; /* made in a FIDO token: the rest is meant */
	bool touched, verified; /* by somebody; with a PIN or fingerprint */
	uint32_t counter; /* of signatures, 0 where the token does not count */
};

enum signature_answer {
	SIGNATURE_OK,
	SIGNATURE_E_FORMAT, /* armor, fields, or a key of another type than those accepted */
	SIGNATURE_E_NAMESPACE, /* made for another purpose */
	SIGNATURE_E_BYTES, /* of something else, or forged */
};

/*
 * The same without asking for a touch, and telling what was wrong: for login, where each refusal
 * has its own word. `len` bytes from `armored`.
 */
enum signature_answer sshsig_examine(const char *armored, size_t len, const char *name_space,
				     const void *message, size_t message_len,
				     struct signature *ret);

/* ---- policy payload -------------------------------------------------------------------------- */

struct bundle {
	char *name;
	uint64_t version;
	int64_t issued_ms, not_after_ms; /* not_after 0: never */
	char **audience; /* host globs; empty: every host */
	size_t n_audience;
	bool observe; /* mode */
	struct postern_phases phases;
	struct source *policies; /* Cedar text by file name, sorted by name; owned */
	size_t n_policies;
	struct source *files; /* prefix lists by name; owned */
	size_t n_files;
	uint64_t *file_numbers; /* owned: by file, see bundle_parse_next(); NULL: none are known */
	uint64_t last_number;
	struct kept_parts
		*parts; /* owned: how its files were packed, for the next payload; or NULL */
	struct source entities, tests; /* JSON text; owned; .text NULL when absent */
	char digest[65]; /* SHA-256 of the container's payload, hex; "" when read from a directory */
};

/*
 * Inflates (bounded) and parses a policy payload. A bundle_answer with diags for the reason, or
 * -ENOMEM.
 */
int bundle_parse(const uint8_t *payload, size_t len, struct diags *d, struct bundle **ret);
void bundle_free(struct bundle **b);
#define _cleanup_bundle_ _cleanup_(bundle_free)

/*
 * The same of one payload after another, without its digest. *before is the bundle before (NULL at first), which is released whatever comes of
 * it: files that were packed as they were then are not unpacked again. Files are numbered, above 0: one that is byte for
 * byte a file of the bundle before has that one's number, any other has one that none before has had.
 */
int bundle_parse_next(const uint8_t *payload, size_t len, struct bundle **before, struct diags *d,
		      struct bundle **ret);

/*
 * Reads a bundle directory (bundle.json, policies/ *.cedar, entities.json, *.txt, tests.json) as if
 * it were a payload.
 */
int bundle_read_dir(const char *path, struct diags *d, struct bundle **ret);

/* The payload of a bundle, reproducibly: same bundle, same bytes. 0, -E2BIG with diags, -ENOMEM. */
int bundle_pack(const struct bundle *b, struct diags *d, struct buf *out);

/* "enforce", "observe" or "off". Static. */
const char *bundle_phase_name(enum postern_phase phase);

/* Whether a host name is in the audience. */
bool bundle_for_host(const struct bundle *b, const char *host);

/* ---- revoke payload -------------------------------------------------------------------------- */

/* A login session of one boot of one host: boot ids are random, so the host need not be named. */
struct revoked_session {
	char boot[37];
	uint32_t session; /* audit session id */
};

/*
 * Who may not prove anything any more. Each document says everything that is revoked: the newest
 * one replaces all before it.
 *   {"format":1,"version":7,"issued":"…","reason":"…","identities":["alice"],
 *    "keys":["SHA256:…","ssh-ed25519 AAAA…"],"sessions":[{"boot":"…","session":7}]}
 */
struct revocation {
	uint64_t version;
	int64_t issued_ms;
	char *reason; /* "" when none is given */
	char **identities;
	size_t n_identities;
	uint8_t (*keys)[KEY_DIGEST];
	size_t n_keys;
	struct revoked_session *sessions;
	size_t n_sessions;
	char digest[65]; /* SHA-256 of the payload, hex */
};

/* From payload bytes. BUNDLE_OK, BUNDLE_E_PAYLOAD with diags, or -ENOMEM. */
int revocation_parse(const uint8_t *payload, size_t len, struct diags *d, struct revocation **ret);
void revocation_free(struct revocation **r);
#define _cleanup_revocation_ _cleanup_(revocation_free)

/* ---- what the host remembers ----------------------------------------------------------------- */

struct trust {
	struct root root;
	char root_digest[65];
	uint64_t policy_version; /* highest accepted; 0: none */
	char policy_digest[65];
	uint64_t revoke_version; /* the same of revoke documents */
	char revoke_digest[65];
	int64_t time_floor_ms; /* the latest time this host has known */
};

/* A file as it came, borrowed: a container, if it is whole. */
struct signed_file {
	const uint8_t *bytes;
	size_t len;
};

/* Loads DIR/trust.json and the root document that it names. BUNDLE_OK, BUNDLE_E_TRUST with diags, or -ENOMEM. */
int trust_load(const char *dir, struct diags *d, struct trust *ret);

/*
 * Which files trust_load() would read, for who asks again and again: as long as the mark is the same they are the ones
 * that they were, and nobody has written to them. 0, or -EAGAIN while they are so young that a change may not show.
 */
struct trust_mark {
	uint64_t words[15];
};
int trust_mark(const char *dir, struct trust_mark *ret);

/*
 * Takes the state directory, which posternd holds while it runs: only who holds it may call
 * trust_store() and trust_store_root(). An fd that holds it until it is closed, -EWOULDBLOCK when
 * another process does, or -errno.
 */
int trust_lock(const char *dir);

/*
 * Whether what is accepted could be written down. 0; -EROFS, -EACCES or -ENOSPC (less than 32 KiB, or no
 * inode); -ENOENT when there is no such directory; or -errno.
 */
int trust_room(const char *dir);
/* Whether nothing is there that says whom this host trusts: then it is no damage. */
bool trust_is_new(const char *dir);

/*
 * Writes down in DIR/trust.json, atomically and durably, what `t` says of the accepted bundle, the
 * accepted revoke document and the time. What is there already is never lowered, and the root document
 * is not touched: `t` may be older than another document or root that was accepted meanwhile. 0,
 * -EEXIST when the same version is there with other content, -EBADMSG when what is there is damaged, or
 * -errno.
 */
int trust_store(const char *dir, const struct trust *t);

/*
 * Puts `t`'s root document in force, whose file is `f`: after a crash at any point DIR has the old or
 * the new one, whole. 0 (also when it is in force already), -EEXIST when a later or another one is, or
 * -errno; then the old one is in force, or, where only the last sync failed, the new one.
 */
int trust_store_root(const char *dir, const struct trust *t, const struct signed_file *f);

/*
 * Installs the first root document: verified by its own root role, and not expired. Never replaces
 * one; but where a crash or a hand left only trust.json, the very root that it names is put back,
 * with what it remembers. A bundle_answer with diags, or -errno with diags when the directory
 * cannot be written.
 */
int trust_init(const char *dir, const uint8_t *bytes, size_t len, struct diags *d);

/*
 * Everything a host demands of the root documents that follow its own, in order (TUF, 5.3): each signed
 * as the root role of the one before it demands, and as its own does; each exactly one version later.
 * Only the last must be in its time, and the host's own need not be. A document that is the one in force
 * is passed over. On BUNDLE_OK *ret_next is what to give to trust_store_root() with the last file, and
 * *ret_already says that nothing changes. A bundle_answer with diags, or -ENOMEM.
 */
int trust_accept_roots(const struct trust *t, const struct signed_file *files, size_t n,
		       int64_t now_ms, struct diags *d, struct trust *ret_next, bool *ret_already);

/*
 * Everything a host demands of a policy container, in this order: type, signatures and threshold;
 * only then the payload is inflated and parsed; audience, version (rollback, equivocation, jump),
 * expiry of the root and of the bundle against max(now, time floor). Each refusal is a
 * bundle_answer with diags. On BUNDLE_OK *ret is the parsed bundle, and *ret_next the trust state
 * to store once the bundle is in force; `t` is unchanged. *ret_already is set when these very bytes
 * are the accepted ones: then expiry is not asked. -ENOMEM.
 */
int trust_accept(const struct trust *t, const uint8_t *bytes, size_t len, const char *host,
		 int64_t now_ms, struct diags *d, struct bundle **ret, struct trust *ret_next,
		 bool *ret_already);

/*
 * The first half of trust_accept(), of raw bytes: type, signatures and threshold. The container
 * points into `bytes`. A bundle_answer with diags.
 */
int trust_verify(const struct trust *t, const uint8_t *bytes, size_t len, struct diags *d,
		 struct container *ret);

/* Who asks, and when. */
struct trust_host {
	const char *name;
	int64_t now_ms;
};

/*
 * The second half, of what the payload of verified bytes says: audience, version, expiry. `b` needs
 * no texts, but the digest of the payload. A bundle_answer with diags.
 */
int trust_judge(const struct trust *t, const struct bundle *b, struct trust_host host,
		struct diags *d, struct trust *ret_next, bool *ret_already);

/*
 * The second half for one that this host has accepted before, whichever version was accepted since:
 * audience. That these very bytes were accepted is for the caller to know (bundle.digest); so is expiry. A
 * bundle_answer with diags.
 */
int trust_readmit(const struct trust *t, const struct bundle *b, const char *host, struct diags *d);

/*
 * The same for a revoke document: type, signatures and threshold; then its content and its version.
 * Expiry is not asked, neither of the root nor of a bundle: to take away must always work.
 */
int trust_accept_revocation(const struct trust *t, const uint8_t *bytes, size_t len, int64_t now_ms,
			    struct diags *d, struct revocation **ret, struct trust *ret_next,
			    bool *ret_already);

/*
 * Whether a file that posternd stored itself is the accepted bundle or the accepted revoke document: its
 * payload has the accepted digest. Then nothing else is asked, so that what is in force stays so after a
 * restart when it has expired, the host has another name, or a root document has come that no longer
 * lists who signed it (TUF, too, judges only what is new by new keys). 0, -ENOENT when it is something
 * else, or -EIO.
 */
int trust_stored(const struct trust *t, enum bundle_type type, const struct signed_file *f,
		 struct container *ret);

/* The same with its content: BUNDLE_OK, -ENOENT, a bundle_answer with diags, or -errno. */
int trust_take_up(const struct trust *t, const struct signed_file *f, struct diags *d,
		  struct bundle **ret);
int trust_take_up_revocation(const struct trust *t, const struct signed_file *f, struct diags *d,
			     struct revocation **ret);

/* ---- signing: linked into the command line only ---------------------------------------------- */

/*
 * Signs a message with an unencrypted OpenSSH private key file (ssh-ed25519) as `ssh-keygen -Y
 * sign` would: armored block into `out`. 0, -EINVAL with diags (encrypted, another type: use
 * ssh-keygen -Y sign), -errno.
 */
int bundle_sign_with_file(const char *key_path, const char *name_space, const void *message,
			  size_t len, struct diags *d, struct buf *out);
