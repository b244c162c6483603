/* SPDX-License-Identifier: BSD-2-Clause */
/* One policy: its scope and conditions under the phases in force, and its ends as conditions. */
#include "policy/rewrite.h"

#include <string.h>
#include <time.h>

enum { ADDED_MOST = 3 }; /* conditions: the person of the scope, @expires, the bundle's end */

static bool add(struct policy *p, struct expr *body)
{
	if (!body)
		return false;
	p->conditions[p->n_conditions++] = (struct condition){ .body = body, .span = body->span };
	return true;
}

static bool add_end(struct policy *p, struct expr *body)
{
	if (!add(p, body))
		return false;
	p->conditions[p->n_conditions - 1].end = true;
	return true;
}

/* A person in the scope becomes a condition, since a scope has no room for several accounts. */
static bool rewrite_scope(struct rewriting *w, const struct scope *was, struct policy *to)
{
	struct expr *person;

	if (w->enforced & REWRITE_IDENTITY || !was->n_uids || !rewrite_is_person(was->uids[0].type))
		return true;
	person = rewrite_person(w, was->uids, was->n_uids, true);
	to->principal.kind = was->type.len ? SCOPE_IS : SCOPE_ANY;
	to->principal.uids = NULL;
	to->principal.n_uids = 0;
	return add(to, person);
}

/* A condition that gave way as a whole says nothing any more. */
static bool is_constant(const struct expr *e, bool value)
{
	return e->kind == EXPR_BOOL && e->boolean == value;
}

static bool rewrite_conditions(struct rewriting *w, struct policy *to)
{
	for (size_t i = 0; i < w->policy->n_conditions; i++) {
		const struct condition *was = &w->policy->conditions[i];
		struct condition *c = &to->conditions[to->n_conditions];

		*c = *was;
		c->body = rewrite_expr(w, was->body, !was->unless);
		if (!c->body)
			return false;
		if (c->body == was->body || !is_constant(c->body, !was->unless))
			to->n_conditions++;
	}
	return true;
}

static struct text datetime_of(struct arena *arena, int64_t at_ms)
{
	int ms = (int)(((at_ms % 1000) + 1000) % 1000);
	time_t seconds = (at_ms - ms) / 1000;
	struct tm tm = { 0 };
	char *text;

	(void)gmtime_r(&seconds, &tm);
	text = arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900,
			    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, ms);
	return (struct text){ text, text ? strlen(text) : 0 };
}

/* @expires, and for permits that are not @essential the end of the bundle. */
static bool rewrite_ends(struct rewriting *w, struct policy *to)
{
	const struct text *expires = policy_annotation(w->policy, "expires");
	int64_t end = w->set->not_after_ms;
	struct text text;

	if (!w->ends)
		return true;
	if (expires && !add_end(to, make_before(&w->make, *expires)))
		return false;
	if (!end || to->effect == EFFECT_FORBID || policy_annotation(w->policy, "essential"))
		return true;
	text = datetime_of(w->make.arena, end);
	return text.s && add_end(to, make_before(&w->make, text));
}

/* What is left of the annotations is the id: the others have become conditions, or mean nothing. */
static void keep_id(struct policy *to)
{
	for (size_t i = 0; i < to->n_annotations; i++) {
		if (!text_is(to->annotations[i].name, "id"))
			continue;
		to->annotations += i;
		to->n_annotations = 1;
		return;
	}
	to->n_annotations = 0;
}

struct policy *rewrite_policy(struct rewriting *w, const struct policy *p)
{
	struct policy *to = arena_new_of(w->make.arena, struct policy);

	w->policy = p;
	w->make.span = p->span;
	w->nodes = 0;
	if (!to)
		return NULL;
	*to = *p;
	to->origin = p;
	to->n_conditions = 0;
	to->conditions =
		arena_array_of(w->make.arena, struct condition, p->n_conditions + ADDED_MOST);
	if (!to->conditions || !rewrite_scope(w, &p->principal, to) || !rewrite_conditions(w, to) ||
	    !rewrite_ends(w, to))
		return NULL;
	keep_id(to);
	return to;
}
