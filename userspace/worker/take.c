/* SPDX-License-Identifier: BSD-2-Clause */
/* From the process to the answer. */
#include <stdlib.h>

#include "worker/answer.h"
#include "worker/process.h"

/* The bytes of an answer, to be freed. */
static int bytes_of(struct worker *w, enum worker_question what, struct diags *d, uint8_t **ret,
		    struct worker_bytes *ret_bytes)
{
	int r = worker_take(w, what, d, ret, &ret_bytes->len);

	ret_bytes->bytes = *ret;
	return r;
}

int worker_take_open(struct worker *w, struct diags *d, struct bundle **ret)
{
	_cleanup_free_ uint8_t *bytes = NULL;
	struct worker_bytes from;
	int r = bytes_of(w, ASK_OPEN, d, &bytes, &from);

	return r < 0 ? r : answer_open(from, d, ret);
}

int worker_take_load(struct worker *w, struct diags *d, struct worker_policies **ret)
{
	_cleanup_free_ uint8_t *bytes = NULL;
	struct worker_bytes from;
	int r = bytes_of(w, ASK_LOAD, d, &bytes, &from);

	return r < 0 ? r : answer_load(from, d, ret);
}

int worker_take_compile(struct worker *w, struct diags *d, struct image **ret,
			struct image_facts *ret_facts, struct arena **ret_arena)
{
	_cleanup_free_ uint8_t *bytes = NULL;
	size_t len;
	int r = worker_take(w, ASK_COMPILE, d, &bytes, &len);

	return r < 0 ? r : answer_compile(&bytes, len, d, ret, ret_facts, ret_arena);
}

int worker_take_explain(struct worker *w, struct diags *d, struct buf *out, enum verdict *ret)
{
	_cleanup_free_ uint8_t *bytes = NULL;
	struct worker_bytes from;
	int r = bytes_of(w, ASK_EXPLAIN, d, &bytes, &from);

	return r < 0 ? r : answer_explain(from, d, out, ret);
}

int worker_take_remedy(struct worker *w, struct diags *d, struct buf *out)
{
	_cleanup_free_ uint8_t *bytes = NULL;
	struct worker_bytes from;
	int r = bytes_of(w, ASK_REMEDY, d, &bytes, &from);

	return r < 0 ? r : answer_remedy(from, d, out);
}

int worker_take_decide(struct worker *w, struct diags *d, struct buf *out, enum verdict *ret)
{
	_cleanup_free_ uint8_t *bytes = NULL;
	struct worker_bytes from;
	int r = bytes_of(w, ASK_DECIDE, d, &bytes, &from);

	return r < 0 ? r : answer_explain(from, d, out, ret);
}
