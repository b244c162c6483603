/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BeginLogin and FinishLogin: a challenge for the session of whoever connected, and its answer over the
 * same connection. Which session that is, the kernel says.
 */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "daemon/asker.h"
#include "daemon/controller.h"
#include "daemon/log.h"
#include "daemon/methods.h"
#include "identity/identity.h"

static void refuse(struct control_call *call, const struct login_asker *who, int answer)
{
	enum session_answer a = (enum session_answer)answer;

	log_warning("login of session %u (uid %u) refused: %s", who->session, who->loginuid,
		    session_answer_name(a));
	if (a == SESSION_E_COUNTER)
		log_error(
			"a token's counter did not rise: the key may have been copied; try: postern "
			"revoke build");
	asker_refuse(call, a);
}

static void hex(const uint8_t *bytes, size_t n, char *ret)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		*ret++ = digit[bytes[i] >> 4];
		*ret++ = digit[bytes[i] & 15];
	}
	*ret = '\0';
}

/* 0 or -errno. The session and its account are filled in by logins_begin(). */
static int new_challenge(const struct controller *c, const struct login_asker *who, bool verify,
			 struct challenge *ret)
{
	int64_t now_s = clock_real_ms() / 1000;
	uint8_t nonce[SESSION_NONCE];

	if (getrandom(nonce, sizeof(nonce), 0) != (ssize_t)sizeof(nonce))
		return -EIO;
	*ret = (struct challenge){
		.verify = verify,
		.issued_ms = now_s * 1000,
		.expires_ms = now_s * 1000 + (int64_t)(SESSION_CHALLENGE_NS / 1000000),
	};
	memcpy(ret->host, c->people.host, sizeof(ret->host));
	memcpy(ret->boot, c->boot, sizeof(ret->boot));
	identity_account_name(IDENTITY_USERS, who->loginuid, ret->user, sizeof(ret->user));
	hex(nonce, sizeof(nonce), ret->nonce);
	return 0;
}

void method_begin_login(struct control_call *call, const json_t *parameters, void *arg)
{
	const json_t *verify = json_object_get(parameters, "verify");
	char text[SESSION_TEXT_MAX];
	struct challenge challenge;
	struct controller *c = arg;
	struct login_asker who;
	int r = asker_of(call, &who);

	if (verify && !json_is_boolean(verify)) {
		control_fail_parameter(call, "verify");
		return;
	}
	if (r == 0 && people_are_locked(&c->people))
		r = -EKEYREJECTED;
	if (r == 0)
		r = new_challenge(c, &who, json_is_true(verify), &challenge);
	if (r == 0)
		r = logins_begin(c->people.logins, &who, &challenge);
	if (r > 0) {
		refuse(call, &who, r);
		return;
	}
	if (r == 0)
		r = challenge_text(&challenge, text);
	if (r < 0) {
		asker_fail(call, r);
		return;
	}
	control_reply(call,
		      json_pack("{s:s, s:s, s:s, s:I, s:b}", "challenge", text, "namespace",
				SESSION_NAMESPACE, "user", challenge.user, "session",
				(json_int_t)challenge.session, "verify", (int)challenge.verify));
}

static void accept(struct control_call *call, struct controller *c, const struct login_asker *who,
		   const struct login_proof *proof)
{
	struct postern_session s;
	int r = people_prove(c, who, proof, &s);

	if (r < 0) {
		asker_fail(call, r);
		return;
	}
	log_info("identity %.*s is proven in session %u%s", (int)s.identity_len, s.identity,
		 who->session, proof->verified ? ", verified" : "");
	control_reply(call, asker_session_json(who->session, &s));
}

void method_finish_login(struct control_call *call, const json_t *parameters, void *arg)
{
	const json_t *signature = json_object_get(parameters, "signature");
	const json_t *text = json_object_get(parameters, "challenge");
	struct login_reply reply = { 0 };
	struct login_proof proof;
	struct login_world world;
	struct controller *c = arg;
	struct login_asker who;
	int r = asker_of(call, &who);

	if (!json_is_string(signature) || (text && !json_is_null(text) && !json_is_string(text))) {
		control_fail_parameter(call, json_is_string(signature) ? "challenge" : "signature");
		return;
	}
	if (r == 0 && people_are_locked(&c->people))
		r = -EKEYREJECTED;
	if (r < 0) {
		asker_fail(call, r);
		return;
	}
	reply.armored = json_string_value(signature);
	reply.armored_len = json_string_length(signature);
	reply.text = json_string_value(text);
	reply.text_len = json_string_length(text);
	world = people_world(c);
	r = logins_finish(c->people.logins, &who, &reply, &world, &proof);
	if (r == SESSION_OK)
		accept(call, c, &who, &proof);
	else if (r > 0)
		refuse(call, &who, r);
	else
		asker_fail(call, r);
}
