/* SPDX-License-Identifier: BSD-2-Clause */
/* What a session's proof is worth: whose key it is, and what takes it away again. */
#include "session/logins.h"

#include <errno.h>
#include <string.h>

bool is_revoked_key(const struct revocation *r, const uint8_t key[POSTERN_SESSION_KEY])
{
	for (size_t i = 0; r && i < r->n_keys; i++)
		if (memcmp(r->keys[i], key, POSTERN_SESSION_KEY) == 0)
			return true;
	return false;
}

bool is_revoked_identity(const struct revocation *r, struct text id)
{
	for (size_t i = 0; r && i < r->n_identities; i++)
		if (text_is(id, r->identities[i]))
			return true;
	return false;
}

bool is_revoked_session(const struct revocation *r, const char *boot, uint32_t session)
{
	for (size_t i = 0; r && i < r->n_sessions; i++)
		if (r->sessions[i].session == session && strcmp(r->sessions[i].boot, boot) == 0)
			return true;
	return false;
}

/* Whether one of an identity's keys has that digest. */
static bool has_key(const struct entity *e, const uint8_t key[POSTERN_SESSION_KEY])
{
	for (size_t i = 0; i < e->n_keys; i++) {
		uint8_t digest[POSTERN_SESSION_KEY];
		struct public_key k;
		const char *why;

		if (public_key_parse(e->keys[i].s, &k, &why) == 0 &&
		    public_key_digest(&k, digest) == 0 && memcmp(digest, key, sizeof(digest)) == 0)
			return true;
	}
	return false;
}

static bool has_account(const struct login_world *w, const struct entity *e, uint32_t uid)
{
	uint32_t number;

	return w->uid_of(e->user.s, &number, w->arg) && number == uid;
}

enum session_answer identity_of_key(const struct login_world *w, const struct public_key *key,
				    uint32_t uid, const struct entity **ret)
{
	enum session_answer a = SESSION_E_KEY;
	uint8_t digest[POSTERN_SESSION_KEY];

	if (!w->entities || public_key_digest(key, digest) < 0)
		return SESSION_E_KEY;
	for (size_t i = 0; i < w->entities->n; i++) {
		const struct entity *e = w->entities->items[i];

		if (e->kind != ENTITY_IDENTITY || !has_key(e, digest))
			continue;
		if (is_revoked_key(w->revoked, digest) || is_revoked_identity(w->revoked, e->id))
			return SESSION_E_REVOKED;
		a = SESSION_E_IDENTITY;
		if (!has_account(w, e, uid))
			continue;
		*ret = e;
		return SESSION_OK;
	}
	return a;
}

int session_prove(const struct postern_session *before, const struct login_proof *p, uint32_t uid,
		  uint64_t boot_ns, struct postern_session *ret)
{
	struct postern_session s = { 0 };

	if (p->identity->id.len >= sizeof(s.identity))
		return -E2BIG;
	if (before)
		s.flags = before->flags & POSTERN_SESSION_INTERACTIVE;
	if (p->token)
		s.flags |= POSTERN_SESSION_TOUCHED;
	if (p->verified)
		s.flags |= POSTERN_SESSION_VERIFIED;
	s.proof_boottime = boot_ns;
	s.end_boottime = boot_ns + SESSION_PROOF_NS;
	s.uid = uid;
	s.identity_len = (uint32_t)p->identity->id.len;
	memcpy(s.identity, p->identity->id.s, p->identity->id.len);
	memcpy(s.key, p->key, sizeof(s.key));
	*ret = s;
	return 0;
}

bool session_unprove(struct postern_session *s)
{
	*s = (struct postern_session){
		.uid = s->uid,
		.flags = s->flags & POSTERN_SESSION_INTERACTIVE,
	};
	return s->flags != 0;
}

bool session_is_proven(const struct postern_session *s, uint64_t boot_ns)
{
	return s->identity_len > 0 && s->proof_boottime > 0 && boot_ns < s->end_boottime;
}

static enum session_answer ask_bundle(const struct postern_session *s, const struct login_world *w,
				      struct text id)
{
	const struct entity *e = entity_find(w->entities, ENTITY_IDENTITY, id);

	if (!e || !has_key(e, s->key))
		return SESSION_E_KEY;
	if (!has_account(w, e, s->uid))
		return SESSION_E_IDENTITY;
	if (e->require_verified && !(s->flags & POSTERN_SESSION_VERIFIED))
		return SESSION_E_VERIFY;
	return SESSION_OK;
}

enum session_answer session_stands(uint32_t id, const struct postern_session *s,
				   const struct login_world *w, uint64_t boot_ns)
{
	char name[POSTERN_IDENTITY_MAX] = "";
	struct text identity = { name, s->identity_len };

	if (s->identity_len == 0)
		return SESSION_OK;
	if (s->identity_len >= sizeof(name) || !session_is_proven(s, boot_ns))
		return SESSION_E_EXPIRED;
	memcpy(name, s->identity, s->identity_len);
	if (is_revoked_session(w->revoked, w->boot, id) || is_revoked_key(w->revoked, s->key) ||
	    is_revoked_identity(w->revoked, identity))
		return SESSION_E_REVOKED;
	return w->entities ? ask_bundle(s, w, identity) : SESSION_OK;
}
