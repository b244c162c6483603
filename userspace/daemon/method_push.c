/* SPDX-License-Identifier: BSD-2-Clause */
/* Push: the bytes out of the message, the answer or the refusal into it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/controller.h"
#include "daemon/log.h"
#include "daemon/methods.h"
#include "daemon/push.h"
#include "daemon/signed_call.h"

static void accept(struct control_call *call, const struct push_result *done, const struct diags *d)
{
	_cleanup_free_ char *warnings = signed_call_text(d);

	control_reply(call, json_pack("{s:s, s:I, s:s, s:b, s:I, s:o, s:s}", "name", done->name,
				      "version", (json_int_t)done->version, "digest", done->digest,
				      "already", (int)done->already, "imageId",
				      (json_int_t)done->image_id, "cuts",
				      done->cuts ? done->cuts : json_array(), "warnings",
				      warnings ? warnings : ""));
}

/* A revoke document takes the same way as a bundle, and takes away at once. */
static void push_revocation(struct control_call *call, struct controller *c,
			    const struct container_bytes *in, bool dry)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct push_result done = { .name = "revoke" };
	struct people_revoked revoked;
	int r = people_revoke(c, in, dry, &d, &revoked);

	if (r != BUNDLE_OK) {
		signed_call_refuse(call, c,
				   r > 0 ? refusal_of_answer((enum bundle_answer)r)
					 : refusal_of_failure("storage", r, &d),
				   &d);
		return;
	}
	if (!dry)
		log_info("revoke document %llu in force, pushed by uid %u: %zu proofs ended",
			 (unsigned long long)revoked.version,
			 (unsigned)control_call_peer(call)->uid, revoked.ended);
	done.version = revoked.version;
	memcpy(done.digest, revoked.digest, sizeof(done.digest));
	done.already = revoked.already;
	accept(call, &done, &d);
}

static bool is_revocation(const struct container_bytes *in)
{
	struct container container;

	return container_open(in->bytes, in->len, &container) == BUNDLE_OK &&
	       container.type == BUNDLE_REVOKE;
}

void method_push(struct control_call *call, const json_t *parameters, void *arg)
{
	const json_t *text = json_object_get(parameters, "bundle");
	const json_t *dry = json_object_get(parameters, "dryRun");
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_free_ uint8_t *bytes = NULL;
	struct controller *c = arg;
	struct container_bytes in;
	struct push_result done;
	struct refusal refused;
	size_t len;

	if (dry && !json_is_boolean(dry)) {
		control_fail_parameter(call, "dryRun");
		return;
	}
	if (!json_is_string(text) || signed_call_bytes(text, &bytes, &len) < 0) {
		control_fail_parameter(call, "bundle");
		return;
	}
	in = (struct container_bytes){ .bytes = bytes, .len = len };
	if (is_revocation(&in)) {
		push_revocation(call, c, &in, json_is_true(dry));
		return;
	}
	refused = push(c, &in, json_is_true(dry), &d, &done);
	if (refused.answer) {
		signed_call_refuse(call, c, refused, &d);
		return;
	}
	if (!json_is_true(dry) && !done.already)
		log_info("bundle %s %llu in force, pushed by uid %u", done.name,
			 (unsigned long long)done.version, (unsigned)control_call_peer(call)->uid);
	accept(call, &done, &d);
}
