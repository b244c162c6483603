/* SPDX-License-Identifier: BSD-2-Clause */
/* One session's login, from its first attempt until a minute without one. */
#pragma once

#include "session/session.h"

struct login {
	uint32_t session;
	uint64_t attempts[SESSION_ATTEMPTS]; /* boot ns, oldest first; 0: none */
	bool pending; /* there is a challenge */
	bool used; /* it was answered */
	uint64_t connection; /* that it was given to */
	uint64_t until; /* boot ns */
	struct challenge challenge;
};

/* Judges an answer to an unexpired or expired challenge by the rest of the rules. A session_answer or -ENOMEM. */
int login_judge(const struct login *l, const struct login_asker *who,
		const struct login_reply *reply, const struct login_world *w,
		struct login_proof *ret);

/* The identity that a key proves in an account, or why none: SESSION_OK, _KEY, _REVOKED or _IDENTITY. */
enum session_answer identity_of_key(const struct login_world *w, const struct public_key *key,
				    uint32_t uid, const struct entity **ret);

/* Whether a revoke document names it. */
bool is_revoked_key(const struct revocation *r, const uint8_t key[POSTERN_SESSION_KEY]);
bool is_revoked_identity(const struct revocation *r, struct text id);
bool is_revoked_session(const struct revocation *r, const char *boot, uint32_t session);
