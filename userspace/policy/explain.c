/* SPDX-License-Identifier: BSD-2-Clause */
/* Lays an explanation out: the request, the policies that decided or came nearest, advice, and what to do next. */
#include "policy/explain.h"

#include <errno.h>

#include "policy/explain_candidate.h"
#include "policy/explain_has.h"

const struct text *policy_annotation(const struct policy *p, const char *name)
{
	for (size_t i = 0; i < p->n_annotations; i++) {
		if (text_is(p->annotations[i].name, name))
			return &p->annotations[i].value;
	}
	return NULL;
}

static void print_request(const struct request *req, const struct decision *d, struct buf *out)
{
	static const char *const kinds[] = { "Program", "User", "Group", "Unit", "Identity" };
	_cleanup_buf_ struct buf who = BUF_INIT, what = BUF_INIT;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		has_of_type(req, (struct text){ kinds[i], strlen(kinds[i]) }, &who);
	if (req->action == ACTION_CREATE)
		buf_printf(&what, "a %s socket", req->resource.socket_kind.s);
	else
		has_of_type(req, (struct text){ "Zone", 4 }, &what);
	buf_printf(out, "%s by %s\n  who     %s\n  what    %s %s\n", verdict_name(d->verdict),
		   d->policy ? d->policy->id.s : d->reason, who.data ? who.data : "",
		   action_name(req->action), what.data ? what.data : "");
}

static void print_candidate(const struct candidate *c, const char *word, struct buf *out)
{
	const struct policy *p = c->policy;
	uint32_t line = 0, col = 0;

	buf_printf(out, "  %-7s %s   %s", word, p->id.s,
		   p->effect == EFFECT_FORBID ? "forbid" : "permit");
	if (p->span.src) {
		source_position(p->span.src, p->span.off, &line, &col);
		buf_printf(out, "   %s:%u", p->span.src->name, line);
	}
	buf_putc(out, '\n');
	for (size_t i = 0; i < c->checks.list.n; i++) {
		const struct check *k = &c->checks.list.items[i];

		buf_printf(out, "            %-4s %s", k->holds ? "yes" : "NO", k->text);
		if (!k->holds && *k->has)
			buf_printf(out, "   (has %s)", k->has);
		buf_putc(out, '\n');
		if (*k->remedy)
			buf_printf(out, "                 %s\n", k->remedy);
	}
}

static void print_annotations(const struct policy *rewritten, struct buf *out)
{
	const struct policy *p = rewritten->origin ? rewritten->origin : rewritten;
	static const char *const names[] = { "advice", "owner", "ticket" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct text *value = policy_annotation(p, names[i]);

		if (value && value->len)
			buf_printf(out, "  %-7s %s\n", names[i], value->s);
	}
}

/* What the first remedy is, else what is always true. */
static void print_next(const struct candidate *c, const char *otherwise, struct buf *out)
{
	const char *remedy = c ? candidate_remedy(c) : "";

	buf_printf(out, "  next    %s\n", *remedy ? remedy : otherwise);
}

static int explain_decided(struct explaining *x, const struct decision *d, struct buf *out)
{
	struct candidate c = { 0 };
	const struct policy *p = candidate_form(x->views, d->policy);
	int r;

	if (!p) {
		buf_puts(
			out,
			"  no permit mentions this: it stays open while the phase network is off\n");
		return 0;
	}
	r = candidate_make(x, p, &c);
	if (r == 0) {
		print_candidate(&c, "policy", out);
		print_annotations(p, out);
		if (p->effect == EFFECT_FORBID)
			print_next(
				&c,
				"a forbid overrides every permit: change the request or this policy",
				out);
	}
	candidate_free(&c);
	return r;
}

static int explain_default(struct explaining *x, unsigned nearest, struct buf *out)
{
	candidates near = { 0 };
	int r = candidates_nearest(x, &near);

	buf_puts(out, near.n ? "  no permit applies; the nearest:\n"
			     : "  no policy permits this action at all\n");
	for (size_t i = 0; i < near.n && i < nearest; i++)
		print_candidate(&near.items[i], "permit", out);
	for (size_t i = 0; i < near.n && i < 1; i++)
		print_annotations(near.items[i].policy, out);
	print_next(
		near.n && !near.items[0].checks.beyond ? &near.items[0] : NULL,
		"satisfy what says NO, or ask for a policy: postern explain shows what one would do",
		out);
	candidates_free(&near);
	return r;
}

int policy_explain(const struct policy_views *v, const struct request *req, unsigned nearest,
		   device_hint_fn *hint, struct buf *out)
{
	_cleanup_(arena_free) struct arena *arena = NULL;
	struct explaining x = { .views = v, .hint = hint };
	struct decision d;
	int r = decide_reference(v, req, &d);

	r = r ? r : arena_new(&arena);
	r = r ? r : evaluation_start(&x.ev, req, v->entities, arena);
	if (r < 0)
		return r;
	print_request(req, &d, out);
	r = d.policy ? explain_decided(&x, &d, out) : explain_default(&x, nearest, out);
	return r ? r : buf_error(out);
}

/* With the advice of a permit that did not apply: no event names that permit. */
static void print_remedy(const struct candidate *c, struct buf *out)
{
	const struct text *advice = policy_annotation(c->policy->origin, "advice");

	buf_puts(out, candidate_remedy(c));
	if (advice && advice->len)
		buf_printf(out, "; %s", advice->s);
}

/* The phrase of what decided, or of the permit that came nearest if nothing else keeps it from applying. */
static int remedy_of_decision(struct explaining *x, const struct decision *d, struct buf *out)
{
	candidates near = { 0 };
	struct candidate c = { 0 };
	int r;

	if (d->policy) {
		r = candidate_make(x, candidate_form(x->views, d->policy), &c);
		if (r == 0)
			buf_puts(out, candidate_remedy(&c));
		candidate_free(&c);
		return r;
	}
	r = candidates_nearest(x, &near);
	if (r == 0 && near.n && !near.items[0].checks.beyond)
		print_remedy(&near.items[0], out);
	candidates_free(&near);
	return r;
}

int policy_remedy(const struct policy_views *v, const struct request *req, device_hint_fn *hint,
		  struct buf *out)
{
	_cleanup_(arena_free) struct arena *arena = NULL;
	struct explaining x = { .views = v, .hint = hint };
	struct decision d;
	int r = decide_reference(v, req, &d);

	if (r < 0 || d.verdict == VERDICT_ALLOW)
		return r;
	r = arena_new(&arena);
	r = r ? r : evaluation_start(&x.ev, req, v->entities, arena);
	r = r ? r : remedy_of_decision(&x, &d, out);
	return r ? r : buf_error(out);
}
