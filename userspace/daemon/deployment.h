/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bundle made ready for this host: checked, tested, its names bound, compiled. Its texts are read
 * by a worker only (worker/worker.h); here is what the worker said of them, taken apart with care.
 */
#pragma once

#include "compile/compile.h"
#include "daemon/binding.h"
#include "daemon/refusal.h"
#include "worker/worker.h"

enum { DEPLOYMENT_IMAGES = 8 };

struct making;

struct deployment {
	struct bundle *bundle; /* owned; without its texts */
	void *container; /* owned: the bytes that the payload lies in */
	const uint8_t *payload; /* verified, for a worker */
	size_t payload_len;
	struct worker *worker; /* owned; NULL: none runs now */
	struct making *making; /* borrowed: what keeps the worker busy, or NULL */
	uint64_t asked_ns; /* boot clock: when somebody last asked the worker */
	struct worker_policies *policies; /* owned; NULL until they are loaded */
	struct host_binding *binding; /* owned */
	struct image *image; /* owned; not loaded yet, or NULL */
	struct image_facts facts; /* of any image of it */
	struct arena *facts_arena; /* owned: their expressions */
	char facts_digest[65]; /* of what they are and how they are numbered */
	bool ended; /* its end was said */
	uint32_t image_ids[DEPLOYMENT_IMAGES]; /* that it had in the kernel, newest first; 0: none */
	int64_t applied_ms;
};

/* An empty one with a verified payload; steals the container that it lies in. 0, or -ENOMEM with nothing stolen. */
int deployment_new(void *container, const uint8_t *payload, size_t len, struct deployment **ret);
void deployment_free(struct deployment **dep);
#define _cleanup_deployment_ _cleanup_(deployment_free)

/* What a worker compiled; all of it is stolen. */
struct deployment_image {
	struct image *image;
	struct image_facts facts;
	struct arena *facts_arena;
	struct host_binding *binding; /* that it was compiled with */
};

/* Takes a worker's image if every reference in it stays inside it and its facts can be decided. */
struct refusal deployment_take_image(struct deployment *dep, struct deployment_image *new,
				     struct diags *d);
/* The image made last did not come in force: all that it was to change is still to be done. */
void deployment_drop_image(struct deployment *dep);
/* The image is loaded under that id: keeps the id, lets the image go. */
void deployment_loaded(struct deployment *dep, uint32_t image_id);
/* Whether the image of that id is one of it. */
bool deployment_has_image(const struct deployment *dep, uint32_t image_id);
/* Whether its end has come: of its permits only the essential ones are left, as the kernel side decides. */
bool deployment_has_ended(const struct deployment *dep, int64_t now_ms);

/* A policy by its number in the images, or NULL. */
const struct worker_policy *deployment_policy(const struct deployment *dep, uint32_t number);
