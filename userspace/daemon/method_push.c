/* SPDX-License-Identifier: BSD-2-Clause */
/* Push: the bytes out of the message, the answer or the refusal into it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "daemon/controller.h"
#include "daemon/log.h"
#include "daemon/methods.h"
#include "daemon/push.h"
#include "daemon/signed_call.h"

#define NS_PER_MS UINT64_C(1000000)

/* Milliseconds until that moment of the boot clock, or null. */
static json_t *left_json(uint64_t deadline)
{
	uint64_t now = clock_boot_ns();

	if (!deadline)
		return json_null();
	return json_integer(deadline > now ? (json_int_t)((deadline - now) / NS_PER_MS) : 0);
}

static void accept(struct control_call *call, const struct push_result *done, const struct diags *d)
{
	_cleanup_free_ char *warnings = signed_call_text(d);

	control_reply(call,
		      json_pack("{s:s, s:I, s:s, s:b, s:I, s:o, s:o, s:s}", "name", done->name,
				"version", (json_int_t)done->version, "digest", done->digest,
				"already", (int)done->already, "imageId",
				(json_int_t)done->image_id, "cuts",
				done->cuts ? done->cuts : json_array(), "confirmLeftMs",
				left_json(done->deadline), "warnings", warnings ? warnings : ""));
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

/* What was asked for. Whether the parameters are sound; if not, that was answered. */
static bool get_wish(struct control_call *call, const json_t *parameters, struct push_wish *ret)
{
	const json_t *dry = json_object_get(parameters, "dryRun");
	const json_t *force = json_object_get(parameters, "forceLockout");
	const json_t *within = json_object_get(parameters, "confirmWithinMs");
	json_int_t ms = json_integer_value(within);

	if (dry && !json_is_boolean(dry)) {
		control_fail_parameter(call, "dryRun");
		return false;
	}
	if (force && !json_is_boolean(force)) {
		control_fail_parameter(call, "forceLockout");
		return false;
	}
	if (within && !json_is_null(within) &&
	    (!json_is_integer(within) || ms < 1000 || ms > POSTERN_TRIAL_MAX * 1000LL)) {
		control_fail_parameter(call, "confirmWithinMs");
		return false;
	}
	*ret = (struct push_wish){ json_is_true(dry), (uint64_t)ms * NS_PER_MS, json_is_true(force),
				   control_call_peer(call)->pid };
	return true;
}

static void log_pushed(const struct controller *c, const struct push_result *done,
		       const struct control_peer *who)
{
	if (rollout_deadline(&c->rollout))
		log_warning(
			"bundle %s %llu in force on trial, pushed by uid %u; try: postern confirm",
			done->name, (unsigned long long)done->version, (unsigned)who->uid);
	else
		log_info("bundle %s %llu in force, pushed by uid %u", done->name,
			 (unsigned long long)done->version, (unsigned)who->uid);
}

static void push_bundle(struct control_call *call, struct controller *c,
			const struct container_bytes *in, const struct push_wish *wish)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct push_result done;
	struct refusal refused = push(c, in, wish, &d, &done);

	if (refused.answer) {
		signed_call_refuse(call, c, refused, &d);
		return;
	}
	if (!wish->dry && !done.already)
		log_pushed(c, &done, control_call_peer(call));
	accept(call, &done, &d);
}

void method_push(struct control_call *call, const json_t *parameters, void *arg)
{
	const json_t *text = json_object_get(parameters, "bundle");
	_cleanup_free_ uint8_t *bytes = NULL;
	struct controller *c = arg;
	struct container_bytes in;
	struct push_wish wish;
	size_t len;

	if (!get_wish(call, parameters, &wish))
		return;
	if (!json_is_string(text) || signed_call_bytes(text, &bytes, &len) < 0) {
		control_fail_parameter(call, "bundle");
		return;
	}
	in = (struct container_bytes){ .bytes = bytes, .len = len };
	if (is_revocation(&in))
		push_revocation(call, c, &in, wish.dry);
	else
		push_bundle(call, c, &in, &wish);
}
