/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers out of bytes. Apart from the process, so that tests can give any bytes. */
#pragma once

#include "worker/worker.h"

/* An answer as it came. */
struct worker_bytes {
	const void *bytes;
	size_t len;
};

/*
 * As the worker_take_… of that name: an enum worker_answer with diags, or -EBADMSG with a diag when
 * the bytes are no such answer, or -ENOMEM.
 */
int answer_open(struct worker_bytes from, struct diags *d, struct bundle **ret);
int answer_load(struct worker_bytes from, struct diags *d, struct worker_policies **ret);
int answer_explain(struct worker_bytes from, struct diags *d, struct buf *out, enum verdict *ret);
int answer_remedy(struct worker_bytes from, struct diags *d, struct buf *out);
/* The bytes, of large_alloc(), become the image if there is one: it is too large to have twice. */
int answer_compile(uint8_t **bytes, size_t len, struct diags *d, struct image **ret,
		   struct image_facts *ret_facts, struct arena **ret_arena);
