/* SPDX-License-Identifier: BSD-2-Clause */
/* Forbids about what a process can lay down: they bind less than they seem to, so there is a warning. */
#include "policy/profile.h"

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

/* Attributes that another file or another account changes. */
static bool reads_sheddable(const struct expr *e)
{
	static const char *const names[] = { "uid", "gid", "exe", "sha256", "script", "parent" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (is_attribute(e, VAR_PRINCIPAL, names[i]))
			return true;
	}
	for (size_t i = 0; i < e->n_args; i++) {
		if (reads_sheddable(e->args[i]))
			return true;
	}
	return false;
}

/* Whether a test, when it holds (or, with `!holds`, fails), rests on what a process can lay down. */
static bool test_sheds(const struct expr *e, bool holds)
{
	if (e->kind == EXPR_IN || e->kind == EXPR_IS)
		return holds && e->n_args > 1 && is_variable(e->args[0], VAR_PRINCIPAL) &&
		       names_any(e->args[1], SHEDDABLE);
	return reads_sheddable(e) && holds == (e->kind != EXPR_NE);
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
