/* SPDX-License-Identifier: BSD-2-Clause */
/* What a worker does between a question and its answer: bytes in, bytes out, no process. */
#pragma once

#include "worker/message.h"
#include "worker/worker.h"

struct work {
	struct bundle *bundle; /* owned; NULL until opened */
	struct ruleset rules; /* owned; at rest until loaded */
	/* of the bundle that was opened before, until the next is loaded: what has not changed since is kept */
	struct ruleset before; /* owned */
	struct image_memory *memory; /* owned: of the image compiled last; NULL: none was */
	/* of the answer at hand: an image whose lines belong into its bytes, at that place */
	struct image *image; /* owned; NULL: the answer has none */
	size_t image_at;
};

#define WORK_INIT ((struct work){ .rules = RULESET_INIT, .before = RULESET_INIT })

/* Answers a question, but for the image's lines: see above. 0; -EBADMSG when it cannot be asked, or not now; -ENOMEM. */
int work_answer(struct work *w, enum worker_question what, const void *question, size_t len,
		struct buf *out);
void work_free(struct work *w);
