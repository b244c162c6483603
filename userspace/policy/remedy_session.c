/* SPDX-License-Identifier: BSD-2-Clause */
/* What a session lacks: a proof, a fresh one, one with a PIN, or the person it should be of. */
#include "policy/explain_check.h"
#include "policy/remedy.h"

static bool say_no_proof(struct remedy *r)
{
	buf_puts(r->out, "no proof in this login session: run postern login");
	return true;
}

static bool say_age(struct remedy *r, const struct limit *l)
{
	const struct context *c = &r->ev->request->context;

	if (!c->mfa || c->mfa_age_ms == POSTERN_DURATION_WORST)
		return say_no_proof(r);
	buf_puts(r->out, "proof is ");
	duration_print(c->mfa_age_ms, r->out);
	buf_puts(r->out, " old, limit ");
	duration_print(l->ms, r->out);
	buf_puts(r->out, ": run postern login");
	return true;
}

bool remedy_session(struct remedy *r, const struct expr *e, bool wanted)
{
	struct text section, name;
	struct limit l;

	if (limit_of(e, wanted, &l))
		return text_is(l.section, "session") && l.most && say_age(r, &l);
	context_attribute(e, &section, &name);
	if (!text_is(section, "session") || !wanted)
		return false;
	if (text_is(name, "mfa"))
		return say_no_proof(r);
	if (text_is(name, "verified"))
		buf_puts(r->out, "needs a PIN or biometric: postern login --verify");
	else
		buf_puts(
			r->out,
			"not in a session that somebody logged into: log in again, with the PAM helper");
	return true;
}

static void print_person(struct buf *out, size_t i, const struct entity_uid *uid)
{
	buf_printf(out, "%s%s %s", i ? " or " : "",
		   text_is(uid->type, "Team") ? "team" : "identity", uid->id.s);
}

static void print_people(const struct expr *group, struct buf *out)
{
	if (group->kind != EXPR_SET) {
		print_person(out, 0, &group->uid);
		return;
	}
	for (size_t i = 0; i < group->n_args; i++)
		print_person(out, i, &group->args[i]->uid);
}

static bool is_person(const struct expr *group)
{
	const struct expr *one = group->kind == EXPR_SET && group->n_args ? group->args[0] : group;

	return one->kind == EXPR_ENTITY &&
	       (text_is(one->uid.type, "Identity") || text_is(one->uid.type, "Team"));
}

bool remedy_person(struct remedy *r, const struct expr *e, bool wanted)
{
	struct text proven = r->ev->request->principal.identity;

	if ((e->kind != EXPR_IN && e->kind != EXPR_IS) || e->n_args != 2 || !wanted ||
	    !is_person(e->args[1]))
		return false;
	if (proven.len)
		buf_printf(r->out, "identity %s is proven, needs ", proven.s);
	else
		buf_puts(r->out, "nobody is proven, needs ");
	print_people(e->args[1], r->out);
	if (!proven.len)
		buf_puts(r->out, ": run postern login");
	return true;
}
