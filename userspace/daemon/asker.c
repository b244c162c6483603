/* SPDX-License-Identifier: BSD-2-Clause */
/* From a connection to a login session, and back into words. */
#include "daemon/asker.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "identity/identity.h"

int asker_of(struct control_call *call, struct login_asker *ret)
{
	const struct control_peer *peer = control_call_peer(call);
	struct identity_login login;
	int r = identity_process_login(peer->pid, peer->pidfd, &login);

	/* A kernel without audit sessions has none that anybody could prove. */
	if (r == -ENOENT)
		login = (struct identity_login){ UINT32_MAX, UINT32_MAX };
	else if (r < 0)
		return r;
	*ret = (struct login_asker){
		.session = login.session,
		.loginuid = login.loginuid,
		.uid = peer->uid,
		.connection = peer->connection,
		.boot_ns = clock_boot_ns(),
	};
	return 0;
}

void asker_refuse(struct control_call *call, enum session_answer a)
{
	control_fail(call, WIRE_INTERFACE ".LoginRefused",
		     json_pack("{s:s, s:s, s:s}", "answer", session_answer_name(a), "cause",
			       session_answer_cause(a), "hint", session_answer_hint(a)));
}

void asker_fail(struct control_call *call, int r)
{
	const char *hint = "postern status says more";

	if (r == -EKEYREJECTED)
		hint = "the state directory is damaged: postern status says what";
	else if (r == -E2BIG)
		hint = "end sessions that nobody uses: postern sessions";
	else if (r == -EINVAL)
		hint = "the account's name has blanks in it";
	control_fail(call, WIRE_INTERFACE ".Failed",
		     json_pack("{s:s, s:s}", "cause", strerror(-r), "hint", hint));
}

json_t *asker_session_json(uint32_t id, const struct postern_session *s)
{
	static const struct postern_session unknown;
	uint64_t now = clock_boot_ns();
	char user[256] = "", fingerprint[64] = "";
	bool proven;

	s = s ? s : &unknown;
	proven = session_is_proven(s, now);
	if (s != &unknown)
		identity_account_name(IDENTITY_USERS, s->uid, user, sizeof(user));
	if (proven)
		(void)fingerprint_of_digest(s->key, fingerprint);
	return json_pack("{s:I, s:s, s:s%, s:b, s:b, s:b, s:b, s:I, s:I, s:s}", "session",
			 (json_int_t)id, "user", user, "identity", s->identity,
			 (size_t)(proven ? s->identity_len : 0), "proven", (int)proven, "touched",
			 (int)(proven && s->flags & POSTERN_SESSION_TOUCHED), "verified",
			 (int)(proven && s->flags & POSTERN_SESSION_VERIFIED), "interactive",
			 (int)!!(s->flags & POSTERN_SESSION_INTERACTIVE), "ageMs",
			 (json_int_t)(proven ? (now - s->proof_boottime) / 1000000 : 0), "leftMs",
			 (json_int_t)(proven ? (s->end_boottime - now) / 1000000 : 0), "key",
			 fingerprint);
}
