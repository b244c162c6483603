/* SPDX-License-Identifier: BSD-2-Clause */
/* A policy is a conjunction of its scope and its conditions; each conjunct is asked alone. */
#include "policy/explain_check.h"

#include <string.h>

#include "policy/explain_has.h"
#include "policy/print.h"

void checks_free(struct checks *c)
{
	for (size_t i = 0; i < c->list.n; i++) {
		free(c->list.items[i].text);
		free(c->list.items[i].has);
	}
	vec_free(&c->list);
	c->failed = 0;
}

/* Takes both buffers. */
static int add(struct checks *c, struct buf *text, struct buf *has, bool holds)
{
	struct check k = { .holds = holds };
	int r;

	buf_puts(text, "");
	buf_puts(has, "");
	k.text = buf_take(text);
	k.has = buf_take(has);
	r = k.text && k.has ? vec_push(&c->list, k) : -ENOMEM;
	if (r < 0) {
		free(k.text);
		free(k.has);
		return r;
	}
	c->failed += !holds;
	return 0;
}

static int add_scope(struct evaluation *ev, const struct scope *s, const char *name,
		     struct checks *c)
{
	const struct entity_uid *uid = strcmp(name, "principal") == 0 ? &ev->principal.uid
				       : strcmp(name, "action") == 0  ? &ev->action.uid
								      : &ev->resource.uid;
	_cleanup_buf_ struct buf text = BUF_INIT, has = BUF_INIT;
	bool holds;
	int r;

	if (s->kind == SCOPE_ANY)
		return 0;
	r = scope_admits(ev, s, uid, &holds);
	if (r < 0)
		return r;
	print_scope(s, name, "", &text);
	if (s->n_uids)
		has_of_type(ev->request, s->uids[0].type, &has);
	return add(c, &text, &has, holds);
}

/* `negated` is what `unless` makes of the whole: it cannot be split. */
static int add_condition(struct evaluation *ev, const struct expr *e, bool negated,
			 struct checks *c)
{
	_cleanup_buf_ struct buf text = BUF_INIT, has = BUF_INIT;
	bool holds;
	int r;

	if (e->kind == EXPR_AND && !negated) {
		r = add_condition(ev, e->args[0], false, c);
		return r < 0 ? r : add_condition(ev, e->args[1], false, c);
	}
	r = expr_evaluate_bool(ev, e, &holds);
	if (r < 0)
		return r;
	buf_puts(&text, negated ? "unless " : "");
	policy_print_expr(e, &text);
	has_of_expr(ev, e, &has);
	return add(c, &text, &has, holds != negated);
}

int checks_make(struct evaluation *ev, const struct policy *p, struct checks *ret)
{
	int r = add_scope(ev, &p->principal, "principal", ret);

	r = r ? r : add_scope(ev, &p->action, "action", ret);
	r = r ? r : add_scope(ev, &p->resource, "resource", ret);
	for (size_t i = 0; r == 0 && i < p->n_conditions; i++)
		r = add_condition(ev, p->conditions[i].body, p->conditions[i].unless, ret);
	return r;
}
