/* SPDX-License-Identifier: BSD-2-Clause */
/* Conditions: which of their atoms give way to a constant, and which constant. */
#include "policy/rewrite.h"

/* An `if` whose condition changes stands twice, so nested ones grow; nobody writes what comes to more. */
enum { NODES_MOST = 16384 };

/* `principal in P` and `principal in [P, …]`: a set holds entities of one type, so all of them are people. */
static struct expr *rewrite_in(struct rewriting *w, const struct expr *group, bool positive)
{
	size_t n = group->kind == EXPR_SET ? group->n_args : 1;
	struct entity_uid *people = arena_array_of(w->make.arena, struct entity_uid, n);

	if (!people)
		return NULL;
	for (size_t i = 0; i < n; i++)
		people[i] = group->kind == EXPR_SET ? group->args[i]->uid : group->uid;
	return rewrite_person(w, people, n, positive);
}

static bool is_principal(const struct expr *e)
{
	return e->kind == EXPR_VAR && e->var == VAR_PRINCIPAL;
}

static struct expr *rewrite_atom(struct rewriting *w, struct expr *e, bool positive)
{
	struct expr *in;

	if (e->kind == EXPR_IN && is_principal(e->args[0]))
		return rewrite_in(w, e->args[1], positive);
	if (e->kind == EXPR_IS && e->n_args == 2 && is_principal(e->args[0])) {
		in = rewrite_in(w, e->args[1], positive);
		return make_two(&w->make, EXPR_AND, make_is(&w->make, VAR_PRINCIPAL, e->string),
				in);
	}
	return rewrite_constant(w, positive);
}

/*
 * `(c && a) || (!c && b)`, c once under each polarity. Where nothing in c gives way, that is `if c then a else b` again,
 * and shorter.
 */
static struct expr *rewrite_if(struct rewriting *w, struct expr *e, bool positive)
{
	struct expr *yes = rewrite_expr(w, e->args[1], positive);
	struct expr *no = rewrite_expr(w, e->args[2], positive);
	struct expr *holds, *fails;

	if (!rewrite_reads(e->args[0], ~w->enforced & (REWRITE_IDENTITY | REWRITE_DEVICE)))
		return make_if(&w->make, e->args[0], yes, no);
	holds = rewrite_expr(w, e->args[0], positive);
	fails = make_not(&w->make, rewrite_expr(w, e->args[0], !positive));
	return make_two(&w->make, EXPR_OR, make_two(&w->make, EXPR_AND, holds, yes),
			make_two(&w->make, EXPR_AND, fails, no));
}

static bool grew_too_large(struct rewriting *w)
{
	if (++w->nodes <= NODES_MOST)
		return false;
	if (w->nodes == NODES_MOST + 1)
		diag_error(
			w->d, "phase-size", w->policy->span,
			"write the conditions that `if` asks for beside each other, with && and ||",
			"policy \"%s\" nests `if` in the condition of `if` too deeply to be observed",
			w->policy->id.s);
	return true;
}

struct expr *rewrite_expr(struct rewriting *w, struct expr *e, bool positive)
{
	if (!rewrite_reads(e, ~w->enforced & (REWRITE_IDENTITY | REWRITE_DEVICE)))
		return e;
	if (grew_too_large(w))
		return NULL;
	switch (e->kind) {
	case EXPR_AND:
	case EXPR_OR:
		return make_two(&w->make, e->kind, rewrite_expr(w, e->args[0], positive),
				rewrite_expr(w, e->args[1], positive));
	case EXPR_NOT:
		return make_not(&w->make, rewrite_expr(w, e->args[0], !positive));
	case EXPR_IF:
		return rewrite_if(w, e, positive);
	default:
		return rewrite_atom(w, e, positive);
	}
}
