/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a container's bytes to a bundle in force, in the order that survives a crash between any two
 * steps.
 */
#pragma once

#include "daemon/controller.h"

/* A container as it came, borrowed. */
struct container_bytes {
	const void *bytes;
	size_t len;
	bool stored; /* by this host itself: what it accepted is not asked again who signed it */
};

/*
 * Whether the host may take the container, as trust_accept() says; for one that is stored and accepted,
 * trust_take_up() does. A bundle_answer with diags, or -ENOMEM.
 */
int push_ask(const struct trust *t, const struct container_bytes *in, const char *host,
	     struct diags *d, struct bundle **ret, struct trust *ret_next, bool *ret_accepted);
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

/* Takes a container. On refusal what was in force still is. */
struct refusal push(struct controller *c, const struct container_bytes *in,
		    const struct push_wish *wish, struct diags *d, struct push_result *ret);

/*
 * Takes up what was accepted before, after a start. Sets the controller's problem when that cannot
 * be in force; then what the kernel has goes on.
 */
void push_resume(struct controller *c);

/* Puts what was selected in force again. Whether it is. */
bool push_selected(struct controller *c, struct diags *d);
