/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of refused logins. */
#include "session/session.h"

#include <assert.h>

struct words {
	const char *name, *cause, *hint;
};

#define AGAIN "run postern login again"

static const struct words answers[] = {
	[SESSION_OK] = { "ok", "accepted", "nothing to do" },
	[SESSION_E_NO_SESSION] = { "no-session", "this process belongs to no login session",
				   "log in through a service whose PAM stack has pam_loginuid" },
	[SESSION_E_ACCOUNT] = { "other-account",
				"this process acts as another account than its session is of",
				"run it in a session of that account, without su" },
	[SESSION_E_RATE] = { "rate", "this session tried five times within a minute",
			     "wait a minute, then run postern login again" },
	[SESSION_E_NO_CHALLENGE] = { "no-challenge", "this session has no challenge to answer",
				     AGAIN },
	[SESSION_E_CONNECTION] = { "other-connection",
				   "the session's challenge was given to another connection",
				   AGAIN ", one at a time" },
	[SESSION_E_FORMAT] = { "format",
			       "that is no SSH signature, or its key is of a type that is not accepted",
			       "sign with ssh-keygen -Y sign and a key of type ssh-ed25519, "
			       "sk-ssh-ed25519@openssh.com or sk-ecdsa-sha2-nistp256@openssh.com" },
	[SESSION_E_NAMESPACE] = { "namespace", "the signature was made for another purpose",
				  "sign with ssh-keygen -Y sign -n " SESSION_NAMESPACE },
	[SESSION_E_SIGNATURE] = { "signature", "the signature is not of this challenge",
				  "sign the file unchanged, as postern login wrote it" },
	[SESSION_E_HOST] = { "host", "the signed challenge is another host's", AGAIN },
	[SESSION_E_BOOT] = { "boot", "the signed challenge is from before this host booted",
			     AGAIN },
	[SESSION_E_SESSION] = { "session", "the signed challenge is another session's", AGAIN },
	[SESSION_E_LOGINUID] = { "loginuid", "the signed challenge is of another account", AGAIN },
	[SESSION_E_USER] = { "user", "the signed challenge names another account", AGAIN },
	[SESSION_E_PURPOSE] = { "purpose", "the signed challenge has another purpose", AGAIN },
	[SESSION_E_NONCE] = { "nonce", "the signed challenge is an older one", AGAIN },
	[SESSION_E_TIMES] = { "times", "the signed challenge has other times", AGAIN },
	[SESSION_E_EXPIRED] = { "expired", "the answer came later than two minutes", AGAIN },
	[SESSION_E_USED] = { "used", "the challenge was answered before", AGAIN },
	[SESSION_E_KEY] = { "unknown-key", "no identity of the bundle in force has this key",
			    "have the key added to the identity's \"keys\", and push that bundle" },
	[SESSION_E_REVOKED] = { "revoked", "the key, the identity or the session was revoked",
				"ask whoever signs revoke documents" },
	[SESSION_E_IDENTITY] = { "identity-account",
				 "the key is of an identity with another account than this session's",
				 "log in as the account that the identity has" },
	[SESSION_E_TOUCH] = { "touch", "nobody touched the token for this signature",
			      "use a key that was made without no-touch-required" },
	[SESSION_E_VERIFY] = { "verify",
			       "a PIN or fingerprint is demanded, and this signature has none",
			       "use a key that was made with ssh-keygen -O verify-required" },
	[SESSION_E_COUNTER] = { "counter",
				"the token's counter did not rise: there may be a copy of it",
				"tell whoever looks after keys; revoke the key if it was copied" },
};
static_assert(sizeof(answers) / sizeof(answers[0]) == SESSION_ANSWERS, "every answer has words");

static const struct words *words_of(enum session_answer a)
{
	static const struct words unknown = { "unknown", "unknown", "update postern" };

	return (unsigned)a < SESSION_ANSWERS ? &answers[a] : &unknown;
}

const char *session_answer_name(enum session_answer a)
{
	return words_of(a)->name;
}

const char *session_answer_cause(enum session_answer a)
{
	return words_of(a)->cause;
}

const char *session_answer_hint(enum session_answer a)
{
	return words_of(a)->hint;
}
