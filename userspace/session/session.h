/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Door of session/: how a person proves to be there, in a login session, with a key of their own.
 * Challenges, what an answer to one must be, and what ends a proof. Values in, values out: clocks,
 * random bytes, accounts and the kernel's map of sessions are the caller's.
 *
 *   boot times: ns of CLOCK_BOOTTIME, which no one can set and which counts suspend
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <postern/session.h>

#include "bundle/bundle.h"
#include "policy/policy.h"

/* The SSHSIG namespace of answers to challenges. */
#define SESSION_NAMESPACE "mfa@postern"

#define SESSION_CHALLENGE_NS (120ull * 1000000000) /* an answer must come within */
#define SESSION_PROOF_NS (12ull * 3600 * 1000000000) /* a proof lasts at most */

enum {
	SESSION_ATTEMPTS = 5, /* of one session … */
	SESSION_ATTEMPTS_S = 60, /* … in so many seconds */
	SESSION_LOGINS_MAX = 4096, /* sessions that are logging in at once */
	SESSION_NONCE = 32, /* bytes */
	SESSION_TEXT_MAX = 1024, /* bytes of a challenge */
};

/* ---- answers --------------------------------------------------------------------------------- */

/* Why a login is refused: each with its own word, in the order in which they are asked. */
enum session_answer {
	SESSION_OK,
	SESSION_E_NO_SESSION, /* the asker is in no login session */
	SESSION_E_ACCOUNT, /* the asker acts as somebody else than the session is of */
	SESSION_E_RATE,
	SESSION_E_NO_CHALLENGE, /* none was asked for, or it is long past */
	SESSION_E_CONNECTION, /* the challenge was given to another connection */
	SESSION_E_FORMAT, /* no signature by a key of an accepted type, or no challenge that it is of */
	SESSION_E_NAMESPACE,
	SESSION_E_SIGNATURE, /* of something else, or forged */
	SESSION_E_HOST, /* sound, but of a challenge of another host, … */
	SESSION_E_BOOT,
	SESSION_E_SESSION,
	SESSION_E_LOGINUID,
	SESSION_E_USER,
	SESSION_E_PURPOSE,
	SESSION_E_NONCE,
	SESSION_E_TIMES,
	SESSION_E_EXPIRED,
	SESSION_E_USED,
	SESSION_E_KEY, /* of no identity in the bundle */
	SESSION_E_REVOKED, /* the key, the identity or the session */
	SESSION_E_IDENTITY, /* of an identity with another account */
	SESSION_E_TOUCH,
	SESSION_E_VERIFY,
	SESSION_E_COUNTER, /* not above the last one: the token may have been copied */
	SESSION_ANSWERS,
};

/* "no-session", "rate", …: stable words; the cause, and what to try next. Static. */
const char *session_answer_name(enum session_answer a);
const char *session_answer_cause(enum session_answer a);
const char *session_answer_hint(enum session_answer a);

/* ---- challenges ------------------------------------------------------------------------------ */

/* What a signature is asked for. */
struct challenge {
	char host[33]; /* 32 hex digits: which machine, without saying which */
	char boot[37]; /* boot id */
	uint32_t session; /* audit session id */
	uint32_t loginuid;
	char user[256]; /* name of that account; no blanks in it */
	bool verify; /* purpose: "login-verified", else "login" */
	char nonce[2 * SESSION_NONCE + 1]; /* hex */
	int64_t issued_ms, expires_ms; /* since 1970, for people; whole seconds */
};

/*
 * The exact bytes to sign: ten lines of ASCII, each a word and a value, in the order of the struct.
 * 0, or -EINVAL when a value cannot stand in a line.
 */
int challenge_text(const struct challenge *c, char ret[SESSION_TEXT_MAX]);

/* The challenge that those bytes are; only what challenge_text() writes is one. 0 or -EBADMSG. */
int challenge_parse(const char *text, size_t len, struct challenge *ret);

/* Whether they are the same: SESSION_OK, or the first member that differs. */
enum session_answer challenge_compare(const struct challenge *asked,
				      const struct challenge *answered);

/* ---- token counters -------------------------------------------------------------------------- */

/* How often each token said it had signed, by the SHA-256 of its key. */
struct counter {
	uint8_t key[POSTERN_SESSION_KEY];
	uint32_t value;
};

struct counters {
	struct counter *items; /* owned; by key */
	size_t n, cap;
};

#define COUNTERS_INIT ((struct counters){ 0 })

void counters_free(struct counters *c); /* valid at rest */
/* The last value of a key; 0 when it never signed. */
uint32_t counters_get(const struct counters *c, const uint8_t key[POSTERN_SESSION_KEY]);
/* Replaces it. 0 or -ENOMEM. */
int counters_set(struct counters *c, const uint8_t key[POSTERN_SESSION_KEY], uint32_t value);
/*
 * Whether a token that said `last` may say `now` (WebAuthn 2, section 6.1.1): more than before, or
 * both 0 from a token that does not count.
 */
bool counter_may_follow(uint32_t last, uint32_t now);
/* All of them as a document, owned by the caller; NULL for lack of memory. And back: 0, -EBADMSG with diags, -ENOMEM. */
char *counters_text(const struct counters *c);
int counters_parse(const char *text, size_t len, struct diags *d, struct counters *ret);

/* ---- logins under way ------------------------------------------------------------------------ */

/* Challenges that wait for an answer, one for each session, and how often each session tried. */
struct logins;

/* None yet. 0 or -ENOMEM. */
int logins_new(struct logins **ret);
void logins_free(struct logins **l);

/* Who logs in, as the kernel says it; and the moment. */
struct login_asker {
	uint32_t session, loginuid, uid; /* uid: the asker's own */
	uint64_t connection; /* number of the connection, never used again */
	uint64_t boot_ns;
};

/*
 * Keeps `c` as the challenge of the asker's session, in the place of an older one. Its session and
 * loginuid are set here. A session_answer; -ENOMEM.
 */
int logins_begin(struct logins *l, const struct login_asker *who, struct challenge *c);

/* What an answer is judged by. All borrowed. */
struct login_world {
	const struct entity_set *entities; /* of the bundle in force */
	const struct revocation *revoked; /* NULL: no revoke document */
	const char *boot;
	const struct counters *counters;
	/* Number of an account's name; whether there is one. */
	bool (*uid_of)(const char *name, uint32_t *ret, void *arg);
	void *arg;
};

/* What the asker sends. `text` may be NULL: then the signature must be of the very challenge. */
struct login_reply {
	const char *text; /* the challenge, as it was signed */
	size_t text_len;
	const char *armored; /* the signature */
	size_t armored_len;
};

/* An accepted answer. */
struct login_proof {
	const struct entity *identity; /* borrowed from the world */
	uint8_t key[POSTERN_SESSION_KEY]; /* SHA-256 of its blob */
	bool token, verified;
	uint32_t counter;
};

/*
 * Judges an answer. Whatever comes of it, the challenge is used up, unless it is another
 * connection's. On SESSION_OK *ret is filled; also on SESSION_E_COUNTER, for the alarm. A
 * session_answer or -ENOMEM.
 */
int logins_finish(struct logins *l, const struct login_asker *who, const struct login_reply *reply,
		  const struct login_world *w, struct login_proof *ret);

/* ---- proofs ---------------------------------------------------------------------------------- */

/*
 * The session with a new proof in it: what it was (NULL: unknown) stays interactive. -E2BIG when the
 * identity's id is longer than POSTERN_IDENTITY_MAX - 1 bytes, else 0.
 */
int session_prove(const struct postern_session *before, const struct login_proof *p, uint32_t uid,
		  uint64_t boot_ns, struct postern_session *ret);

/* The session without its proof. Whether anything is left to remember of it. */
bool session_unprove(struct postern_session *s);

/* Whether there is a proof that counts at that time. */
bool session_is_proven(const struct postern_session *s, uint64_t boot_ns);

/*
 * Whether a proof still stands by what is in force now. SESSION_OK, also without a proof;
 * SESSION_E_KEY, _REVOKED, _IDENTITY, _VERIFY or _EXPIRED. `w->entities` NULL: no bundle is in force, and only
 * time and the revoke document are asked.
 */
enum session_answer session_stands(uint32_t id, const struct postern_session *s,
				   const struct login_world *w, uint64_t boot_ns);
