/* SPDX-License-Identifier: BSD-2-Clause */
/* Who a policy is about: what a condition says of the principal for certain. */
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
