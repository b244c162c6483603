/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a container's bytes to a bundle in force, in the order that survives a crash between any two
 * steps.
 */
#pragma once

#include "daemon/controller.h"
#include "daemon/making.h"

/* A container as it came, borrowed. */
struct container_bytes {
	const void *bytes;
	size_t len;
	bool stored; /* by this host itself: what it accepted is not asked again who signed it */
};

/* What is asked for. */
struct push_wish {
	bool dry; /* only say whether it would */
	uint64_t confirm_ns; /* until then somebody must confirm it; 0: it stays */
	bool force; /* also if it locks somebody out */
	pid_t pusher; /* who would not want to be locked out; 0: nobody */
};

/* A push that was cut off before, at a start: nobody is there to be asked. */
#define PUSH_FINISH ((struct push_wish){ .force = true })

struct push_result {
	char name[256];
	uint64_t version;
	char digest[65];
	bool already; /* nothing had to be done */
	uint32_t image_id;
	uint64_t deadline; /* boot ns, when it is gone back from; 0: it stays */
	json_t *cuts; /* owned; of a dry run: the live connections that would be cut, as texts; or NULL */
};

/*
 * One push: verified as bytes, made by a worker (making.h), then put in force. First push_begin(),
 * then the making, then push_end().
 */
struct push_attempt {
	struct controller *c; /* borrowed */
	struct container_bytes in;
	void *bytes; /* owned: those of `in`, until the deployment has them */
	struct push_wish wish;
	struct making making;
	struct deployment *dep; /* owned until it is in force */
	struct store_entry entry; /* once it is known what the bytes are */
	struct trust next; /* what is remembered once it is in force */
	char verified_by
		[65]; /* digest of the root document under which its signatures were verified; "": none */
	bool taken_up; /* stored by this host, and accepted: its signatures were not asked again */
	bool accepted; /* before: then its container stays whatever happens */
	uint64_t deadline; /* boot ns, of a trial; 0 */
};

/* Signatures first: nothing is inflated or parsed before. Sets what is to be made; messages go to `d`. */
struct refusal push_begin(struct push_attempt *a, struct diags *d);
/* After the making. On refusal what was in force still is. */
struct refusal push_end(struct push_attempt *a, struct diags *d, struct push_result *ret);
/* Releases what an attempt has; valid after any of them. */
void push_release(struct push_attempt *a);

/*
 * Takes up what was accepted before, after a start. Sets the controller's problem when that cannot
 * be in force; then what the kernel has goes on.
 */
void push_resume(struct controller *c);

/* Puts what was selected in force again. Whether it is. */
bool push_selected(struct controller *c, struct diags *d);
