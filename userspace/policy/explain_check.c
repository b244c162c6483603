/* SPDX-License-Identifier: BSD-2-Clause */
/* A policy is a conjunction of its scope and its conditions; each conjunct is asked alone. */
#include "policy/explain_check.h"

#include <errno.h>
#include <string.h>

#include "policy/explain_has.h"
#include "policy/print.h"
#include "policy/profile.h"
#include "policy/remedy.h"

/* One policy being taken apart. */
struct checking {
	struct evaluation *ev;
	const struct policy *policy;
	device_hint_fn *hint;
	struct checks *to;
};

void checks_free(struct checks *c)
{
	for (size_t i = 0; i < c->list.n; i++) {
		free(c->list.items[i].text);
		free(c->list.items[i].has);
		free(c->list.items[i].remedy);
	}
	vec_free(&c->list);
	c->failed = c->beyond = 0;
}

/* What is said of one conjunct, until it is kept. */
struct saying {
	struct buf text, has, remedy;
};

#define SAYING_INIT ((struct saying){ BUF_INIT, BUF_INIT, BUF_INIT })

static void saying_free(struct saying *s)
{
	buf_free(&s->text);
	buf_free(&s->has);
	buf_free(&s->remedy);
}

static char *take(struct buf *b)
{
	buf_puts(b, "");
	return buf_take(b);
}

static int keep(struct checking *c, struct saying *s, bool holds)
{
	struct check k = {
		.text = take(&s->text),
		.has = take(&s->has),
		.remedy = take(&s->remedy),
		.holds = holds,
	};
	int r = k.text && k.has && k.remedy ? vec_push(&c->to->list, k) : -ENOMEM;

	if (r < 0) {
		free(k.text);
		free(k.has);
		free(k.remedy);
		return r;
	}
	c->to->failed += !holds;
	c->to->beyond += !holds && !*k.remedy;
	return 0;
}

/* A conjunct that fails is in a permit's way; of a forbid that applies, every one is in the way of whoever asks. */
static void find_remedy(struct checking *c, const struct expr *e, bool wanted, struct buf *out)
{
	struct remedy r = { c->ev, c->hint, c->policy, out };

	(void)remedy_of(&r, e, c->policy->effect == EFFECT_PERMIT ? wanted : !wanted);
}

/* The scope's person is asked for as a condition would. */
static void find_person(struct checking *c, const struct scope *s, struct buf *out)
{
	struct expr principal = { .kind = EXPR_VAR, .var = VAR_PRINCIPAL };
	struct expr person = { .kind = EXPR_ENTITY };
	struct expr *args[] = { &principal, &person };
	struct expr in = { .kind = EXPR_IN, .args = args, .n_args = 2 };

	if (!s->n_uids)
		return;
	person.uid = s->uids[0];
	find_remedy(c, &in, true, out);
}

static int add_scope(struct checking *c, const struct scope *s, const char *name)
{
	bool principal = strcmp(name, "principal") == 0;
	const struct entity_uid *uid = principal		     ? &c->ev->principal.uid
				       : strcmp(name, "action") == 0 ? &c->ev->action.uid
								     : &c->ev->resource.uid;
	struct saying said = SAYING_INIT;
	bool holds;
	int r;

	if (s->kind == SCOPE_ANY)
		return 0;
	r = scope_admits(c->ev, s, uid, &holds);
	if (r < 0)
		return r;
	print_scope(s, name, "", &said.text);
	if (s->n_uids)
		has_of_type(c->ev->request, s->uids[0].type, &said.has);
	if (principal)
		find_person(c, s, &said.remedy);
	r = keep(c, &said, holds);
	c->to->elsewhere |= !holds && strcmp(name, "resource") == 0;
	saying_free(&said);
	return r;
}

/* `negated` is what `unless` makes of the whole: it cannot be split. */
static int add_condition(struct checking *c, const struct expr *e, bool negated)
{
	struct saying said = SAYING_INIT;
	bool holds;
	int r;

	if (e->kind == EXPR_AND && !negated) {
		r = add_condition(c, e->args[0], false);
		return r < 0 ? r : add_condition(c, e->args[1], false);
	}
	r = expr_evaluate_bool(c->ev, e, &holds);
	if (r < 0)
		return r;
	buf_puts(&said.text, negated ? "unless " : "");
	policy_print_expr(e, &said.text);
	has_of_expr(c->ev, e, &said.has);
	find_remedy(c, e, !negated, &said.remedy);
	r = keep(c, &said, holds != negated);
	c->to->elsewhere |= holds == negated && reads_variable(e, VAR_RESOURCE);
	saying_free(&said);
	return r;
}

/* An end that has not come is nobody's concern. */
static int add_end(struct checking *c, const struct expr *e)
{
	bool holds;
	int r = expr_evaluate_bool(c->ev, e, &holds);

	return r < 0 || holds ? r : add_condition(c, e, false);
}

int checks_make(struct evaluation *ev, const struct policy *p, device_hint_fn *hint,
		struct checks *ret)
{
	struct checking c = { ev, p, hint, ret };
	int r = add_scope(&c, &p->principal, "principal");

	r = r ? r : add_scope(&c, &p->action, "action");
	r = r ? r : add_scope(&c, &p->resource, "resource");
	for (size_t i = 0; r == 0 && i < p->n_conditions; i++) {
		const struct condition *when = &p->conditions[i];

		r = when->end ? add_end(&c, when->body)
			      : add_condition(&c, when->body, when->unless);
	}
	return r;
}
