/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An answer to a challenge, asked one question after the other: is it a signature, of what, of the
 * challenge that is waiting, by whom, and did that person have to be there.
 */
#include "session/logins.h"

#include <errno.h>
#include <string.h>

/* The signature itself, over `text`. */
static enum session_answer check_bytes(const struct login_reply *reply, const char *text,
				       size_t len, struct signature *ret)
{
	switch (sshsig_examine(reply->armored, reply->armored_len, SESSION_NAMESPACE, text, len,
			       ret)) {
	case SIGNATURE_OK:
		return SESSION_OK;
	case SIGNATURE_E_NAMESPACE:
		return SESSION_E_NAMESPACE;
	case SIGNATURE_E_BYTES:
		return SESSION_E_SIGNATURE;
	default:
		return SESSION_E_FORMAT;
	}
}

/* Of what it is: with the signed text at hand the answer can be more than "of something else". */
static enum session_answer check_signature(const struct login *l, const struct login_reply *reply,
					   struct signature *ret)
{
	char asked[SESSION_TEXT_MAX];
	struct challenge signed_one;
	enum session_answer a;

	if (!reply->text)
		return challenge_text(&l->challenge, asked) < 0
			       ? SESSION_E_FORMAT
			       : check_bytes(reply, asked, strlen(asked), ret);
	if (challenge_parse(reply->text, reply->text_len, &signed_one) < 0)
		return SESSION_E_FORMAT;
	a = check_bytes(reply, reply->text, reply->text_len, ret);
	return a == SESSION_OK ? challenge_compare(&l->challenge, &signed_one) : a;
}

static enum session_answer check_person(const struct login *l, const struct signature *s,
					const struct login_world *w, struct login_proof *p)
{
	if (s->token && !s->touched)
		return SESSION_E_TOUCH;
	if ((p->identity->require_verified || l->challenge.verify) && !s->verified)
		return SESSION_E_VERIFY;
	if (s->token && !counter_may_follow(counters_get(w->counters, p->key), s->counter))
		return SESSION_E_COUNTER;
	return SESSION_OK;
}

static enum session_answer check_time(const struct login *l, const struct login_asker *who)
{
	if (who->boot_ns >= l->until)
		return SESSION_E_EXPIRED;
	return l->used ? SESSION_E_USED : SESSION_OK;
}

int login_judge(const struct login *l, const struct login_asker *who,
		const struct login_reply *reply, const struct login_world *w,
		struct login_proof *ret)
{
	struct login_proof p = { 0 };
	struct signature s = { 0 };
	enum session_answer a = check_signature(l, reply, &s);

	if (a == SESSION_OK)
		a = check_time(l, who);
	if (a != SESSION_OK)
		return (int)a;
	if (public_key_digest(&s.key, p.key) < 0)
		return -ENOMEM;
	a = identity_of_key(w, &s.key, who->loginuid, &p.identity);
	if (a == SESSION_OK && is_revoked_session(w->revoked, w->boot, who->session))
		a = SESSION_E_REVOKED;
	p.token = s.token;
	p.verified = s.verified;
	p.counter = s.counter;
	if (a == SESSION_OK)
		a = check_person(l, &s, w, &p);
	if (a == SESSION_OK || a == SESSION_E_COUNTER)
		*ret = p;
	return (int)a;
}
