/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who a policy is about: what a condition says of the principal for certain. A script's path is a
 * weak fact, so a permit that uses it must be bound to a program and an account; a forbid about
 * what a process can lay down is worth a warning.
 */
#include "policy/profile.h"

unsigned int subject_of(struct text type)
{
	static const struct {
		const char *type;
		enum subject subject;
	} subjects[] = {
		{ "User", SUBJECT_USER },	{ "Group", SUBJECT_GROUP },
		{ "Program", SUBJECT_PROGRAM }, { "Unit", SUBJECT_UNIT },
		{ "Identity", SUBJECT_PERSON }, { "Team", SUBJECT_PERSON },
	};

	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		if (text_is(type, subjects[i].type))
			return subjects[i].subject;
	}
	return 0;
}

static bool names_only(const struct expr *group, unsigned int subjects)
{
	if (group->kind == EXPR_ENTITY)
		return subject_of(group->uid.type) & subjects;
	for (size_t i = 0; i < group->n_args; i++) {
		if (!names_only(group->args[i], subjects))
			return false;
	}
	return group->kind == EXPR_SET && group->n_args > 0;
}

bool subject_binds(const struct expr *e, unsigned int subjects)
{
	switch (e->kind) {
	case EXPR_AND:
		return subject_binds(e->args[0], subjects) || subject_binds(e->args[1], subjects);
	case EXPR_OR:
		return subject_binds(e->args[0], subjects) && subject_binds(e->args[1], subjects);
	case EXPR_IF:
		return subject_binds(e->args[2], subjects) &&
		       (subject_binds(e->args[0], subjects) || subject_binds(e->args[1], subjects));
	case EXPR_IN:
	case EXPR_IS:
		return e->n_args > 1 && is_variable(e->args[0], VAR_PRINCIPAL) &&
		       names_only(e->args[1], subjects);
	default:
		return false;
	}
}

bool subject_scope_binds(const struct scope *s, unsigned int subjects)
{
	return (s->kind == SCOPE_IN || s->kind == SCOPE_IS_IN) && !s->slot &&
	       (subject_of(s->uids[0].type) & subjects);
}

/* ---- scripts ---------------------------------------------------------------------------------- */

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

/* ---- forbids ---------------------------------------------------------------------------------- */

enum { SHEDDABLE = SUBJECT_USER | SUBJECT_GROUP | SUBJECT_PROGRAM };

static bool names_any(const struct expr *group, unsigned int subjects)
{
	if (group->kind == EXPR_ENTITY)
		return subject_of(group->uid.type) & subjects;
	for (size_t i = 0; i < group->n_args; i++) {
		if (names_any(group->args[i], subjects))
			return true;
	}
	return false;
}

/* Whether a test, when it holds (or, with `!holds`, fails), rests on what a process can lay down. */
static bool test_sheds(const struct expr *e, bool holds)
{
	if (e->kind == EXPR_HAS || !reads_variable(e, VAR_PRINCIPAL))
		return false;
	if (e->kind == EXPR_IN || e->kind == EXPR_IS)
		return holds && e->n_args > 1 && names_any(e->args[1], SHEDDABLE);
	return holds == (e->kind != EXPR_NE);
}

static const struct expr *shed_part(const struct expr *e, bool holds)
{
	const struct expr *found = NULL;

	switch (e->kind) {
	case EXPR_NOT:
		return shed_part(e->args[0], !holds);
	case EXPR_IF:
	case EXPR_AND:
	case EXPR_OR:
		for (size_t i = 0; i < e->n_args && !found; i++)
			found = shed_part(e->args[i], holds);
		return found;
	default:
		return test_sheds(e, holds) ? e : NULL;
	}
}

static void warn(const struct profile *p, struct span where)
{
	diag_warning(
		p->d, "forbid-sheddable", where,
		"forbid a Unit or a destination, or permit only who may",
		"a process can lay this down: by copying a file, or by changing its user or groups");
}

void profile_forbid(const struct profile *p)
{
	const struct policy *policy = p->policy;

	if (subject_scope_binds(&policy->principal, SHEDDABLE))
		return warn(p, policy->principal.span);
	for (size_t i = 0; i < policy->n_conditions; i++) {
		const struct condition *when = &policy->conditions[i];
		const struct expr *found = shed_part(when->body, !when->unless);

		if (found)
			return warn(p, found->span);
	}
}
