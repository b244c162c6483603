/* SPDX-License-Identifier: BSD-2-Clause */
/* Push: the bytes out of the message, the answer or the refusal into it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/sealed.h"
#include "daemon/job.h"
#include "daemon/log.h"
#include "daemon/methods.h"
#include "daemon/push.h"
#include "daemon/signed_call.h"

#define NS_PER_MS UINT64_C(1000000)

enum {
	BUNDLE_BYTES_MAX = 36 << 20
}; /* a payload with its signatures; as base64 they fit into a message */

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

static void log_pushed(const struct controller *c, const struct push_result *done, unsigned uid)
{
	if (rollout_deadline(&c->rollout))
		log_warning(
			"bundle %s %llu in force on trial, pushed by uid %u; try: postern confirm",
			done->name, (unsigned long long)done->version, uid);
	else
		log_info("bundle %s %llu in force, pushed by uid %u", done->name,
			 (unsigned long long)done->version, uid);
}

/* Who waits for a push. */
struct caller {
	struct pushing *pushing; /* borrowed; NULL once it is over */
	struct control_call *call;
};

/* A push that goes on while everything else does. */
struct pushing {
	struct job job;
	struct push_attempt attempt;
	struct caller *caller; /* borrowed from the call; NULL: nobody waits any more */
	unsigned uid;
};

static struct pushing *pushing_of(struct job *j)
{
	return (struct pushing *)((char *)j - offsetof(struct pushing, job));
}

/* The call has ended, or its connection has: the push goes on. */
static void forget_caller(void *state)
{
	struct caller *caller = state;

	if (caller->pushing)
		caller->pushing->caller = NULL;
	free(caller);
}

static void drop_push(struct job *j)
{
	struct pushing *p = pushing_of(j);

	if (p->caller)
		p->caller->pushing = NULL;
	push_release(&p->attempt);
	diags_free(&j->d);
	free(p);
}

static struct refusal begin_push(struct controller *c, struct job *j)
{
	struct pushing *p = pushing_of(j);
	struct refusal refused;

	(void)c;
	refused = push_begin(&p->attempt, &j->d);
	j->making = p->attempt.making;
	j->making.d = &j->d;
	return refused;
}

static void end_push(struct controller *c, struct job *j)
{
	struct pushing *p = pushing_of(j);
	struct control_call *call = p->caller ? p->caller->call : NULL;
	struct push_result done;
	struct refusal refused;

	p->attempt.making = j->making;
	refused = push_end(&p->attempt, &j->d, &done);
	if (refused.answer) {
		signed_call_refuse_late(call, c, refused, p->uid, &j->d);
	} else {
		if (!p->attempt.wish.dry && !done.already)
			log_pushed(c, &done, p->uid);
		if (call)
			accept(call, &done, &j->d);
		else
			json_decref(done.cuts);
	}
	drop_push(j);
}

/* Keeps the call until the push is over. Whether there was memory for that. */
static bool keep_caller(struct pushing *p, struct control_call *call)
{
	struct caller *caller = malloc(sizeof(*caller));

	if (!caller)
		return false;
	*caller = (struct caller){ p, call };
	p->caller = caller;
	control_stream(call, NULL, forget_caller, caller);
	return true;
}

/* Steals the bytes of `in`. */
static void push_bundle(struct control_call *call, struct controller *c,
			const struct container_bytes *in, uint8_t *bytes,
			const struct push_wish *wish)
{
	struct pushing *p = calloc(1, sizeof(*p));

	if (p)
		*p = (struct pushing){
			.job = { .begin = begin_push, .end = end_push, .drop = drop_push },
			.attempt = { .c = c, .in = *in, .bytes = bytes, .wish = *wish },
			.uid = (unsigned)control_call_peer(call)->uid,
		};
	if (!p || !keep_caller(p, call)) {
		free(p);
		free(bytes);
		control_reply(call, NULL);
	} else if (job_add(c, &p->job) < 0) {
		diag_error(&p->job.d, "busy", NOWHERE, "push it again in a minute",
			   "too many pushes wait for the one that is under way");
		signed_call_refuse(call, c, refusal_of_failure("busy", -EBUSY, &p->job.d),
				   &p->job.d);
		drop_push(&p->job);
	}
}

/* Out of the memory file that came with the call. Whether it did; if not, that was answered. */
static bool read_sealed(struct control_call *call, const json_t *number, uint8_t **ret,
			size_t *ret_len)
{
	json_int_t n = json_is_integer(number) ? json_integer_value(number) : -1;
	_cleanup_close_ int fd = n < 0 ? -EBADF : control_call_take_fd(call, (size_t)n);
	int r = fd < 0 ? fd : sealed_read(fd, BUNDLE_BYTES_MAX, ret, ret_len);

	if (r == -ENOMEM)
		control_reply(call, NULL);
	else if (r == -EBADF)
		control_fail_parameter(call, "bundleFileDescriptor");
	else if (r == -EFBIG)
		control_fail_parameter(call, "bundleFileDescriptor: longer than 36 MiB");
	else if (r < 0)
		control_fail_parameter(
			call,
			"bundleFileDescriptor: not a memory file with the seals shrink, grow, write and seal");
	return r == 0;
}

/* The container's bytes, as they come. Whether they did; if not, that was answered. */
static bool get_bytes(struct control_call *call, const json_t *parameters, uint8_t **ret,
		      size_t *ret_len)
{
	const json_t *text = json_object_get(parameters, "bundle");
	const json_t *number = json_object_get(parameters, "bundleFileDescriptor");

	if (number && !json_is_null(number) && (!text || json_is_null(text)))
		return read_sealed(call, number, ret, ret_len);
	if (json_is_string(text) && (!number || json_is_null(number)) &&
	    signed_call_bytes(text, ret, ret_len) == 0)
		return true;
	control_fail_parameter(call, "bundle");
	return false;
}

void method_push(struct control_call *call, const json_t *parameters, void *arg)
{
	struct container_bytes in = { 0 };
	struct controller *c = arg;
	uint8_t *bytes = NULL;
	struct push_wish wish;

	if (!get_wish(call, parameters, &wish))
		return;
	if (!get_bytes(call, parameters, &bytes, &in.len))
		return;
	in.bytes = bytes;
	if (is_revocation(&in)) {
		push_revocation(call, c, &in, wish.dry);
		free(bytes);
		return;
	}
	push_bundle(call, c, &in, bytes, &wish);
}
