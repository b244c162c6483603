/* SPDX-License-Identifier: BSD-2-Clause */
/* From Cedar text to an image in one call, for tests that ask what an image says. */
#pragma once

#include "compile/compile.h"
#include "compile/image.h"

struct compiled {
	struct policy_set *set;
	struct entity_set *entities;
	struct policy_views *views;
	struct arena *arena; /* of requests */
	struct request_binding *binding; /* NULL until compiled_decide */
	struct image *image; /* NULL when it was refused */
	struct diags diags;
	int err; /* of image_compile */
};

/*
 * Parses, checks and compiles; fails the test when text or entities are not sound. `entities` may be
 * NULL for none, `binding` for a host without names. A refusal is in err and diags.
 */
void compiled_make(struct compiled *c, const char *policies, const char *entities,
		   const struct binding *binding);
void compiled_free(struct compiled *c);
#define _cleanup_compiled_ _cleanup_(compiled_free)

/* Compiles anew with a binding made from one request in JSON, and decides it with the image. */
struct decision compiled_decide(struct compiled *c, const char *request);

/* Whether a message with that code was given. */
bool compiled_says(const struct compiled *c, const char *code);
