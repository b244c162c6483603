/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * postern login: answers the controller's challenge with a key of the person's own. ssh-keygen signs, so
 * files, agents (forwarded ones too) and FIDO tokens work as they do for SSH.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/agentkey.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "cli/sessionline.h"
#include "cli/signer.h"

enum { PATH_SIZE = 4096 };

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

/* The first key of the usual names: tokens before files, and a .pub alone stands for an agent's key. */
static const char *default_key(char ret[PATH_SIZE])
{
	static const char *const names[] = {
		"id_ed25519_sk",     "id_ecdsa_sk",	"id_ed25519",
		"id_ed25519_sk.pub", "id_ecdsa_sk.pub", "id_ed25519.pub",
	};
	const char *home = getenv("HOME");

	for (size_t i = 0; home && i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(ret, PATH_SIZE, "%s/.ssh/%s", home, names[i]);
		if (access(ret, R_OK) == 0)
			return ret;
	}
	return NULL;
}

/* A token has no display: what is signed is shown here, before the touch. */
static void show(const json_t *begun, const char *with)
{
	(void)fprintf(stderr,
		      "signing in session %lld as user %s, with %s%s\n"
		      "if a token blinks, touch it\n",
		      (long long)json_integer_value(json_object_get(begun, "session")),
		      text_of(begun, "user"), with,
		      json_is_true(json_object_get(begun, "verify")) ? ", with a PIN or fingerprint"
								     : "");
}

static int complain_signer(int r, const char *with)
{
	if (r == -ENOENT)
		complain("apt install openssh-client, or name a program with --signer",
			 "login: cannot run %s", with);
	else
		complain("postern login --key FILE, with a key of an Identity in the bundle",
			 "login: %s did not sign: %s", with, strerror(-r));
	return EXIT_USAGE;
}

/* The armored signature over a challenge. An exit_status. */
static int sign(const struct invocation *inv, const json_t *begun, struct buf *ret)
{
	const char *key = flag_value(inv, "key"), *signer = flag_value(inv, "signer");
	const char *challenge = text_of(begun, "challenge");
	_cleanup_close_ int from_agent = -1;
	const char *name = key;
	char usual[PATH_SIZE];
	const char *argv[] = { "ssh-keygen", "-q", "-Y", "sign", "-n", text_of(begun, "namespace"),
			       "-f",	     NULL, NULL };
	const char *own[] = { signer, text_of(begun, "namespace"), NULL };
	int r;

	if (!signer && !key)
		name = key = default_key(usual);
	if (!signer && !key) {
		from_agent = agentkey_open(usual, sizeof(usual));
		key = from_agent < 0 ? NULL : usual;
		name = "a key of the agent";
	}
	if (!signer && !key) {
		complain("postern login --key FILE",
			 "login: there is none of the usual keys in ~/.ssh, and none in an agent");
		return EXIT_USAGE;
	}
	argv[7] = key;
	show(begun, signer ? signer : name);
	r = signer_run(signer ? own : argv, challenge, strlen(challenge), ret);
	return r < 0 ? complain_signer(r, signer ? signer : argv[0]) : EXIT_YES;
}

static int call(struct wire_client *line, const char *method, json_t *parameters, json_t **ret)
{
	_cleanup_free_ char *error = NULL;
	_cleanup_json_ json_t *reply = NULL;
	int r = wire_call(line, method, parameters, &reply, &error);

	if (r < 0)
		return connection_failed(r, error, reply);
	*ret = TAKE_PTR(reply);
	return EXIT_YES;
}

static void tell(json_t *session)
{
	if (output_form() == OUTPUT_JSON) {
		output_json(json_incref(session));
		return;
	}
	(void)printf("%s%s%s is proven in session %lld%s, for %s at most\n", tone_on(TONE_GOOD),
		     text_of(session, "identity"), tone_off(),
		     (long long)json_integer_value(json_object_get(session, "session")),
		     json_is_true(json_object_get(session, "verified")) ? ", verified" : "",
		     session_time(json_integer_value(json_object_get(session, "leftMs"))));
}

static int run(const struct invocation *inv)
{
	_cleanup_json_ json_t *begun = NULL, *session = NULL;
	_cleanup_wire_client_ struct wire_client *line = NULL;
	_cleanup_buf_ struct buf armored = BUF_INIT;
	int r;

	if (connection_open(&line) < 0)
		return EXIT_CONTROLLER;
	r = call(line, WIRE_INTERFACE ".BeginLogin",
		 json_pack("{s:b}", "verify", (int)flag_on(inv, "verify")), &begun);
	if (r == EXIT_YES)
		r = sign(inv, begun, &armored);
	if (r == EXIT_YES)
		r = call(line, WIRE_INTERFACE ".FinishLogin",
			 json_pack("{s:s%}", "signature", armored.data ? armored.data : "",
				   armored.len),
			 &session);
	if (r == EXIT_YES)
		tell(session);
	return r;
}

static const struct flag flags[] = {
	{ "key", 'k', "FILE", "key to sign with; a .pub file stands for the agent's" },
	{ "verify", 'v', NULL, "demand a PIN or fingerprint, not only a touch" },
	{ "signer", 's', "PROGRAM", "run this instead of ssh-keygen -Y sign" },
	{ 0 },
};

const struct command command_login = {
	.name = "login",
	.arguments = "",
	.summary = "prove who you are in this login session, with a key of yours",
	.examples = "  postern login\n  postern login --key ~/.ssh/id_ed25519_sk --verify\n",
	.flags = flags,
	.run = run,
};
