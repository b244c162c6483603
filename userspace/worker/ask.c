/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions as bytes. */
#include "worker/pack.h"
#include "worker/process.h"

int worker_ask_open(struct worker *w, const void *payload, size_t len)
{
	const struct buf body = { .data = (char *)(uintptr_t)payload, .len = len };

	return worker_ask(w, ASK_OPEN, &body);
}

int worker_ask_load(struct worker *w, int64_t now_ms, bool test)
{
	_cleanup_buf_ struct buf body = BUF_INIT;

	put_u64(&body, (uint64_t)now_ms);
	put_u32(&body, test);
	return worker_ask(w, ASK_LOAD, &body);
}

int worker_ask_compile(struct worker *w, const struct binding *b)
{
	_cleanup_buf_ struct buf body = BUF_INIT;

	put_binding(&body, b);
	return worker_ask(w, ASK_COMPILE, &body);
}

int worker_ask_explain(struct worker *w, const struct request *req, unsigned nearest)
{
	_cleanup_buf_ struct buf body = BUF_INIT;

	put_u32(&body, nearest);
	put_request(&body, req);
	return worker_ask(w, ASK_EXPLAIN, &body);
}

int worker_ask_remedy(struct worker *w, const struct request *req)
{
	_cleanup_buf_ struct buf body = BUF_INIT;

	put_request(&body, req);
	return worker_ask(w, ASK_REMEDY, &body);
}

int worker_ask_decide(struct worker *w, const struct request *req)
{
	_cleanup_buf_ struct buf body = BUF_INIT;

	put_request(&body, req);
	return worker_ask(w, ASK_DECIDE, &body);
}
