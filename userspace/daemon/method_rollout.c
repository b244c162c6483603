/* SPDX-License-Identifier: BSD-2-Clause */
/* Confirm, roll back, which bundles there are; and break glass. */
#include <string.h>

#include "base/clock.h"
#include "base/rfc3339.h"
#include "daemon/controller.h"
#include "daemon/glass.h"
#include "daemon/log.h"
#include "daemon/methods.h"
#include "daemon/signed_call.h"

#define NS_PER_MS UINT64_C(1000000)
#define LONGEST_MS (POSTERN_TRIAL_MAX * 1000LL)

static json_t *time_json(int64_t ms)
{
	char text[RFC3339_SIZE];

	return ms && rfc3339_format(ms, text) == 0 ? json_string(text) : json_null();
}

static void answer_entry(struct control_call *call, const struct store_entry *e,
			 const struct diags *d)
{
	_cleanup_free_ char *warnings = signed_call_text(d);

	control_reply(call, json_pack("{s:I, s:s, s:s}", "version", (json_int_t)e->version,
				      "digest", e->digest, "warnings", warnings ? warnings : ""));
}

void method_confirm(struct control_call *call, const json_t *parameters, void *arg)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct store_entry e = { 0 };
	struct refusal refused = rollout_confirm(arg, control_call_peer(call), &d, &e);

	(void)parameters;
	if (refused.answer)
		signed_call_refuse(call, arg, refused, &d);
	else
		answer_entry(call, &e, &d);
}

void method_rollback(struct control_call *call, const json_t *parameters, void *arg)
{
	const json_t *version = json_object_get(parameters, "version");
	const json_t *force = json_object_get(parameters, "forceLockout");
	struct rollback_wish wish = { .force = json_is_true(force) };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct store_entry e = { 0 };
	struct refusal refused;

	if (version && !json_is_null(version) &&
	    (!json_is_integer(version) || json_integer_value(version) <= 0)) {
		control_fail_parameter(call, "version");
		return;
	}
	if (force && !json_is_null(force) && !json_is_boolean(force)) {
		control_fail_parameter(call, "forceLockout");
		return;
	}
	wish.version = (uint64_t)json_integer_value(version);
	refused = rollout_back(arg, &wish, control_call_peer(call), &d, &e);
	if (refused.answer)
		signed_call_refuse(call, arg, refused, &d);
	else
		answer_entry(call, &e, &d);
}

/* "in-force", "pending", "confirmed" or "rolled-back". */
static const char *state_of_bundle(const struct controller *c, const struct rollout_bundle *b)
{
	const struct rollout_state *r = &c->rollout;

	if (r->trying && rollout_same(&b->entry, &r->record.trial.entry))
		return "pending";
	if (controller_active(c) && !r->trying && rollout_same(&b->entry, &r->record.selected))
		return "in-force";
	return b->confirmed_ms ? "confirmed" : "rolled-back";
}

static json_t *left_of(const struct controller *c, const char *state)
{
	uint64_t now = clock_boot_ns(), end = rollout_deadline(&c->rollout);

	if (strcmp(state, "pending") != 0)
		return json_null();
	return json_integer(end > now ? (json_int_t)((end - now) / NS_PER_MS) : 0);
}

static json_t *bundle_json(const struct controller *c, const struct rollout_bundle *b)
{
	const char *state = state_of_bundle(c, b);

	return json_pack("{s:I, s:s, s:s, s:o, s:o, s:o}", "version", (json_int_t)b->entry.version,
			 "digest", b->entry.digest, "state", state, "pushed",
			 time_json(b->pushed_ms), "confirmed", time_json(b->confirmed_ms),
			 "confirmLeftMs", left_of(c, state));
}

void method_get_bundles(struct control_call *call, const json_t *parameters, void *arg)
{
	struct controller *c = arg;
	const struct rollout_record *r = &c->rollout.record;
	json_t *list = json_array();

	(void)parameters;
	rollout_settle(c);
	for (size_t i = 0; i < r->n; i++)
		(void)json_array_append_new(list, bundle_json(c, &r->bundles[i]));
	control_reply(call, json_pack("{s:o}", "bundles", list));
}

/* A reason, which whoever finds the host later wants to read. */
static const char *get_reason(struct control_call *call, const json_t *parameters)
{
	const json_t *reason = json_object_get(parameters, "reason");
	const char *text = json_string_value(reason);
	size_t n = json_string_length(reason);

	/* it goes into lines of logs, of which it must not begin another */
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			n = 0;
	if (n > 0 && n < ROLLOUT_REASON_MAX)
		return text;
	control_fail_parameter(call, "reason");
	return NULL;
}

static void observe(struct control_call *call, const json_t *parameters, struct controller *c)
{
	json_int_t ms = json_integer_value(json_object_get(parameters, "forMs"));
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct refusal refused;
	const char *reason;

	if (ms < 1000 || ms > LONGEST_MS) {
		control_fail_parameter(call, "forMs");
		return;
	}
	reason = get_reason(call, parameters);
	if (!reason)
		return;
	refused = glass_observe(c, clock_boot_ns() + (uint64_t)ms * NS_PER_MS, reason,
				control_call_peer(call), &d);
	if (refused.answer)
		signed_call_refuse(call, c, refused, &d);
	else
		control_reply(call, json_pack("{s:b, s:o}", "changed", 1, "until",
					      time_json(clock_real_ms() + ms)));
}

static void mend(struct control_call *call, struct controller *c)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	bool changed = false;
	struct refusal refused = glass_mend(c, control_call_peer(call), &d, &changed);

	if (refused.answer)
		signed_call_refuse(call, c, refused, &d);
	else
		control_reply(call, json_pack("{s:b, s:n}", "changed", (int)changed, "until"));
}

void method_set_mode(struct control_call *call, const json_t *parameters, void *arg)
{
	const char *mode = json_string_value(json_object_get(parameters, "mode"));

	if (mode && strcmp(mode, "observe") == 0)
		observe(call, parameters, arg);
	else if (mode && strcmp(mode, "enforce") == 0)
		mend(call, arg);
	else
		control_fail_parameter(call, "mode");
}

void method_detach(struct control_call *call, const json_t *parameters, void *arg)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	const char *reason = get_reason(call, parameters);
	struct refusal refused;

	if (!reason)
		return;
	refused = glass_detach(arg, reason, control_call_peer(call), &d);
	if (refused.answer)
		signed_call_refuse(call, arg, refused, &d);
	else
		control_reply(call, json_object());
}
