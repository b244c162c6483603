/* SPDX-License-Identifier: BSD-2-Clause */
/* One step after the other; any of them can be the last. */
#include "daemon/making.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"

enum { OPENING, LOADING, COMPILING };

enum { SMALL_BYTES = 64 << 10 }; /* of a payload */

static void end(struct making *m, struct refusal refused)
{
	host_binding_free(&m->binding);
	m->dep->making = NULL;
	m->refused = refused;
	m->done = true;
}

static void start_worker(struct making *m);

/*
 * The worker is of no use any more: the next one starts from the payload. One that was there before
 * may have been near its limits, or have been ended in between; that is no fault of the bundle's.
 */
static void end_without_worker(struct making *m, int error)
{
	worker_end(&m->dep->worker);
	if (m->reused && error != -ECANCELED) {
		host_binding_free(&m->binding);
		diags_free(m->d);
		start_worker(m);
	} else {
		end(m, refusal_of_failure("worker", error, m->d));
	}
}

/* What the worker refuses in the words of posternd. */
static struct refusal refusal_of_worker(int answer, struct diags *d)
{
	switch (answer) {
	case WORKER_E_PAYLOAD:
		return refusal_of_answer(BUNDLE_E_PAYLOAD);
	case WORKER_E_POLICY:
		return refusal_of_policy("policy");
	case WORKER_E_TESTS:
		return refusal_of_policy("tests");
	case WORKER_E_APPLY:
		return refusal_of_policy("apply");
	case WORKER_E_SIZE:
		return refusal_of_policy("size");
	default:
		return refusal_of_failure("memory", -ENOMEM, d);
	}
}

/* Goes on with the next question, unless the last answer was none. */
static void proceed(struct making *m, int asked, int r)
{
	m->asked = asked;
	if (r < 0)
		end_without_worker(m, r);
}

static void ask_compile(struct making *m)
{
	int r = host_binding_new(&m->dep->policies->names, m->d, &m->binding);

	if (r < 0)
		end(m, refusal_of_failure("host", r, m->d));
	else
		proceed(m, COMPILING, worker_ask_compile(m->dep->worker, &m->binding->binding));
}

static void take_open(struct making *m, struct bundle *b)
{
	struct deployment *dep = m->dep;
	struct refusal refused = REFUSAL_NONE;

	if (m->digested < 0) {
		bundle_free(&b);
		end(m, refusal_of_failure("memory", m->digested, m->d));
		return;
	}
	memcpy(b->digest, m->digest, sizeof(b->digest));
	if (dep->bundle)
		bundle_free(&b);
	else
		dep->bundle = b;
	if (m->judge)
		refused = m->judge(m, m->d);
	if (refused.answer)
		end(m, refused);
	else
		proceed(m, LOADING, worker_ask_load(dep->worker, m->now_ms, m->judge != NULL));
}

static void take_load(struct making *m, struct worker_policies *p)
{
	/* What was said the first time is pointed to. */
	if (m->dep->policies)
		worker_policies_free(&p);
	else
		m->dep->policies = p;
	if (m->goal == MAKE_READER)
		end(m, REFUSAL_NONE);
	else
		ask_compile(m);
}

static void take_compile(struct making *m, struct deployment_image *new)
{
	struct refusal refused;

	new->binding = TAKE_PTR(m->binding);
	refused = deployment_take_image(m->dep, new, m->d);
	image_free(&new->image);
	arena_free(&new->facts_arena);
	host_binding_free(&new->binding);
	end(m, refused);
}

/* Whether the answer is the one hoped for. If it is none yet, nothing happens; else it was the last. */
static bool goes_on(struct making *m, int r)
{
	if (r == -EAGAIN)
		return false;
	/* a worker that has read much before may have no room for as much again */
	if (r < 0 || (r == WORKER_E_MEMORY && m->reused)) {
		end_without_worker(m, r < 0 ? r : -ENOMEM);
	} else if (r != WORKER_OK) {
		worker_end(&m->dep->worker);
		end(m, refusal_of_worker(r, m->d));
	}
	return r == WORKER_OK;
}

void making_step(struct making *m)
{
	struct deployment_image image = { 0 };
	struct worker_policies *policies = NULL;
	struct bundle *bundle = NULL;

	if (m->done)
		return;
	switch (m->asked) {
	case OPENING:
		if (goes_on(m, worker_take_open(m->dep->worker, m->d, &bundle)))
			take_open(m, bundle);
		break;
	case LOADING:
		if (goes_on(m, worker_take_load(m->dep->worker, m->d, &policies)))
			take_load(m, policies);
		break;
	default:
		if (goes_on(m, worker_take_compile(m->dep->worker, m->d, &image.image, &image.facts,
						   &image.facts_arena)))
			take_compile(m, &image);
	}
}

/* Asks the worker to open the payload, and takes its digest meanwhile. */
static void ask_open(struct making *m)
{
	const struct deployment *dep = m->dep;
	int r = worker_ask_open(dep->worker, dep->payload, dep->payload_len);

	m->digested = digest_hex(dep->payload, dep->payload_len, m->digest);
	proceed(m, OPENING, r);
}

static void start_worker(struct making *m)
{
	struct deployment *dep = m->dep;
	int r = worker_start(&dep->worker);

	m->reused = false;
	if (r < 0)
		end(m, refusal_of_failure("worker", r, m->d));
	else
		ask_open(m);
}

/* Whether the worker of the one before goes on with this one. */
static bool take_over(struct making *m)
{
	struct deployment *dep = m->dep, *before = TAKE_PTR(m->before);

	if (!before || !before->worker || before->making || before->payload_len <= SMALL_BYTES)
		return false;
	dep->worker = TAKE_PTR(before->worker);
	m->reused = true;
	ask_open(m);
	return true;
}

void making_begin(struct making *m)
{
	struct deployment *dep = m->dep;

	m->done = false;
	m->refused = REFUSAL_NONE;
	m->binding = NULL;
	m->reused = dep->worker != NULL;
	dep->making = m;
	dep->asked_ns = clock_boot_ns();
	if (!dep->worker) {
		if (!take_over(m))
			start_worker(m);
	} else if (m->goal == MAKE_READER) {
		end(m, REFUSAL_NONE);
	} else {
		ask_compile(m);
	}
}

static void wait_for(struct making *m)
{
	while (!m->done) {
		worker_wait(m->dep->worker);
		making_step(m);
	}
}

void making_run(struct making *m)
{
	/* one question at a time */
	if (m->dep->making)
		wait_for(m->dep->making);
	making_begin(m);
	wait_for(m);
}

void making_stop(struct making *m)
{
	if (!m->done)
		end_without_worker(m, -ECANCELED);
}
