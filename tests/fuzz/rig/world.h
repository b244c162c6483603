/* SPDX-License-Identifier: BSD-2-Clause */
/* One small bundle's entities, policies and requests, the same for every input that needs any. */
#pragma once

#include "compile/compile.h"
#include "compile/image.h"

enum { FUZZ_REQUESTS = 24, FUZZ_SEED = 7 };

struct fuzz_world {
	struct entity_set *entities;
	struct policy_set *set; /* checked */
	struct policy_views *views; /* of it, enforced */
	struct arena *arena;
	struct request requests[FUZZ_REQUESTS];
	struct request_binding *binding; /* of the requests */
};

/* Made at the first call and kept. */
const struct fuzz_world *fuzz_world(void);

/* Both engines must answer, and alike. */
void fuzz_compare(const struct fuzz_world *w, const struct policy_views *views,
		  const struct image *i);
