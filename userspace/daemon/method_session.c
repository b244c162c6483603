/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions after a login: who am I, who is there, and the ways in which a proof ends. */
#include <errno.h>
#include <string.h>

#include "daemon/asker.h"
#include "daemon/log.h"
#include "daemon/methods.h"

void method_who_am_i(struct control_call *call, const json_t *parameters, void *arg)
{
	struct controller *c = arg;
	struct postern_session s;
	struct login_asker who;
	int r = asker_of(call, &who);
	bool known;

	(void)parameters;
	if (r < 0) {
		asker_fail(call, r);
		return;
	}
	known = who.session != POSTERN_NO_SESSION &&
		loader_session_get(c->loader, who.session, &s) == 0;
	control_reply(call, json_pack("{s:o, s:b, s:I}", "session",
				      asker_session_json(who.session, known ? &s : NULL),
				      "inSession", (int)(who.session != POSTERN_NO_SESSION),
				      "loginuid", (json_int_t)who.loginuid));
}

struct listing {
	json_t *list;
	uint32_t uid; /* whose; UINT32_MAX: everybody's */
	bool failed;
};

static void list_one(uint32_t id, const struct postern_session *s, void *arg)
{
	struct listing *l = arg;

	if (l->uid != UINT32_MAX && s->uid != l->uid)
		return;
	if (json_array_append_new(l->list, asker_session_json(id, s)) < 0)
		l->failed = true;
}

/* Readers see all of them, others those of their own account. */
void method_get_sessions(struct control_call *call, const json_t *parameters, void *arg)
{
	const struct control_peer *peer = control_call_peer(call);
	struct controller *c = arg;
	struct listing l = { .list = json_array() };
	int r;

	(void)parameters;
	l.uid = peer->role >= CONTROL_READER ? UINT32_MAX : peer->uid;
	r = l.list ? loader_sessions(c->loader, list_one, &l) : -ENOMEM;
	if (r < 0 || l.failed) {
		json_decref(l.list);
		asker_fail(call, r < 0 ? r : -ENOMEM);
		return;
	}
	control_reply(call, json_pack("{s:o}", "sessions", l.list));
}

void method_logout(struct control_call *call, const json_t *parameters, void *arg)
{
	struct login_asker who;
	int r = asker_of(call, &who);

	(void)parameters;
	if (r < 0)
		asker_fail(call, r);
	else
		control_reply(call, json_pack("{s:b}", "ended",
					      (int)people_unprove(arg, who.session, "logged out")));
}

/* ---- locking ------------------------------------------------------------------------------------ */

struct locking {
	const char *identity; /* NULL: all */
	uint32_t *ids;
	size_t n, max;
};

static void lock_one(uint32_t id, const struct postern_session *s, void *arg)
{
	struct locking *l = arg;
	size_t len = l->identity ? strlen(l->identity) : 0;

	if (s->identity_len == 0 || l->n == l->max)
		return;
	if (l->identity && (len != s->identity_len || memcmp(s->identity, l->identity, len) != 0))
		return;
	l->ids[l->n++] = id;
}

/* Every proof of an identity, or of all. The number of those that ended, or -errno. */
static int lock_many(struct controller *c, const char *identity)
{
	_cleanup_free_ uint32_t *ids = calloc(POSTERN_SESSIONS_MAX, sizeof(*ids));
	struct locking l = { .identity = identity, .ids = ids, .max = POSTERN_SESSIONS_MAX };
	int ended = 0, r;

	if (!ids)
		return -ENOMEM;
	r = loader_sessions(c->loader, lock_one, &l);
	for (size_t i = 0; i < l.n; i++)
		ended += people_unprove(c, ids[i], "locked by an administrator");
	return r < 0 ? r : ended;
}

/* An administrator locks whom they like. */
static int lock_named(struct controller *c, const json_t *identity, const json_t *session)
{
	json_int_t id = json_integer_value(session);

	if (json_is_integer(session))
		return id >= 0 && id < UINT32_MAX
			       ? people_unprove(c, (uint32_t)id, "locked by an administrator")
			       : 0;
	return lock_many(c, json_string_value(identity));
}

/* The member that is there and of a wrong type, or NULL: it must not come to mean something else. */
static const char *wrong_member(const json_t *identity, const json_t *session, const json_t *all)
{
	if (identity && !json_is_null(identity) && !json_is_string(identity))
		return "identity";
	if (session && !json_is_null(session) && !json_is_integer(session))
		return "session";
	return all && !json_is_null(all) && !json_is_boolean(all) ? "all" : NULL;
}

void method_lock(struct control_call *call, const json_t *parameters, void *arg)
{
	const json_t *identity = json_object_get(parameters, "identity");
	const json_t *session = json_object_get(parameters, "session");
	const json_t *all = json_object_get(parameters, "all");
	const char *wrong = wrong_member(identity, session, all);
	struct login_asker who;
	int r = asker_of(call, &who);

	if (wrong) {
		control_fail_parameter(call, wrong);
		return;
	}
	if (json_is_true(all) || json_is_string(identity) || json_is_integer(session)) {
		if (control_call_peer(call)->role < CONTROL_ADMIN) {
			control_fail(call, WIRE_INTERFACE ".NotAllowed",
				     json_pack("{s:s}", "role", "admin"));
			return;
		}
		r = lock_named(arg, identity, session);
	} else if (r == 0) {
		r = people_unprove(arg, who.session, "locked by its owner");
	}
	if (r < 0)
		asker_fail(call, r);
	else
		control_reply(call, json_pack("{s:i}", "ended", r));
}

/* ---- the PAM helper ------------------------------------------------------------------------------ */

/* Opens or closes the login session that the asker, which is root's, is in. */
void method_register_session(struct control_call *call, const json_t *parameters, void *arg)
{
	bool closes = json_is_true(json_object_get(parameters, "closes"));
	struct controller *c = arg;
	struct login_asker who;
	int r = asker_of(call, &who);

	if (r == 0 && who.session == POSTERN_NO_SESSION) {
		asker_refuse(call, SESSION_E_NO_SESSION);
		return;
	}
	if (r == 0)
		r = closes ? people_forget(c, who.session)
			   : people_register(c, who.session, who.loginuid);
	if (r < 0 && r != -ENOENT) {
		asker_fail(call, r);
		return;
	}
	log_info("session %u of uid %u %s", who.session, who.loginuid,
		 closes ? "closed" : "opened");
	control_reply(call, json_pack("{s:I}", "session", (json_int_t)who.session));
}
