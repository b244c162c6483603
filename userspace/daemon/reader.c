/* SPDX-License-Identifier: BSD-2-Clause */
/* Wakes, asks, waits. */
#include "daemon/reader.h"

#include <errno.h>

#include "base/clock.h"
#include "daemon/making.h"

enum {
	NEAREST = 3,
	SOON_BYTES = 64 << 10, /* of a payload that is read within a few milliseconds */
};
#define REST_NS UINT64_C(60000000000)

/* A worker that has read the bundle and is idle. 0 or -EPROTO with a diag. */
static int wake(struct deployment *dep, struct diags *d)
{
	struct making m = { .dep = dep, .goal = MAKE_READER, .now_ms = clock_real_ms(), .d = d };

	making_run(&m);
	return m.refused.answer ? -EPROTO : 0;
}

/* One question and its answer. */
struct asking {
	const struct request *req;
	struct buf *out;
	enum verdict *ret;
	enum { EXPLAIN, REMEDY, DECIDE } what;
};

static int put_question(struct worker *w, const struct asking *a)
{
	if (a->what == EXPLAIN)
		return worker_ask_explain(w, a->req, NEAREST);
	return a->what == REMEDY ? worker_ask_remedy(w, a->req) : worker_ask_decide(w, a->req);
}

static int take_answer(struct worker *w, const struct asking *a, struct diags *d)
{
	if (a->what == EXPLAIN)
		return worker_take_explain(w, d, a->out, a->ret);
	return a->what == REMEDY ? worker_take_remedy(w, d, a->out)
				 : worker_take_decide(w, d, a->out, a->ret);
}

static int ask(struct deployment *dep, const struct asking *a, struct diags *d)
{
	struct worker *w = dep->worker;
	int r = put_question(w, a);

	if (r < 0)
		return r;
	worker_wait(w);
	r = take_answer(w, a, d);
	if (r == WORKER_OK)
		return 0;
	return r == -ENOMEM ? r : -EPROTO;
}

/* One that was there before may be gone by now, or at its limits: then a new one is asked. */
static int ask_awake(struct deployment *dep, const struct asking *a, struct diags *d)
{
	bool reused = dep->worker && !dep->making;
	int r = wake(dep, d);

	if (r < 0)
		return r;
	r = ask(dep, a, d);
	if (r < 0)
		worker_end(&dep->worker);
	if (r != -EPROTO || !reused)
		return r;
	diags_free(d);
	r = wake(dep, d);
	return r < 0 ? r : ask(dep, a, d);
}

int reader_explain(struct deployment *dep, const struct request *req, struct diags *d,
		   struct buf *out, enum verdict *ret)
{
	return ask_awake(dep, &(struct asking){ req, out, ret, EXPLAIN }, d);
}

int reader_remedy(struct deployment *dep, const struct request *req, struct diags *d,
		  struct buf *out)
{
	if (dep->making || (!dep->worker && dep->payload_len > SOON_BYTES))
		return -EBUSY;
	return ask_awake(dep, &(struct asking){ req, out, NULL, REMEDY }, d);
}

int reader_decide(struct deployment *dep, const struct request *req, struct diags *d,
		  struct buf *out, enum verdict *ret)
{
	return ask_awake(dep, &(struct asking){ req, out, ret, DECIDE }, d);
}

void reader_rest(struct deployment *dep)
{
	if (dep->worker && !dep->making && dep->payload_len <= SOON_BYTES &&
	    clock_boot_ns() - dep->asked_ns > REST_NS)
		worker_end(&dep->worker);
}
