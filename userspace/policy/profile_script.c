/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scripts: the path that an interpreter was started for is a weak fact, so a permit that uses it
 * must be bound to a program and an account wherever it does.
 */
#include "policy/profile.h"

enum { ACCOUNT = SUBJECT_USER | SUBJECT_GROUP | SUBJECT_UNIT };

/* What is known to hold where an expression stands. */
struct bound {
	bool program, account;
};

static struct bound bound_also(struct bound b, const struct expr *e)
{
	return (struct bound){ b.program || subject_binds(e, SUBJECT_PROGRAM),
			       b.account || subject_binds(e, ACCOUNT) };
}

/* The first use of the script where program and account are not both bound, or NULL. */
static const struct expr *loose_script(const struct expr *e, struct bound b)
{
	const struct expr *found;

	if (b.program && b.account)
		return NULL;
	if (is_attribute(e, VAR_PRINCIPAL, "script"))
		return e;
	for (size_t i = 0; i < e->n_args; i++) {
		struct bound here = b;

		if (e->kind == EXPR_AND)
			here = bound_also(b, e->args[!i]);
		else if (e->kind == EXPR_IF && i == 1)
			here = bound_also(b, e->args[0]);
		found = loose_script(e->args[i], here);
		if (found)
			return found;
	}
	return NULL;
}

void profile_script(const struct profile *p)
{
	const struct policy *policy = p->policy;
	struct bound b = { subject_scope_binds(&policy->principal, SUBJECT_PROGRAM),
			   subject_scope_binds(&policy->principal, ACCOUNT) };

	for (size_t i = 0; i < policy->n_conditions; i++) {
		if (!policy->conditions[i].unless)
			b = bound_also(b, policy->conditions[i].body);
	}
	for (size_t i = 0; i < policy->n_conditions; i++) {
		const struct expr *found = loose_script(policy->conditions[i].body, b);

		if (found)
			refuse(p, "profile-script", found->span,
			       "add `principal in Program::\"…\"` (the interpreter) and a User, Group or Unit",
			       "a script's path alone is a weak proof of who is asking");
	}
}
