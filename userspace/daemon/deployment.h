/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bundle made ready for this host: checked, tested, its names bound, compiled. From bytes to an
 * image without touching the kernel or the disk, so that it can move into a process that has no
 * rights to either.
 */
#pragma once

#include "compile/compile.h"
#include "daemon/binding.h"
#include "daemon/refusal.h"

enum { DEPLOYMENT_IMAGES = 8 };

struct deployment {
	struct bundle *bundle; /* owned */
	struct ruleset rules; /* owned */
	struct host_binding *binding; /* owned */
	struct image *image; /* owned; not loaded yet, or NULL */
	struct image_facts facts; /* of any image of it; they point into the rules' views */
	char facts_digest[65]; /* of what they are and how they are numbered */
	bool ended; /* its end was said */
	uint32_t image_ids[DEPLOYMENT_IMAGES]; /* that it had in the kernel, newest first; 0: none */
	int64_t applied_ms;
};

/*
 * Takes a verified bundle (steals it, also when it refuses). `now_ms` is the time of its tests.
 * Warnings and reasons become diags.
 */
struct refusal deployment_new(struct bundle *bundle, int64_t now_ms, struct diags *d,
			      struct deployment **ret);
void deployment_free(struct deployment **dep);
#define _cleanup_deployment_ _cleanup_(deployment_free)

/* Compiles again, with what the host knows now. */
struct refusal deployment_compile(struct deployment *dep, struct diags *d);
/* The image is loaded under that id: keeps the id, lets the image go. */
void deployment_loaded(struct deployment *dep, uint32_t image_id);
/* Whether the image of that id is one of it. */
bool deployment_has_image(const struct deployment *dep, uint32_t image_id);
/* Whether its end has come: of its permits only the essential ones are left, as the kernel side decides. */
bool deployment_has_ended(const struct deployment *dep, int64_t now_ms);

/* A policy by its number in the images, or NULL. */
const struct policy *deployment_policy(const struct deployment *dep, uint32_t number);
