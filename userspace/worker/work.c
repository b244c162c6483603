/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening, loading, compiling and explaining, each with the answer for what can be wrong. */
#include "worker/work.h"

#include <errno.h>
#include <string.h>

#include "worker/hint.h"
#include "worker/pack.h"

/* A question under way. */
struct asked {
	struct work *work;
	struct parcel in;
	struct diags d;
	struct buf body;
};

/*
 * The rules of the bundle before are kept until those of the next are loaded, for their prefix lists; the texts that their
 * policies point into go with that bundle, so nobody reads them any more.
 */
static void set_aside(struct work *w)
{
	if (!w->rules.set)
		return;
	ruleset_free(&w->before);
	w->before = w->rules;
	w->rules = RULESET_INIT;
}

static int open_bundle(struct asked *a)
{
	_cleanup_bundle_ struct bundle *before = TAKE_PTR(a->work->bundle);
	struct work *w = a->work;
	int r;

	set_aside(w);
	r = bundle_parse_next(a->in.at, a->in.left, &before, &a->d, &w->bundle);
	a->in.left = 0;
	/* without a bundle, files are numbered from 1 again: those numbers were others' in the rules before */
	if (r != BUNDLE_OK)
		ruleset_free(&w->before);
	if (r < 0)
		return r;
	if (r != BUNDLE_OK)
		return r == BUNDLE_E_SIZE ? WORKER_E_SIZE : WORKER_E_PAYLOAD;
	put_bundle(&a->body, w->bundle);
	return WORKER_OK;
}

static int load_rules(struct asked *a, int64_t now_ms)
{
	const struct bundle *b = a->work->bundle;
	const struct ruleset_sources src = {
		.policies = b->policies,
		.n_policies = b->n_policies,
		.files = b->files,
		.n_files = b->n_files,
		.entities = b->entities,
		.tests = b->tests,
		.not_after_ms = b->not_after_ms,
		.rollout = { b->observe ? MODE_OBSERVE : MODE_ENFORCE, b->phases },
		.file_numbers = b->file_numbers,
		.before = a->work->before.entities,
	};
	int r = ruleset_load(&src, now_ms, &a->d, &a->work->rules);

	ruleset_free(&a->work->before);
	return r < 0 && r != -ENOMEM ? WORKER_E_POLICY : r;
}

static void say_failed_test(const struct policy_test *t, const struct test_outcome *o,
			    struct diags *d)
{
	const struct policy *p = o->decision.policy;

	diag_error(d, "bundle-test", NOWHERE, "postern test BUNDLE",
		   "the bundle's own test \"%s\" fails: expected %s%s%s, got %s by %s", t->name.s,
		   verdict_name(t->expect), t->has_by ? " by " : "", t->has_by ? t->by.s : "",
		   verdict_name(o->decision.verdict), p ? p->id.s : "default-deny");
}

static int run_tests(struct asked *a)
{
	const struct ruleset *rules = &a->work->rules;
	int answer = WORKER_OK;

	for (size_t i = 0; i < rules->tests->n; i++) {
		const struct policy_test *t = &rules->tests->items[i];
		struct test_outcome o;
		int r = ruleset_test(rules, t, &o);

		if (r == 0 && o.passed)
			continue;
		answer = WORKER_E_TESTS;
		if (r == 0)
			say_failed_test(t, &o, &a->d);
		else
			diag_error(&a->d, "bundle-test", NOWHERE, "postern test BUNDLE",
				   "the bundle's own test \"%s\" cannot be decided", t->name.s);
	}
	return answer;
}

static int load(struct asked *a)
{
	struct work *w = a->work;
	int64_t now_ms = (int64_t)take_u64(&a->in);
	bool test = take_bool(&a->in);
	int r;

	if (parcel_done(&a->in) < 0 || !w->bundle || w->rules.set)
		return -EBADMSG;
	r = load_rules(a, now_ms);
	if (r == WORKER_OK && test)
		r = run_tests(a);
	if (r == WORKER_OK && image_appliable(w->rules.set, &a->d) != 0)
		r = WORKER_E_APPLY;
	return r == WORKER_OK ? put_policies(&a->body, &w->rules) : r;
}

static int refuse_image(int r)
{
	if (r == -E2BIG)
		return WORKER_E_SIZE;
	return r == -EOPNOTSUPP ? WORKER_E_APPLY : r;
}

static int compile(struct asked *a)
{
	_cleanup_image_ struct image *image = NULL;
	struct binding binding = { 0 };
	int r;

	take_binding(&a->in, &binding);
	if (parcel_done(&a->in) < 0 || !a->work->rules.set)
		return -EBADMSG;
	r = image_compile_next(a->work->rules.views, &binding, &a->work->memory, &a->d, &image);
	if (r < 0)
		return refuse_image(r);
	put_u64(&a->body, (uint64_t)image->n * POSTERN_LINE);
	a->work->image_at = a->body.len;
	put_facts(&a->body, &image->facts);
	a->work->image = TAKE_PTR(image);
	return WORKER_OK;
}

/* The verdict and a text. */
static int put_said(struct asked *a, enum verdict verdict, const struct buf *text)
{
	put_u32(&a->body, verdict);
	put_bytes(&a->body, text->data, text->len);
	return buf_error(text);
}

static int explain(struct asked *a)
{
	const struct ruleset *rules = &a->work->rules;
	uint32_t nearest = take_u32(&a->in);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct decision now = { 0 };
	struct request req = { 0 };
	int r;

	take_request(&a->in, &req);
	if (parcel_done(&a->in) < 0 || !rules->set)
		return -EBADMSG;
	r = policy_explain(rules->views, &req, nearest, device_hint, &text);
	if (r == 0)
		r = decide_reference(rules->views, &req, &now);
	return r < 0 ? r : put_said(a, now.verdict, &text);
}

static int remedy(struct asked *a)
{
	const struct ruleset *rules = &a->work->rules;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct request req = { 0 };
	int r;

	take_request(&a->in, &req);
	if (parcel_done(&a->in) < 0 || !rules->set)
		return -EBADMSG;
	r = policy_remedy(rules->views, &req, device_hint, &text);
	return r < 0 ? r : put_said(a, VERDICT_ALLOW, &text);
}

static int decide(struct asked *a)
{
	const struct ruleset *rules = &a->work->rules;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct decision now = { 0 };
	struct request req = { 0 };
	int r;

	take_request(&a->in, &req);
	if (parcel_done(&a->in) < 0 || !rules->set)
		return -EBADMSG;
	r = decide_reference(rules->views, &req, &now);
	if (r == 0 && now.policy)
		buf_put(&text, now.policy->id.s, now.policy->id.len);
	return r < 0 ? r : put_said(a, now.verdict, &text);
}

static int (*const doers[ASK_KINDS])(struct asked *a) = {
	[ASK_OPEN] = open_bundle, [ASK_LOAD] = load,	 [ASK_COMPILE] = compile,
	[ASK_EXPLAIN] = explain,  [ASK_REMEDY] = remedy, [ASK_DECIDE] = decide,
};

/* Lack of memory is an answer, too, as long as there is enough to say it. */
static int give(struct asked *a, int answer, struct buf *out)
{
	if (answer == WORKER_OK && buf_error(&a->body) < 0)
		answer = -ENOMEM;
	if (answer == -ENOMEM) {
		buf_free(&a->body);
		diag_error(
			&a->d, "worker-memory", NOWHERE,
			"split the bundle, or give the host more memory",
			"the bundle needs more memory than half of what this host has, or 4 GiB");
		answer = WORKER_E_MEMORY;
	}
	if (answer < 0)
		return answer;
	put_u32(out, (uint32_t)answer);
	put_diags(out, &a->d);
	a->work->image_at += out->len;
	if (answer == WORKER_OK)
		buf_put(out, a->body.data, a->body.len);
	else
		image_free(&a->work->image);
	return buf_error(out);
}

int work_answer(struct work *w, enum worker_question what, const void *question, size_t len,
		struct buf *out)
{
	struct asked a = { .work = w, .in = { question, len, NULL, false } };
	int r = what < ASK_KINDS ? arena_new(&a.in.arena) : -EBADMSG;

	image_free(&w->image);
	if (r == 0)
		r = give(&a, doers[what](&a), out);
	arena_free(&a.in.arena);
	diags_free(&a.d);
	buf_free(&a.body);
	return r;
}

void work_free(struct work *w)
{
	ruleset_free(&w->rules);
	ruleset_free(&w->before);
	image_memory_free(&w->memory);
	image_free(&w->image);
	bundle_free(&w->bundle);
	*w = WORK_INIT;
}
