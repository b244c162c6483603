/* SPDX-License-Identifier: BSD-2-Clause */
/* Lays an explanation out: the request, the policies that decided or came nearest, advice, and what to do next. */
#include "policy/explain.h"

#include <errno.h>

#include "policy/explain_check.h"
#include "policy/explain_has.h"

const struct text *policy_annotation(const struct policy *p, const char *name)
{
	for (size_t i = 0; i < p->n_annotations; i++) {
		if (text_is(p->annotations[i].name, name))
			return &p->annotations[i].value;
	}
	return NULL;
}

/* A policy with what held of it. */
struct candidate {
	const struct policy *policy;
	struct checks checks;
};

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

static int candidate_make(struct evaluation *ev, const struct policy *p, struct candidate *ret)
{
	ret->policy = p;
	return checks_make(ev, p, &ret->checks);
}

/* A policy of the set as the reported view has it; NULL for one that phases added. */
static const struct policy *reported_form(const struct policy_views *v, const struct policy *p)
{
	for (size_t i = 0; i < v->set->n; i++)
		if (v->numbered[i] == p)
			return v->rewritten[VIEW_REPORTED][i];
	return NULL;
}

static int explain_decided(struct evaluation *ev, const struct policy_views *v,
			   const struct decision *d, struct buf *out)
{
	const struct policy *p = reported_form(v, d->policy);
	struct candidate c = { 0 };
	int r;

	if (!p) {
		buf_puts(
			out,
			"  no permit mentions this: it stays open while the phase network is off\n");
		return 0;
	}
	r = candidate_make(ev, p, &c);
	if (r == 0) {
		print_candidate(&c, "policy", out);
		print_annotations(p, out);
		if (p->effect == EFFECT_FORBID)
			buf_puts(
				out,
				"  next    a forbid overrides every permit: change the request or this policy\n");
	}
	checks_free(&c.checks);
	return r;
}

/* Fewer failed conditions are nearer; a permit for another action is no help, so it is left out by the caller. */
static int nearer(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->checks.failed != y->checks.failed)
		return x->checks.failed < y->checks.failed ? -1 : 1;
	return text_cmp(x->policy->id, y->policy->id);
}

typedef VEC(struct candidate) candidates;

static int gather(struct evaluation *ev, const struct policy_views *v, candidates *ret)
{
	for (size_t i = 0; i < v->set->n; i++) {
		const struct policy *p = v->rewritten[VIEW_REPORTED][i];
		struct candidate c = { 0 };
		bool action;
		int r;

		if (!p || p->effect != EFFECT_PERMIT)
			continue;
		r = scope_admits(ev, &p->action, &ev->action.uid, &action);
		if (r == 0 && !action)
			continue;
		r = r ? r : candidate_make(ev, p, &c);
		r = r ? r : vec_push(ret, c);
		if (r < 0) {
			checks_free(&c.checks);
			return r;
		}
	}
	return 0;
}

static int explain_default(struct evaluation *ev, const struct policy_views *v, unsigned nearest,
			   struct buf *out)
{
	candidates near = { 0 };
	int r = gather(ev, v, &near);

	if (near.n)
		qsort(near.items, near.n, sizeof(near.items[0]), nearer);
	buf_puts(out, near.n ? "  no permit applies; the nearest:\n"
			     : "  no policy permits this action at all\n");
	for (size_t i = 0; i < near.n && i < nearest; i++)
		print_candidate(&near.items[i], "permit", out);
	for (size_t i = 0; i < near.n && i < 1; i++)
		print_annotations(near.items[i].policy, out);
	buf_puts(
		out,
		"  next    satisfy what says NO, or ask for a policy: postern explain shows what one would do\n");
	for (size_t i = 0; i < near.n; i++)
		checks_free(&near.items[i].checks);
	vec_free(&near);
	return r;
}

int policy_explain(const struct policy_views *v, const struct request *req, unsigned nearest,
		   struct buf *out)
{
	_cleanup_(arena_free) struct arena *arena = NULL;
	struct evaluation ev;
	struct decision d;
	int r = decide_reference(v, req, &d);

	r = r ? r : arena_new(&arena);
	r = r ? r : evaluation_start(&ev, req, v->entities, arena);
	if (r < 0)
		return r;
	print_request(req, &d, out);
	r = d.policy ? explain_decided(&ev, v, &d, out) : explain_default(&ev, v, nearest, out);
	return r ? r : buf_error(out);
}
