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

struct push_result {
	char name[256];
	uint64_t version;
	char digest[65];
	bool already; /* nothing had to be done */
	uint32_t image_id;
	json_t *cuts; /* owned; of a dry run: the live connections that would be cut, as texts; or NULL */
};

/*
 * Takes a container, or with `dry` only says whether it would. On refusal what was in force still
 * is.
 */
struct refusal push(struct controller *c, const struct container_bytes *in, bool dry,
		    struct diags *d, struct push_result *ret);

/*
 * Takes up what was accepted before, after a start. Sets the controller's problem when that cannot
 * be in force; then what the kernel has goes on.
 */
void push_resume(struct controller *c);

/* Compiles the bundle in force again, with what its names stand for now, and swaps the image. */
struct refusal push_again(struct controller *c, struct diags *d);
